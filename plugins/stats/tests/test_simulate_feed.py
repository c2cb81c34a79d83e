"""Filling a folder: the same bytes for the same seed, whole files only, and the pace of life."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from slomix_stats.filename import parse_name
from slomix_stats.simulate import play_evening, simulate

#: The first evening of seed 1. Changes only when the simulation is changed, never with the version of Python.
FIRST_EVENING_SHA256 = "64b7abc10dabd986690b32c19b6923953e81dc52f993d2adb935e245d69147c4"


class TurningClock:
    """A clock that moves when somebody waits."""

    def __init__(self, now: datetime) -> None:
        self.time = now
        self.waits: list[float] = []

    def now(self) -> datetime:
        return self.time

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.time += timedelta(seconds=seconds)


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_seed_decides_every_byte(tmp_path: Path) -> None:
    for name, seed in (("one", 7), ("two", 7), ("other", 8)):
        list(simulate(tmp_path / name, seed=seed, rounds=30))
    assert content(tmp_path / "one") == content(tmp_path / "two")
    assert not content(tmp_path / "one").items() & content(tmp_path / "other").items()


def test_every_python_plays_the_same_evening() -> None:
    digest = hashlib.sha256()
    for name, data, _ in play_evening(seed=1):
        digest.update(name.encode() + b"\n" + data)
    assert digest.hexdigest() == FIRST_EVENING_SHA256


def test_the_folder_holds_the_evenings(tmp_path: Path) -> None:
    paths = list(simulate(tmp_path, seed=4, rounds=40))
    played = [item for evening in range(6) for item in play_evening(seed=4, evening=evening)][:40]
    assert [path.name for path in paths] == [item.name for item in played]
    assert content(tmp_path) == {item.name: item.data for item in played}


def test_three_evenings_unless_told_otherwise(tmp_path: Path) -> None:
    paths = list(simulate(tmp_path, seed=2))
    assert len(paths) == sum(len(play_evening(seed=2, evening=evening)) for evening in range(3))


def test_times_are_those_of_evenings(tmp_path: Path) -> None:
    start = datetime(2026, 10, 2, 20, 0, tzinfo=UTC)
    paths = list(simulate(tmp_path, rounds=300, start=start))
    ends = [parse_name(path.name).ended_local for path in paths]
    breaks = [later - earlier for earlier, later in pairwise(ends)]
    assert min(breaks) > timedelta(minutes=1)
    assert not [gap for gap in breaks if timedelta(minutes=20) < gap < timedelta(hours=12)]
    # 20:00 UTC on a summer day is 22:00 on the server.
    assert timedelta(0) < ends[0] - datetime(2026, 10, 2, 22, 0) < timedelta(minutes=16)  # noqa: DTZ001
    assert len({end.date() for end in ends}) > 10


def test_a_watcher_never_sees_half_of_a_file(tmp_path: Path) -> None:
    for path in simulate(tmp_path, rounds=20):
        visible = [entry.name for entry in tmp_path.iterdir()]
        assert path.name in visible
        assert not [name for name in visible if name.endswith(".tmp") or name.startswith(".")]
        assert path.read_bytes().endswith(b"\n")


def test_life_has_a_pace(tmp_path: Path) -> None:
    clock = TurningClock(datetime(2026, 9, 22, 18, 0, tzinfo=UTC))
    paths = list(simulate(tmp_path, seed=1, rounds=6, speed=60, clock=clock, wait=clock.wait))
    seconds = [item.truth.seconds for item in play_evening(seed=1)[:6]]
    assert clock.waits == pytest.approx([duration / 60 for duration in seconds])
    assert parse_name(paths[-1].name).ended_local == (clock.now() + timedelta(hours=2)).replace(
        tzinfo=None, microsecond=0
    )


def test_names_of_a_quick_feed_stay_apart(tmp_path: Path) -> None:
    clock = TurningClock(datetime(2026, 9, 22, 18, 0, tzinfo=UTC))
    paths = list(simulate(tmp_path, rounds=10, speed=1_000_000, clock=clock, wait=clock.wait))
    stamps = [path.name[:17] for path in paths]
    assert stamps == sorted(set(stamps))


def test_a_live_feed_may_begin_with_what_is_over(tmp_path: Path) -> None:
    now = datetime(2026, 9, 22, 18, 0, tzinfo=UTC)
    clock = TurningClock(now)
    feed = simulate(tmp_path, rounds=2, speed=60, played=8, clock=clock, wait=clock.wait)
    past = [next(feed) for _ in range(8)]
    assert clock.waits == []
    ends = [parse_name(path.name).ended_local for path in past]
    assert ends[-1] == datetime(2026, 9, 22, 20, 0)  # noqa: DTZ001
    assert [later - earlier for earlier, later in pairwise(ends)] == [
        pytest.approx(later.truth.ended_at - earlier.truth.ended_at, abs=timedelta(seconds=1))
        for earlier, later in pairwise(play_evening(seed=1)[:8])
    ]
    assert len(list(feed)) == 2
    assert len(clock.waits) == 2


def test_a_live_feed_writes_the_logs_of_what_its_files_tell(tmp_path: Path) -> None:
    clock = TurningClock(datetime(2026, 9, 22, 18, 0, tzinfo=UTC))
    list(simulate(tmp_path, seed=1, rounds=2, speed=60, live_logs=tmp_path / "logs", clock=clock, wait=clock.wait))
    rounds = play_evening(seed=1)[:2]
    assert sum(clock.waits) == pytest.approx(sum((item.truth.seconds + 10) / 60 + 1 for item in rounds))
    engine = (tmp_path / "logs" / "legacy3.log").read_text().splitlines()
    script = (tmp_path / "logs" / "slomix-live.log").read_text().splitlines()
    tallies = [player.tally for item in rounds for player in item.truth.players.values()]
    enemies, own = sum(tally.kills for tally in tallies), sum(tally.self_kills + tally.team_kills for tally in tallies)
    assert sum(" Kill: " in line for line in engine) == enemies + own
    assert sum(line.startswith("K ") for line in script) == enemies + own
    assert sum(" Medic_Revive: " in line for line in engine) == sum(tally.revives_given for tally in tallies)
    levels = [int(line[:8]) for line in engine]
    begun = [number for number, line in enumerate(engine) if "InitGame" in line]
    assert [levels[number] for number in begun] == [0, 0]
    for first, last in ((begun[0], begun[1]), (begun[1], len(levels))):
        assert levels[first:last] == sorted(levels[first:last])
