# cython: language_level=3, annotation_typing=False, boundscheck=False, wraparound=False, cdivision=True
# mypy: always-false=compiled
"""States of entities and players, and the last 32 snapshots.

States of entities live in one pool and never change once a snapshot holds them: what stays the same from one snapshot
to the next is shared by its handle, the number of its place. A snapshot's list holds entity number << 20 | handle,
rising. When no place is free, those that neither a snapshot nor a baseline holds are.
"""

from __future__ import annotations

import struct
import zlib
from bisect import bisect_left
from typing import TYPE_CHECKING

from slomix_greatshot.demo import tables

if TYPE_CHECKING:
    from slomix_greatshot.demo import shadow as cython
else:
    try:
        import cython
    except ImportError:
        from slomix_greatshot.demo import shadow as cython

if not cython.compiled:  # what is compiled has these as C, from the .pxd
    from slomix_greatshot.demo.bits import (
        BAD_AREAS,
        BAD_COUNT,
        BAD_MARK,
        BAD_ORDER,
        LENGTH,
        PAST_END,
        Bits,
        block,
        filled,
    )

NATIVE = bool(cython.compiled)

HANDLE = 0xFFFFF
NUMBER = 20
GONE = 0xFFFFF
LIST = 1024
LIST_END = 1023
FRAMES = 33  # the last 32 and the one that is being read
ENTITY = 71
SHARED = 14
PLAYER = 269
FIELDS = 77
CLIENTS = 64
FIRST_POOL = 4096
MOST_AREAS = 32
NEGATIVE = 0xFFFF0000  # above a negative number of 16 bits


def copy(target: list[int], to: int, source: list[int], at: int, count: int) -> None:
    if cython.compiled:
        for index in range(count):
            target[to + index] = source[at + index]
    else:
        target[to : to + count] = source[at : at + count]


def checksum(before: int, source: list[int], at: int, count: int) -> int:
    """CRC-32 goes on with these numbers, each as 4 bytes."""
    if cython.compiled:
        start = cython.cast("char *", source + at)
        return zlib.crc32(start[: count * 4], before)
    return zlib.crc32(struct.pack(f"<{count}I", *source[at : at + count]), before)


