"""A demo as somebody on a server would record it, told what happens; our own writer makes the file.

The game is only hinted at: players walk, events come as the entities that the game makes of them, snapshots build on
one of some messages ago. What was told is what a reader has to find.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import IO

from slomix_greatshot.demo import tables
from slomix_greatshot.demo.rules import Rules, rules_for
from slomix_greatshot.demo.writer import NO_PLAYER, NO_STATE, DemoWriter, Frame, Message, State, real

_E = {name: index for index, name in enumerate((*tables.ENTITY, *tables.SHARED))}
_P = {name: index for index, name in enumerate(tables.PLAYER)}
HEALTH = tables.ARRAYS["stats"][0]
EVENT_MS = 300
FIRST_EVENT, LAST_EVENT = 200, 900
FIRST_THING, THINGS = 80, 40
WORLD = 1022
PLAYER_TYPE = 1
DEAD = 1
KEPT = 31


class Recorder:
    """`players` are name, team and class by slot; `viewer` records. `broadcast` writes what a relay would."""

    def __init__(
        self,
        file: IO[bytes],
        players: Sequence[tuple[str, int, int]],
        *,
        map_name: str = "supply",
        game: str = "legacy",
        version: str = "v2.84.0",
        viewer: int = 0,
        start_ms: int = 50_000,
        frame_ms: int = 50,
        broadcast: bool = False,
        lag: int = 2,
        first_sequence: int = 1000,
        phase: int = 0,
        seed: int = 0,
    ) -> None:
        self.rules: Rules = rules_for(game, version)
        self.time = start_ms
        self.heard = 100
        self.strings: dict[int, bytes] = {}
        self._writer = DemoWriter(file)
        self._names = list(players)
        self._game, self._version = game, version
        self._viewer, self._frame_ms, self._broadcast, self._lag = viewer, frame_ms, broadcast, lag
        self._sequence = first_sequence
        self._dice = random.Random(seed)
        self._said: list[tuple[int, bytes]] = []
        self._events: list[tuple[int, int, State]] = []  # number, until when, state
        self._next_event = FIRST_EVENT
        self._eflags = [0] * len(players)
        self._health = [100] * len(players)
        self._places = [[float(200 * slot), float(100 * slot), 24.0] for slot in range(len(players))]
        self.begin(map_name, phase)

    # ---- what happens ---------------------------------------------------------------------------------------------

    def begin(self, map_name: str, phase: int = 0, level_start: int | None = None) -> None:
        """A gamestate."""
        level = self.time if level_start is None else level_start
        info = (
            f"\\mod_version\\{self._version}\\gamename\\{self._game}\\mapname\\{map_name}\\protocol\\84\\g_gametype\\3"
        )
        self.strings = {0: info.encode(), 11: b"%d" % level, 14: b"\\w\\-1"}
        self.strings[21] = b"\\g_currentRound\\0\\gamestate\\%d" % phase
        for slot in range(len(self._names)):
            self.strings[689 + slot] = self._player_string(slot)
        self._baselines = {number: self._thing(number) for number in range(FIRST_THING, FIRST_THING + THINGS)}
        self._frames: dict[int, Frame] = {}
        message = Message(broadcast=self._broadcast)
        message.gamestate(self.heard, self.strings, sorted(self._baselines.items()), self._viewer, 305441741)
        self._writer.record(self._sequence, message.finished())
        self._sequence += 1

    def command(self, text: str | bytes) -> None:
        """A server command, sent with the next snapshot."""
        self.heard += 1
        self._said.append((self.heard, text.encode() if isinstance(text, str) else text))

    def set(self, index: int, value: str) -> None:
        """A config string, in pieces where it is long."""
        self.strings[index] = value.encode()
        parts = [value[at : at + 900] for at in range(0, len(value), 900)] or [""]
        if len(parts) == 1:
            self.command(f'cs {index} "{value}"\n')
            return
        for number, part in enumerate(parts):
            word = "bcs0" if number == 0 else "bcs2" if number == len(parts) - 1 else "bcs1"
            self.command(f'{word} {index} "{part}"\n')

    def player(self, slot: int, name: str, team: int, class_: int) -> None:
        """Somebody's name, team or class; an empty name leaves."""
        self._names[slot] = (name, team, class_)
        self.set(689 + slot, self._player_string(slot).decode())

    def phase(self, number: int) -> None:
        self.set(21, f"\\g_currentRound\\0\\gamestate\\{number}")

    def kill(self, attacker: int | None, victim: int, mean: str, *, headshot: bool = False, weapon: int = 8) -> None:
        """A death. The victim lies until `revive` or `spawn`."""
        mod = next(number for number, each in enumerate(self.rules.means) if each.name == mean)
        fields = {
            "otherEntityNum": victim,
            "otherEntityNum2": WORLD if attacker is None else attacker,
            "eventParm": mod,
            "weapon": weapon,
            "loopSound": int(headshot and self.rules.headshot_flag),
        }
        if self.rules.etpro:
            fields = {"time": victim, "time2": WORLD if attacker is None else attacker, "eFlags": mod}
        self._event(self.rules.obituary, fields)
        self._eflags[victim] |= DEAD
        self._health[victim] = -20

    def bullet(self, attacker: int, target: int | None, hit: int, *, weapon: int = 8) -> None:
        """A bullet's impact: 0 nothing, 1 team, 2 head, 3 body."""
        struck = WORLD if target is None else target
        place = self._places[attacker if target is None else target]
        fields = {"otherEntityNum": attacker, "otherEntityNum2": struck, "weapon": weapon, "modelindex": hit}
        self._event(self.rules.bullet, fields, place)

    def revive(self, medic: int, revived: int) -> None:
        if self.rules.revive >= 0:
            self._event(self.rules.revive, {"eventParm": revived, "clientNum": medic})
        self._eflags[revived] &= ~DEAD
        self._health[revived] = 50

    def spawn(self, slot: int) -> None:
        """Somebody who was dead comes back at the flag."""
        self._eflags[slot] = (self._eflags[slot] & ~DEAD) ^ 4
        self._health[slot] = 100

    def popup(self, kind: int, sub: int = 0, extra: int = 0, *, team: int = 0, density: int = 0) -> None:
        self._event(
            self.rules.popup,
            {"effect1Time": kind, "effect2Time": sub, "effect3Time": extra, "teamNum": team, "density": density},
        )

    # ---- time -----------------------------------------------------------------------------------------------------

    def step(self, count: int = 1, *, lost: bool = False, full: bool = False) -> None:
        """So many server frames; those that are `lost` never reach the recorder, but for their commands later."""
        for _ in range(count):
            self._move()
            frame = self._frame()
            if not lost:
                self._record(frame, full)
            self._sequence += 1
            self.time += self._frame_ms
            self._events = [event for event in self._events if event[1] > self.time]

    def end(self) -> None:
        """The end marker."""
        self._writer.end()

    # ---- making states --------------------------------------------------------------------------------------------

    def _record(self, frame: Frame, full: bool) -> None:
        message = Message(7, broadcast=self._broadcast)
        for number, text in self._said:
            message.command(number, text)
        self._said = []
        base = None if full else self._frames.get(self._sequence - self._lag)
        message.snapshot(frame, self._lag if base else 0, base, self._baselines)
        self._writer.record(self._sequence, message.finished())
        self._frames[self._sequence] = frame
        self._frames.pop(self._sequence - KEPT, None)

    def _frame(self) -> Frame:
        entities: dict[int, State] = {number: self._shared(state) for number, state in self._baselines.items()}
        for slot, (name, _, _) in enumerate(self._names):
            if name and (slot != self._viewer or self._broadcast):
                entities[slot] = self._walker(slot)
        entities.update({number: self._shared(state) for number, _, state in self._events})
        others = {}
        if self._broadcast:
            others = {slot: self._player(slot) for slot, (name, _, _) in enumerate(self._names) if name}
        return Frame(self.time, 0, b"\xff\x01", self._player(self._viewer), sorted(entities.items()), others)

    def _move(self) -> None:
        for place in self._places:
            for axis in range(2):
                place[axis] += self._dice.choice((-12.5, -8.0, 0.0, 6.25, 10.0))

    def _walker(self, slot: int) -> State:
        state = list(NO_STATE)
        state[_E["eType"]] = PLAYER_TYPE
        state[_E["eFlags"]] = self._eflags[slot]
        state[_E["clientNum"]] = slot
        state[_E["pos.trType"]] = 1
        state[_E["pos.trTime"]] = self.time
        state[_E["apos.trBase[1]"]] = real(float(self.time // 50 * (slot + 1) % 360))
        state[_E["weapon"]] = 8
        state[_E["solid"]] = 3151887
        for axis in range(3):
            state[_E[f"pos.trBase[{axis}]"]] = real(self._places[slot][axis])
        return self._shared(state)

    def _player(self, slot: int) -> State:
        state = list(NO_PLAYER)
        state[_P["commandTime"]] = self.time
        state[_P["clientNum"]] = slot
        state[_P["eFlags"]] = self._eflags[slot]
        state[_P["pm_time"]] = 0xFFFFFFF6
        state[_P["viewheight"]] = 40
        for axis in range(3):
            state[_P[f"origin[{axis}]"]] = real(self._places[slot][axis])
        state[HEALTH] = self._health[slot] & 0xFFFFFFFF
        state[tables.ARRAYS["powerups"][0] + 1] = self.time
        state[tables.ARRAYS["ammoclip"][0] + 8] = self.time // 100 % 30
        return state

    def _event(self, event: int, fields: dict[str, int], place: Sequence[float] | None = None) -> None:
        state = list(NO_STATE)
        state[_E["eType"]] = self.rules.event_base + event
        for name, value in fields.items():
            state[_E[name]] = value
        for axis in range(3) if place else ():
            state[_E[f"pos.trBase[{axis}]"]] = real(place[axis]) if place else 0
        self._events.append((self._next_event, self.time + EVENT_MS, state))
        self._next_event = self._next_event + 1 if self._next_event < LAST_EVENT else FIRST_EVENT

    def _thing(self, number: int) -> State:
        state = list(NO_STATE)
        state[_E["eType"]] = 14
        state[_E["modelindex"]] = number - FIRST_THING + 1
        state[_E["solid"]] = 0xFFFFFF
        state[_E["origin[0]"]] = real(number * 17.5)
        return state

    def _shared(self, state: State) -> State:
        """What a relay adds: here, where the entity is."""
        if not self._broadcast:
            return state
        whole = list(state)
        for axis in range(3):
            whole[_E[f"currentOrigin[{axis}]"]] = state[_E[f"pos.trBase[{axis}]"]]
        whole[_E["svFlags"]] = 0x80
        return whole

    def _player_string(self, slot: int) -> bytes:
        name, team, class_ = self._names[slot]
        return f"n\\{name}\\t\\{team}\\c\\{class_}\\r\\0\\m\\0000000".encode() if name else b""
