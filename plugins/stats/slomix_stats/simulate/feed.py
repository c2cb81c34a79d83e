"""The community as files: `simulate` fills a folder, `play_evening` keeps everything in memory for tests."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import count, islice
from pathlib import Path
from typing import NamedTuple

from slomix.clock import Clock, SystemClock
from slomix_stats.simulate.companions import Companion
from slomix_stats.simulate.companions import companions as companions_of
from slomix_stats.simulate.evening import ZONE, Played, begin_of_evening, play
from slomix_stats.simulate.live import LiveLogs
from slomix_stats.simulate.people import community
from slomix_stats.simulate.statsfile import CURRENT, Layout, file_name, render
from slomix_stats.simulate.truth import RoundTruth

#: When the first evening begins unless told otherwise (server's clock), so that a seed alone decides every byte.
FIRST_EVENING = datetime(2026, 9, 1, 21, 0, tzinfo=ZONE)
#: Evenings of `simulate` without a number of rounds and without pace.
_EVENINGS = 3
#: The least time between two files of a live feed: their names have a resolution of one second.
_LEAST_WAIT_S = 1.0


class SimulatedRound(NamedTuple):
    """One stats file: its name, its bytes, and what really happened."""

    name: str
    data: bytes
    truth: RoundTruth


def play_evening(
    *, seed: int = 1, evening: int = 0, start: datetime | None = None, layout: Layout = CURRENT
) -> list[SimulatedRound]:
    """One evening of the community of `seed`, in the order in which it was played.

    `start` is when evening 0 begins (naive: the server's clock, Europe/Ljubljana). `layout` chooses the script that
    writes: `Layout(header=8, fields=33)`, say.
    """
    begin = begin_of_evening(seed, evening, start or FIRST_EVENING)
    return [_write(played, layout=layout) for played in play(seed, evening, community(seed), begin)]


def simulate(
    out: Path,
    *,
    seed: int = 1,
    rounds: int | None = None,
    speed: float = 0.0,
    start: datetime | None = None,
    played: int = 0,
    live_logs: Path | None = None,
    companions: bool = False,
    clock: Clock | None = None,
    wait: Callable[[float], object] = time.sleep,
) -> Iterator[Path]:
    """Write stats files into `out` and yield the path of each.

    `speed` 0: as fast as possible, evenings from `start` on (default: 1 September 2026); three of them, or `rounds`
    rounds. Otherwise live: a round ends now, by `clock`, and the next one after its duration / `speed` (at least one
    second); without end, or `rounds` rounds. Before that, `played` rounds that are over already are written at once,
    the last of which ended now. A file appears under its name only when it is complete. `live_logs` is a folder for the
    logs that a server writes while it plays (with `speed` only). `companions` writes each round's endstats and
    gametimes files too, after its stats file.
    """
    out.mkdir(parents=True, exist_ok=True)
    if speed <= 0:
        evenings = range(_EVENINGS) if rounds is None else count()
        for item in islice(_rounds(seed, evenings, start or FIRST_EVENING), rounds):
            yield from _landed(out, item, None, companions)
        return
    clock = clock or SystemClock()
    feed = islice(_rounds(seed, count(), start or FIRST_EVENING), None if rounds is None else rounds + played)
    past = list(islice(feed, played))
    for item in past:
        yield from _landed(out, item, clock.now() - (past[-1].ended_at - item.ended_at), companions)
    logs = LiveLogs(live_logs, speed, wait, lambda: clock.now().timestamp()) if live_logs is not None else None
    for item in feed:
        if logs is not None:
            logs.play(item)
        wait(_LEAST_WAIT_S if logs is not None else max(_LEAST_WAIT_S, item.half.ending.seconds / speed))
        yield from _landed(out, item, clock.now(), companions)


def _rounds(seed: int, evenings: range | count[int], start: datetime) -> Iterator[Played]:
    people = community(seed)
    for evening in evenings:
        yield from play(seed, evening, people, begin_of_evening(seed, evening, start))


def _write(played: Played, ended_at: datetime | None = None, layout: Layout = CURRENT) -> SimulatedRound:
    truth = played.truth(ended_at)
    return SimulatedRound(file_name(truth), render(truth, played.lines, layout), truth)


def _landed(out: Path, played: Played, ended_at: datetime | None, companions: bool) -> Iterator[Path]:
    item = _write(played, ended_at)
    yield _land(out, item)
    if companions:
        for beside in companions_of(item.truth, played.lines, played.half.beats):
            yield _land(out, beside)


def _land(out: Path, item: SimulatedRound | Companion) -> Path:
    """Write beside, then rename: a watcher never sees half of a file."""
    half_written, path = out / f".{item.name}.tmp", out / item.name
    try:
        half_written.write_bytes(item.data)
        os.replace(half_written, path)
    except BaseException:
        # Interrupted between the two: nothing is left behind.
        half_written.unlink(missing_ok=True)
        raise
    return path
