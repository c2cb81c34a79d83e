"""The hour that is played twice at the end of summer time."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from slomix.identity.localtime import changes_near, is_repeated, moments
from slomix.nouns import RoundFacts

ZONE = ZoneInfo("Europe/Ljubljana")
WINDOW = timedelta(minutes=45)


def at_clock(
    local: datetime, map_name: str, number: int, limit: int | None = None, target: int | None = None
) -> RoundFacts:
    """A round whose `ended_at` is a lie, since only its wall clock is known."""
    return RoundFacts(
        round_id=f"{local:%H:%M} {map_name} {number}",
        map=map_name,
        number=number,
        ended_at=datetime(2000, 1, 1, tzinfo=UTC),
        local=local,
        limit_s=limit,
        target_s=target,
        continuity={"AAAAAAA1": 0},
    )


def played(
    clock: str, map_name: str, number: int, *, limit: int | None = None, target: int | None = None
) -> RoundFacts:
    return at_clock(datetime.fromisoformat(f"2025-10-26T{clock}:00"), map_name, number, limit, target)


def summer(rounds: list[RoundFacts]) -> dict[str, bool]:
    """Which rounds took the offset of summer time."""
    found = moments(rounds, ZONE, WINDOW)
    shuffled = random.Random(3).sample(rounds, len(rounds))
    assert moments(shuffled, ZONE, WINDOW) == found
    return {name: moment.utcoffset() == timedelta(hours=2) for name, moment in found.items()}


def test_outside_the_repeated_hour_the_zone_decides() -> None:
    assert summer([played("01:50", "supply", 1), played("03:10", "supply", 2)]) == {
        "01:50 supply 1": True,
        "03:10 supply 2": False,
    }


def test_alone_a_repeated_time_is_the_earlier_one() -> None:
    assert summer([played("02:30", "supply", 1)]) == {"02:30 supply 1": True}
    assert summer([played("02:10", "supply", 1), played("02:20", "supply", 2)]) == {
        "02:10 supply 1": True,
        "02:20 supply 2": True,
    }


def test_round_two_before_its_round_one_is_in_the_second_hour() -> None:
    assert summer([played("02:55", "supply", 1), played("02:05", "supply", 2)]) == {
        "02:55 supply 1": True,
        "02:05 supply 2": False,
    }


def test_round_one_is_in_the_second_hour_when_round_two_follows_it_after_that() -> None:
    assert summer([played("02:55", "supply", 1), played("03:05", "supply", 2)]) == {
        "02:55 supply 1": False,
        "03:05 supply 2": False,
    }


def test_the_target_tells_whether_they_belong_together() -> None:
    rounds = [played("02:55", "supply", 1, target=300), played("03:05", "supply", 2, limit=444)]
    assert summer(rounds)["02:55 supply 1"] is True


def test_a_night_through_both_hours_keeps_every_pair() -> None:
    """Played every seven minutes from 01:30 summer time on; the clock is all that the files say."""
    start = datetime(2025, 10, 25, 23, 30, tzinfo=UTC)
    rounds, pairs = [], []
    for index in range(28):
        local = (start + timedelta(minutes=7 * index)).astimezone(ZONE).replace(tzinfo=None)
        map_name, number = f"map{index // 2}", index % 2 + 1
        rounds.append(replace(at_clock(local, map_name, number), round_id=f"{map_name} {number}"))
        if number == 2:
            pairs.append(map_name)
    found = moments(rounds, ZONE, WINDOW)
    for map_name in pairs:
        between = found[f"{map_name} 2"] - found[f"{map_name} 1"]
        assert timedelta() < between <= WINDOW


@pytest.mark.parametrize(("clock", "near"), [("2025-10-26T05:30", True), ("2025-10-27T12:00", False)])
def test_changes_are_seen_from_near(clock: str, near: bool) -> None:
    assert changes_near(datetime.fromisoformat(clock), ZONE, timedelta(hours=6)) is near


def test_the_skipped_hour_of_spring_is_not_repeated() -> None:
    assert not is_repeated(datetime.fromisoformat("2025-03-30T02:30"), ZONE)
    assert is_repeated(datetime.fromisoformat("2025-10-26T02:00"), ZONE)
    assert not is_repeated(datetime.fromisoformat("2025-10-26T03:00"), ZONE)