class States(Bits):
    """`ettv`: entities have a shared part, and all players' states follow each snapshot."""

    def __init__(self, ettv: bool) -> None:
        Bits.__init__(self)
        signed = [-size | 64 if size < 0 else size for size in tables.PLAYER.values()]
        self.entity_sizes = filled(self.keep, list(tables.ENTITY.values()))
        self.shared_sizes = filled(self.keep, list(tables.SHARED.values()))
        self.player_sizes = filled(self.keep, signed)
        self.baselines = block(self.keep, LIST)
        self.drafts = block(self.keep, LIST)
        self.entries = block(self.keep, FRAMES * LIST)
        self.counts = block(self.keep, FRAMES)
        self.valid = block(self.keep, FRAMES)
        self.sequences = block(self.keep, FRAMES)
        self.where = filled(self.keep, list(range(FRAMES)))
        self.players = block(self.keep, FRAMES * PLAYER)
        self.present = block(self.keep, FRAMES * CLIENTS)
        self.extras = block(self.keep, FRAMES * CLIENTS * PLAYER if ettv else 1)
        self.areas = block(self.keep, MOST_AREAS)
        self.area_count = 0
        self.ettv = ettv
        self.stride = ENTITY + SHARED if ettv else ENTITY
        self.spare = FRAMES - 1
        self.previous = self.base = -1
        self.pool_memory: list[bytearray] = []
        self.pool_size = FIRST_POOL
        self.pool = block(self.pool_memory, FIRST_POOL * self.stride)
        self.free = block(self.pool_memory, FIRST_POOL)
        self.marks = block(self.pool_memory, FIRST_POOL)
        self.free_count = 0
        self.sweep()

    def sweep(self) -> None:
        """Find the places that nothing holds; make the pool larger when they are few."""
        for handle in range(self.pool_size):
            self.marks[handle] = 0
        self.marks[0] = 1  # all zeros, where there is no baseline
        for number in range(LIST):
            self.marks[self.baselines[number]] = 1
            self.marks[self.drafts[number]] = 1
        for frame in range(FRAMES):
            for at in range(frame * LIST, frame * LIST + self.counts[frame]):
                self.marks[self.entries[at] & HANDLE] = 1
        self.free_count = 0
        for handle in range(self.pool_size):
            if self.marks[handle] == 0:
                self.free[self.free_count] = handle
                self.free_count += 1
        if self.free_count * 4 < self.pool_size:
            self.grow()

    def grow(self) -> None:
        """Twice the places. At most 33 lists of 1023 states and the baselines are held at once, so this ends."""
        old, size, memory = self.pool, self.pool_size, self.pool_memory
        self.pool_memory = []
        self.pool_size = size * 2
        self.pool = block(self.pool_memory, self.pool_size * self.stride)
        copy(self.pool, 0, old, 0, size * self.stride)
        old = self.free
        self.free = block(self.pool_memory, self.pool_size)
        copy(self.free, 0, old, 0, self.free_count)
        self.marks = block(self.pool_memory, self.pool_size)
        for handle in range(size, self.pool_size):
            self.free[self.free_count] = handle
            self.free_count += 1
        memory.clear()

    def copied(self, base: int) -> int:
        """The handle of a fresh state that is equal to `base`."""
        if self.free_count == 0:
            self.sweep()
        self.free_count -= 1
        handle = self.free[self.free_count]
        copy(self.pool, handle * self.stride, self.pool, base * self.stride, self.stride)
        return handle

    def entity(self, base: int) -> int:
        """A delta entity: the handle of what it is now, `base` itself where nothing differs, GONE when it is gone."""
        window = self.window(self.pos)
        gone = window & 1
        handle = base
        if gone:
            self.pos += 1
        elif window & 2 == 0:
            self.pos += 2
        else:
            count = self.codes[(window >> 2) & 2047]
            self.pos += 2 + (count & LENGTH)
            count >>= 20
            if count > ENTITY:
                self.fault = BAD_COUNT
                return base
            handle = self.copied(base)
            self.entity_fields(self.pool, handle * self.stride, self.entity_sizes, count)
        if self.ettv:
            handle = self.shared(handle, base)
        return GONE if gone else handle

    def shared(self, handle: int, base: int) -> int:
        """The part that only a relay sends. What follows an entity that is gone is read and dropped."""
        if self.byte() != 0x77:
            self.fault = BAD_MARK
            return handle
        if self.bits(1) or not self.bits(1):
            return handle
        count = self.byte()
        if count > SHARED:
            self.fault = BAD_COUNT
            return handle
        if handle == base:
            handle = self.copied(base)
        self.entity_fields(self.pool, handle * self.stride + ENTITY, self.shared_sizes, count)
        return handle

    def player(self, target: list[int], at: int) -> None:
        """A delta player state onto the numbers that stand at `at`."""
        count = self.byte()
        if count > FIELDS:
            self.fault = BAD_COUNT
            return
        self.player_fields(target, at, self.player_sizes, count)
        if self.window(self.pos) & 63 == 0:
            self.pos += 6
            return
        if self.bits(1):
            self.arrays(target, at, 0, 4)
        if self.bits(1):
            self.arrays(target, at, 4, 8)
        self.arrays(target, at, 8, 12)

    def arrays(self, target: list[int], at: int, first: int, end: int) -> None:
        """Blocks of 16 numbers: health and the like, points, items and power-ups (32 bits), ammunition, clips."""
        for number in range(first, end):
            if self.bits(1) == 0:
                continue
            mask = self.bits(16)
            for index in range(16):
                if mask >> index & 1:
                    value = self.bits(32 if number == 3 else 16)
                    if number != 3 and value & 0x8000:
                        value |= NEGATIVE
                    target[at + FIELDS + number * 16 + index] = value

    def snapshot_body(self) -> None:
        """The player state and the entities of a snapshot into the spare frame; `base` is -1 for a full one."""
        base, spare = self.base, self.spare
        self.counts[spare] = 0
        if base >= 0:
            copy(self.players, spare * PLAYER, self.players, base * PLAYER, PLAYER)
        else:
            for index in range(spare * PLAYER, spare * PLAYER + PLAYER):
                self.players[index] = 0
        if self.ettv:
            for client in range(CLIENTS):
                self.present[spare * CLIENTS + client] = 0
        self.player(self.players, spare * PLAYER)
        if self.fault == 0:
            self.merge(base, spare)

    def merge(self, base: int, spare: int) -> None:
        """The list of the base with what the message changes."""
        old = old_end = 0
        if base >= 0:
            old = base * LIST
            old_end = old + self.counts[base]
        first = to = spare * LIST
        lowest = 0
        while self.fault == 0:
            number = self.bits(10)
            if number == LIST_END:
                break
            if self.pos > self.limit:
                self.fault = PAST_END
                return
            if number < lowest:
                self.fault = BAD_ORDER
                return
            lowest = number + 1
            if cython.compiled:
                while old < old_end and self.entries[old] < number << NUMBER:
                    self.entries[to] = self.entries[old]
                    old += 1
                    to += 1
            else:
                stop = bisect_left(self.entries, number << NUMBER, old, old_end)
                copy(self.entries, to, self.entries, old, stop - old)
                to += stop - old
                old = stop
            before = self.baselines[number]
            if old < old_end and self.entries[old] >> NUMBER == number:
                before = self.entries[old] & HANDLE
                old += 1
            self.counts[spare] = to - first
            handle = self.entity(before)
            if handle != GONE:
                self.entries[to] = number << NUMBER | handle
                to += 1
        copy(self.entries, to, self.entries, old, old_end - old)
        self.counts[spare] = to + old_end - old - first

    def other_players(self) -> None:
        """What follows a relay's snapshot: the player states of all who play."""
        while self.fault == 0:
            client = self.byte()
            if client == 255:
                return
            if client >= CLIENTS or not self.ettv:
                self.fault = BAD_COUNT
                return
            if self.pos > self.limit:
                self.fault = PAST_END
                return
            at = (self.spare * CLIENTS + client) * PLAYER
            if self.base >= 0 and self.present[self.base * CLIENTS + client]:
                copy(self.extras, at, self.extras, (self.base * CLIENTS + client) * PLAYER, PLAYER)
            else:
                for index in range(at, at + PLAYER):
                    self.extras[index] = 0
            self.present[self.spare * CLIENTS + client] = 1
            self.player(self.extras, at)

    def read_areas(self) -> None:
        """Which areas of the map are in view: of no use to a reader, but a clip has to have them."""
        count = self.byte()
        if count > MOST_AREAS:
            self.fault = BAD_AREAS
            return
        self.area_count = count
        for index in range(count):
            self.areas[index] = self.byte()

    # ---- for callers in Python ------------------------------------------------------------------------------------

    def crc(self) -> int:
        """The checksum of the newest snapshot: the player's numbers, then each entity's number and its fields."""
        value = checksum(0, self.players, self.previous * PLAYER, PLAYER)
        start = self.previous * LIST
        for at in range(start, start + self.counts[self.previous]):
            number = struct.pack("<I", self.entries[at] >> NUMBER)
            place = (self.entries[at] & HANDLE) * self.stride
            value = checksum(zlib.crc32(number, value), self.pool, place, ENTITY)
        return value

    def areas_now(self) -> bytes:
        """The mask of areas of the newest snapshot that was read."""
        return bytes([self.areas[index] for index in range(self.area_count)])

    def player_now(self) -> list[int]:
        """All 269 numbers of the newest snapshot's player."""
        return [self.players[self.previous * PLAYER + index] for index in range(PLAYER)]

    def entities_now(self) -> list[tuple[int, list[int]]]:
        """The newest snapshot's entities: number, then fields and, where a relay recorded, the shared part."""
        start = self.previous * LIST
        return [
            (self.entries[at] >> NUMBER, self.state(self.entries[at] & HANDLE))
            for at in range(start, start + self.counts[self.previous])
        ]

    def baselines_now(self) -> list[tuple[int, list[int]]]:
        """The states that the gamestate gave."""
        return [(number, self.state(self.baselines[number])) for number in range(LIST) if self.baselines[number]]

    def baselines_crc(self) -> int:
        """The checksum of what `baselines_now` gives."""
        value = 0
        for number in range(LIST):
            if self.baselines[number]:
                value = zlib.crc32(struct.pack("<I", number), value)
                value = checksum(value, self.pool, self.baselines[number] * self.stride, ENTITY)
        return value

    def others_now(self) -> dict[int, list[int]]:
        """What a relay sent of each player: all 269 numbers by client."""
        start = self.previous * CLIENTS
        return {
            client: [self.extras[(start + client) * PLAYER + index] for index in range(PLAYER)]
            for client in range(CLIENTS)
            if self.present[start + client]
        }

    def state(self, handle: int) -> list[int]:
        return [self.pool[handle * self.stride + index] for index in range(self.stride)]
