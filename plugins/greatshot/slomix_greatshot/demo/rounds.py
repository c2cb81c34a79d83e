"""Phases, rounds, restarts and pauses, from config strings and commands."""

from __future__ import annotations

import msgspec

from slomix_greatshot.demo.records import (
    Happening,
    Paused,
    PhaseChanged,
    Restarted,
    RoundEnded,
    RoundStarted,
    Unpaused,
)
from slomix_greatshot.demo.text import info, number

LEVEL_START = 11
INTERMISSION = 12
MAP_WINNER = 14
WOLFINFO = 21
PLAYING = 0
UNKNOWN_PHASE = -1
#: How long the server leaves the level's start alone before a pause is over; it rewrites it twice a second.
PAUSE_GAP_MS = 1500
MOST_ROUNDS = 1000
WINNERS = {"0": 1, "1": 2}


class Round(msgspec.Struct, kw_only=True):
    """`end_ms` None: the recording ended first. `winner` 1 axis, 2 allies, 0 nobody. `stopwatch` 1 or 2."""

    number: int
    segment: int
    map: str
    start_ms: int
    partial: bool
    stopwatch: int
    end_ms: int | None = None
    winner: int = 0
    paused_ms: int = 0


class Rounds:
    """What commands of one server time say is weighed together, in `settle`."""

    def __init__(self) -> None:
        self.rounds: list[Round] = []
        self.phase = UNKNOWN_PHASE
        self._reset()

    def _reset(self) -> None:
        self.playing: Round | None = None
        self.level_start = 0
        self.map = ""
        self.segment = 0
        self._stopwatch = 1
        self._restarted = self._over = False
        self._began = False
        self._winner = 0
        self.paused = 0
        self._pause_from = self._rewritten = self._level_before = 0
        self._told = False
        self.pending = False

    @property
    def current(self) -> int | None:
        """The number of the round that is played."""
        return self.playing.number if self.playing else None

    def begin(self, segment: int, map_name: str, strings: dict[int, bytes], time: int) -> list[Happening]:
        """A gamestate: a round may be under way already."""
        told: list[Happening] = self._end(time) if self.playing else []
        self._reset()
        self.segment, self.map = segment, map_name
        self.level_start = number(strings.get(LEVEL_START, b"0"))
        facts = info(strings.get(WOLFINFO, b""))
        self._stopwatch = number(facts.get("g_currentround", "0")) + 1
        before, self.phase = self.phase, number(facts.get("gamestate", "-1"), UNKNOWN_PHASE)
        if before != self.phase:
            told.append(PhaseChanged(time_ms=time, before=before, after=self.phase))
        over = strings.get(INTERMISSION) == b"1" or self._won(strings.get(MAP_WINNER, b"")) != 0
        if self.phase == PLAYING and not over:
            told += self._start(min(self.level_start or time, time), partial=True)
        return told

    def set(self, index: int, raw: bytes, time: int) -> list[Happening]:
        """A config string of the match was set."""
        self.pending = True
        if index == WOLFINFO:
            facts = info(raw)
            before, self.phase = self.phase, number(facts.get("gamestate", "-1"), UNKNOWN_PHASE)
            self._stopwatch = number(facts.get("g_currentround", "0")) + 1
            if before != self.phase:
                self._began = self.phase == PLAYING
                return [PhaseChanged(time_ms=time, before=before, after=self.phase)]
        elif index == INTERMISSION and raw == b"1":
            self._over = True
        elif index == MAP_WINNER and self._won(raw):
            self._winner, self._over = self._won(raw), True
        elif index == LEVEL_START:
            return self._level(number(raw), time)
        return []

    def restart(self, time: int) -> list[Happening]:
        self._restarted = self.pending = True
        return [Restarted(time_ms=time)]

    def settle(self, time: int) -> list[Happening]:
        """Everything of this server time was told: begin and end rounds."""
        told: list[Happening] = []
        if self.playing and (self._over or self._restarted or self.phase != PLAYING):
            told += self._end(time)
        if not self.playing and self.phase == PLAYING and (self._began or self._restarted) and not self._over:
            told += self._start(time, partial=False)
        self._over = self._restarted = self._began = self.pending = False
        return told

    def passed(self, time: int) -> list[Happening]:
        """The clock went on to `time`: a pause is over when the level's start was left alone. Asked while `paused`."""
        if time - self._rewritten <= PAUSE_GAP_MS:
            return []
        return self.unpause(self._rewritten + 500)

    def unpause(self, time: int) -> list[Happening]:
        paused, told = self.level_start - self._level_before, self._told
        self.paused, self._told = 0, False
        if not told:
            return []
        if self.playing:
            self.playing.paused_ms += paused
        return [Unpaused(time_ms=time, paused_ms=paused)]

    def finish(self) -> None:
        """The recording is over. A round that was played stays without an end."""
        self.playing = None

    def _level(self, level: int, time: int) -> list[Happening]:
        before, self.level_start = self.level_start, level
        if self.phase != PLAYING or self._restarted or self._began or not self.playing or level <= before:
            self.paused, self._told = 0, False
            return []
        if self.paused == 0:
            self._pause_from, self._level_before = time, before
        self.paused += 1
        self._rewritten = time
        if self.paused < 2 or self._told:
            return []
        self._told = True
        return [Paused(time_ms=self._pause_from)]

    def _won(self, raw: bytes) -> int:
        return WINNERS.get(info(raw).get("w", "-1"), 0)

    def _start(self, time: int, *, partial: bool) -> list[Happening]:
        if len(self.rounds) >= MOST_ROUNDS:
            return []
        self.playing = Round(
            number=len(self.rounds) + 1,
            segment=self.segment,
            map=self.map,
            start_ms=time,
            partial=partial,
            stopwatch=self._stopwatch,
        )
        self.rounds.append(self.playing)
        return [RoundStarted(time_ms=time, round=self.playing.number, stopwatch=self._stopwatch, partial=partial)]

    def _end(self, time: int) -> list[Happening]:
        playing, winner = self.playing, self._winner
        self.playing, self._winner = None, 0
        if playing is None:
            return []
        playing.end_ms, playing.winner = time, winner
        return [RoundEnded(time_ms=time, round=playing.number, winner=winner)]
