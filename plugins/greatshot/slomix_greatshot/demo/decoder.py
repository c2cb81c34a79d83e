# cython: language_level=3, annotation_typing=False, boundscheck=False, wraparound=False, cdivision=True
# mypy: always-false=compiled
"""Messages of a demo into gamestates, commands and raw events.

`feed` reads the whole messages of a chunk and puts tuples into `out`; the first value is the kind. Which events are
handed out, and by which number, is for the caller to say after each gamestate: `feed` returns there.
"""

from __future__ import annotations

import struct
from bisect import bisect_left
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from slomix_greatshot.demo import shadow as cython
else:
    try:
        import cython
    except ImportError:
        from slomix_greatshot.demo import shadow as cython

if not cython.compiled:  # what is compiled has these as C, from the .pxd
    from slomix_greatshot.demo.bits import BAD_INDEX, BAD_OP, PAST_END, WORD, block
    from slomix_greatshot.demo.states import CLIENTS, FRAMES, GONE, HANDLE, LIST, NUMBER, PLAYER, States

NATIVE = bool(cython.compiled)
_three_words = struct.Struct("<3I").pack
_three_floats = struct.Struct("<3f").unpack

# What `out` holds, by the first value of each tuple.
GAMESTATE = 0  # (kind, sequence, last command, [(index, value)], client, checksum feed)
COMMAND = 1  # (kind, server time, number, text, sequence)
EVENT = 2  # (kind, server time, event, other, other 2, parameter, weapon, model, place, details), see `details`
RING = 3  # (kind, server time, client, event, parameter)
LIFE = 4  # (kind, server time, client, flags before, flags now)
FIRST = 5  # (kind, server time): the first snapshot after a gamestate
FLAGS = 6  # (kind, server time, flags before, flags now)
FAULT = 7  # (kind, sequence, place in the file, number of the fault)

E_FLAGS = 1
E_PLACE = 5
E_TIME = 20
E_TIME2 = 21
E_OTHER = 34
E_OTHER2 = 35
E_GROUND = 36
E_LOOP = 37
E_MODEL = 40
E_CLIENT = 43
E_PARM = 46
E_SEQUENCE = 47
E_WEAPON = 57
E_DENSITY = 60
E_TEAM = 65
E_EFFECT = 66
P_GROUND = 20
P_FLAGS = 26
P_SEQUENCE = 27
P_CLIENT = 36
P_HEALTH = 77
DEAD = 1
DETAILED = 2
MOST_BYTES = 32768
ABOVE = 0x100000000  # what a negative number of 32 bits is too large by


def triple(source: list[int], at: int) -> tuple[float, float, float]:
    """Three floats that stand there as their bits."""
    if cython.compiled:
        floats = cython.cast("float *", source + at)
        return (floats[0], floats[1], floats[2])
    three: tuple[float, float, float] = _three_floats(_three_words(*source[at : at + 3]))
    return three


def word(chunk: bytes, at: int) -> int:
    """Four bytes of a header."""
    if cython.compiled:
        data = cython.cast(cython.p_uchar, chunk)
        return cython.cast(cython.p_uint, data + at)[0]
    return int.from_bytes(chunk[at : at + 4], "little")


class Decoder(States):
    """`ettv`: what a relay recorded. `odd` says after a first gamestate that it is of the other sort."""

    def __init__(self, ettv: bool) -> None:
        States.__init__(self, ettv)
        self.out: list[Any] = []
        self.wanted = block(self.keep, 256)
        self.event_base = self.obituary = 256
        self.offset = 0  # of the chunk in the file
        self.ended = 0  # 1: end marker; 2: a length that no message has
        self.odd = 0
        self.single = 0  # return after each message
        self.paused = 0
        self.shot = 0
        self.time = self.first_time = 0
        self.latest = 0
        self.heard = 0
        self.delta = self.flags = self.acknowledged = 0
        self.segments = self.messages = self.snapshots = self.invalid = self.states = self.lost = self.repeated = 0
        self.said: list[tuple[int, bytes]] = []

    # ---- for callers in Python ------------------------------------------------------------------------------------

    def rules(self, event_base: int, obituary: int, detailed: list[int], brief: list[int]) -> None:
        """From which `eType` on an entity is an event, the number of obituaries, and which events are handed out."""
        self.event_base = event_base
        self.obituary = obituary
        for event in range(256):
            self.wanted[event] = DETAILED if event in detailed else 1 if event in brief else 0

    def tell(self) -> dict[str, int]:
        """Counters so far, and the newest snapshot."""
        return {
            "ended": self.ended,
            "odd": self.odd,
            "segments": self.segments,
            "messages": self.messages,
            "snapshots": self.snapshots,
            "invalid": self.invalid,
            "lost": self.lost,
            "repeated": self.repeated,
            "entities": self.states,
            "first_time": self.first_time,
            "time": self.time,
            "sequence": self.latest,
            "delta": self.delta,
            "flags": self.flags,
            "heard": self.heard,
            "shot": self.shot,
            "acknowledged": self.acknowledged,
        }

    def take(self) -> list[Any]:
        """What `feed` found since the last time."""
        out = self.out
        self.out = []
        return out

    def single_steps(self) -> None:
        """From now on `feed` returns after each message."""
        self.single = 1

    def feed(self, chunk: bytes, start: int, length: int, offset: int) -> int:
        """Read the messages from `start` on; behind `length` 8 zeros stand. Answers where the first unread one begins.

        `offset` is the place of the chunk in the file.
        """
        self.offset = offset
        at = start
        self.paused = 0
        while self.ended == 0 and self.paused == 0 and at + 8 <= length:
            size = word(chunk, at + 4)
            if size == WORD:
                self.ended = 1
            elif size == 0 or size > MOST_BYTES:
                self.ended = 2
            elif at + 8 + size > length:
                break
            else:
                self.look_at(chunk, at + 8, size, length)
                self.message(word(chunk, at), at + 8)
                at += 8 + size
                self.paused |= self.single
        return at

    # ---- messages -------------------------------------------------------------------------------------------------

    def message(self, sequence: int, at: int) -> None:
        """The message that is looked at, which stands at `at` in the chunk."""
        self.shot = 0
        self.messages += 1
        self.acknowledged = self.bits(32)
        while self.fault == 0:
            operation = self.byte()
            if self.pos > self.limit:
                self.fault = PAST_END
            elif operation == 8:
                break
            else:
                self.operation(operation, sequence)
        if self.said:
            self.flush(sequence)
        if self.fault:
            if self.pos > self.limit:
                self.fault = PAST_END  # what was read behind the end decides nothing
            self.shot = 0
            self.out.append((FAULT, sequence, self.offset + at, self.fault))
        elif self.shot:
            self.accept(sequence)

    def operation(self, operation: int, sequence: int) -> None:
        if operation == 5:
            self.command()
        elif operation == 7:
            self.snapshot(sequence)
        elif operation == 2:
            self.gamestate(sequence)
        elif operation == 9 and self.shot:
            self.other_players()
        elif operation == 6:
            self.download()
        elif operation != 1:
            self.fault = BAD_OP

    def command(self) -> None:
        number = self.bits(32)
        text = self.string(1024)
        if self.fault == 0 and self.pos <= self.limit and number > self.heard:
            self.heard = number
            self.said.append((number, text))

    def flush(self, sequence: int) -> None:
        """Commands belong to the snapshot of their message."""
        for number, text in self.said:
            self.out.append((COMMAND, self.time, number, text, sequence))
        self.said = []

    def download(self) -> None:
        block_number = self.bits(16)
        if block_number == 0xFFFF:
            self.string(1024)
            self.bits(32)
            self.bits(32)
            return
        if block_number == 0 and self.bits(32) >> 31:
            self.string(1024)
            return
        count = self.bits(16)
        while count and self.pos <= self.limit:
            self.byte()
            count -= 1

    def gamestate(self, sequence: int) -> None:
        """Everything begins anew, once the gamestate proves whole."""
        heard = self.bits(32)
        strings: list[tuple[int, bytes]] = []
        for number in range(LIST):
            self.drafts[number] = 0
        while self.fault == 0:
            operation = self.byte()
            if self.pos > self.limit:
                self.fault = PAST_END
            elif operation == 8:
                break
            elif operation == 3:
                number = self.bits(16)
                text = self.string(8192)
                if number >= LIST:
                    self.fault = BAD_INDEX
                strings.append((number, text))
            elif operation == 4:
                number = self.bits(10)
                number_of_state = self.entity(0)
                self.drafts[number] = 0 if number_of_state == GONE else number_of_state
            elif operation == 10 and self.ettv:
                self.entity(self.drafts[self.bits(10)])
            else:
                self.fault = BAD_OP
        client = self.bits(32)
        feed = self.bits(32)
        if self.fault == 0 and self.pos > self.limit:
            self.fault = PAST_END
        if self.fault:
            self.odd = 1 if self.messages == 1 else 0
            self.paused = 1
            return
        self.begin(heard)
        self.out.append((GAMESTATE, sequence, heard, strings, client, feed))

    def begin(self, heard: int) -> None:
        """A new segment: no snapshot is known any more."""
        for number in range(LIST):
            self.baselines[number] = self.drafts[number]
            self.drafts[number] = 0
        for frame in range(FRAMES):
            self.valid[frame] = self.counts[frame] = 0
        self.heard = heard
        self.previous = -1
        self.segments += 1
        self.paused = 1

    # ---- snapshots ------------------------------------------------------------------------------------------------

    def snapshot(self, sequence: int) -> None:
        """Into the spare frame; `shot` is 1 when it may be accepted."""
        time = self.bits(32)
        delta = self.byte()
        flags = self.byte()
        self.read_areas()
        self.base = -1
        known = 1
        if delta:
            frame = self.where[(sequence - delta) & 31]
            if self.valid[frame] and self.sequences[frame] == (sequence - delta) & WORD:
                self.base = frame
            else:
                known = 0
        if self.fault == 0:
            self.snapshot_body()
        if self.fault == 0 and self.pos > self.limit:
            self.fault = PAST_END
        if self.fault:
            return
        self.time = time - ABOVE if time >> 31 else time
        self.delta = delta
        if self.snapshots == 0:
            self.first_time = self.time
        if flags != self.flags:
            self.out.append((FLAGS, self.time, self.flags, flags))
            self.flags = flags
        self.invalid += 1 - known
        self.shot = known

    def accept(self, sequence: int) -> None:
        """The spare frame becomes the newest of the ring; those of messages that never came are void."""
        if self.previous >= 0:
            missed = (sequence - self.latest - 1) & WORD
            if missed >> 31 == 0:
                self.lost += missed
                missed = min(missed, 31)
                while missed > 0:
                    self.valid[self.where[(sequence - missed) & 31]] = 0
                    missed -= 1
            else:
                self.repeated += 1
        frame = self.spare
        self.spare = self.where[sequence & 31]
        self.where[sequence & 31] = frame
        self.valid[self.spare] = 0
        self.valid[frame] = 1
        self.sequences[frame] = sequence
        self.latest = sequence
        self.snapshots += 1
        self.states += self.counts[frame]
        before = self.previous
        self.previous = frame
        if before < 0:
            self.out.append((FIRST, self.time))
        self.compare(before, frame)

    # ---- events ---------------------------------------------------------------------------------------------------

    def compare(self, before: int, now: int) -> None:
        """Look at every entity that is not the very state that it was in the snapshot before."""
        old = old_end = 0
        if before >= 0:
            old = before * LIST
            old_end = old + self.counts[before]
        start = now * LIST
        end = start + self.counts[now]
        if cython.compiled:
            for at in range(start, end):
                entry = self.entries[at]
                while old < old_end and self.entries[old] >> NUMBER < entry >> NUMBER:
                    old += 1
                if old < old_end and self.entries[old] >> NUMBER == entry >> NUMBER:
                    if self.entries[old] != entry:
                        self.look(entry >> NUMBER, entry & HANDLE, self.entries[old] & HANDLE, 1)
                else:
                    self.look(entry >> NUMBER, entry & HANDLE, 0, 0)
        else:
            entries = self.entries
            for entry in sorted(set(entries[start:end]).difference(entries[old:old_end])):
                at = bisect_left(entries, entry >> NUMBER << NUMBER, old, old_end)
                known = at < old_end and entries[at] >> NUMBER == entry >> NUMBER
                self.look(entry >> NUMBER, entry & HANDLE, entries[at] & HANDLE if known else 0, known)
        if before >= 0:
            at = now * PLAYER
            old = before * PLAYER
            if self.players[at + P_CLIENT] == self.players[old + P_CLIENT]:
                client = self.players[at + P_CLIENT]
                self.lived(client, self.players[old + P_FLAGS], self.players[at + P_FLAGS])
                self.ring(client, self.players, old + P_SEQUENCE, at + P_SEQUENCE)

    def look(self, number: int, handle: int, old_handle: int, known: int) -> None:
        """An entity that is new (`known` 0) or another than it was."""
        pool = self.pool
        at = handle * self.stride
        old = old_handle * self.stride
        if pool[at] >= self.event_base:
            event = pool[at] - self.event_base
            if self.wanted[event] and (known == 0 or self.differs(at, old)):
                self.event(event, at)
        elif number < CLIENTS and known and pool[at] == 1:
            self.lived(number, pool[old + E_FLAGS], pool[at + E_FLAGS])
            if pool[at + E_SEQUENCE] != pool[old + E_SEQUENCE]:
                self.ring(number, pool, old + E_SEQUENCE, at + E_SEQUENCE)

    def differs(self, at: int, old: int) -> bool:
        """Whether an event's entity is another event than the one that stood there."""
        pool = self.pool
        return (
            pool[at] != pool[old]
            or pool[at + E_OTHER] != pool[old + E_OTHER]
            or pool[at + E_OTHER2] != pool[old + E_OTHER2]
            or pool[at + E_PARM] != pool[old + E_PARM]
            or pool[at + E_PLACE] != pool[old + E_PLACE]
            or pool[at + E_PLACE + 1] != pool[old + E_PLACE + 1]
            or pool[at + E_PLACE + 2] != pool[old + E_PLACE + 2]
            or pool[at + E_MODEL] != pool[old + E_MODEL]
            or pool[at + E_WEAPON] != pool[old + E_WEAPON]
            or pool[at + E_LOOP] != pool[old + E_LOOP]
            or pool[at + E_EFFECT] != pool[old + E_EFFECT]
            or pool[at + E_EFFECT + 1] != pool[old + E_EFFECT + 1]
            or pool[at + E_EFFECT + 2] != pool[old + E_EFFECT + 2]
            or pool[at + E_TEAM] != pool[old + E_TEAM]
            or pool[at + E_DENSITY] != pool[old + E_DENSITY]
            or pool[at + E_TIME] != pool[old + E_TIME]
            or pool[at + E_TIME2] != pool[old + E_TIME2]
        )

    def ring(self, client: int, block_: list[int], old: int, at: int) -> None:
        """Events of a player: at most the last four are told."""
        fresh = (block_[at] - block_[old]) & 255
        fresh = min(fresh, 4)
        while fresh > 0:
            slot = (block_[at] - fresh) & 3
            event = block_[at + 1 + slot] & 255
            if self.wanted[event]:
                self.out.append((RING, self.time, client, event, block_[at + 5 + slot]))
            fresh -= 1

    def lived(self, client: int, before: int, now: int) -> None:
        if (before ^ now) & DEAD:
            self.out.append((LIFE, self.time, client, before, now))

    def place(self, client: int) -> tuple[tuple[float, float, float], int, int] | None:
        """Where a client is now, on which entity, and the health or 0xFFFF; None when out of view."""
        at = self.previous * PLAYER
        if self.players[at + P_CLIENT] == client:
            return self.stand(self.players, at, P_GROUND, 1)
        if client < CLIENTS and self.present[self.previous * CLIENTS + client]:
            return self.stand(self.extras, (self.previous * CLIENTS + client) * PLAYER, P_GROUND, 1)
        start = self.previous * LIST
        for index in range(start, start + self.counts[self.previous]):
            if self.entries[index] >> NUMBER == client < CLIENTS:
                return self.stand(self.pool, (self.entries[index] & HANDLE) * self.stride, E_GROUND, 0)
        return None

    def stand(
        self, source: list[int], at: int, ground: int, healthy: int
    ) -> tuple[tuple[float, float, float], int, int]:
        """Of a player state or, with `healthy` 0, of an entity; both keep the place in the same fields."""
        health = source[at + P_HEALTH] & 0xFFFF if healthy else 0xFFFF
        return (triple(source, at + E_PLACE), source[at + ground], health)

    def event(self, event: int, at: int) -> None:
        """Hand an event entity out; one that is wanted in brief without its details."""
        pool = self.pool
        self.out.append(
            (
                EVENT,
                self.time,
                event,
                pool[at + E_OTHER],
                pool[at + E_OTHER2],
                pool[at + E_PARM],
                pool[at + E_WEAPON],
                pool[at + E_MODEL],
                triple(pool, at + E_PLACE),
                self.details(event, at) if self.wanted[event] == DETAILED else None,
            )
        )

    def details(self, event: int, at: int) -> tuple[Any, ...]:
        pool = self.pool
        obituary = event == self.obituary
        return (
            pool[at + E_LOOP],
            pool[at + E_CLIENT],
            (pool[at + E_EFFECT], pool[at + E_EFFECT + 1], pool[at + E_EFFECT + 2]),
            pool[at + E_TEAM],
            pool[at + E_DENSITY],
            (pool[at + E_TIME], pool[at + E_TIME2], pool[at + E_FLAGS]),
            self.place(pool[at + E_OTHER2]) if obituary else None,
            self.place(pool[at + E_OTHER]) if obituary else None,
        )
