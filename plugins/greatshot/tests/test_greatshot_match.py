"""Whether a round of a demo is a round of stats: names, kills, times. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from slomix_greatshot.linking.match import Filmed, Played, best, judge

BEGAN = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
KILLS = {"kelpie": 20, "bura": 15, "vrabelj": 11, "sova": 9, "lisica": 7, "jazbec": 3}


def filmed(**other: Any) -> Filmed:
    values: dict[str, Any] = {"kills": KILLS, "started_at": BEGAN, "seconds": 430.0, "number": 1, "winner": "axis"}
    return Filmed(**{**values, **other})


def played(**other: Any) -> Played:
    values: dict[str, Any] = {
        "round_id": "r1",
        "kills": KILLS,
        "ended_at": BEGAN + timedelta(seconds=433),
        "seconds": 430.0,
        "number": 1,
        "winner": "axis",
    }
    return Played(**{**values, **other})


def test_the_same_round_is_certain() -> None:
    found = best(filmed(), [played()])
    assert found is not None
    assert (found.round_id, found.confidence) == ("r1", 100)
    assert "6 of 6 players have the same name" in found.evidence


def test_it_is_told_from_its_other_half() -> None:
    other = played(round_id="r2", number=2, winner="allies", kills={name: 30 - n for name, n in KILLS.items()})
    found = best(filmed(), [other, played()])
    assert found is not None
    assert found.round_id == "r1"


def test_two_that_fit_alike_are_none() -> None:
    assert best(filmed(), [played(), played(round_id="r9")]) is None


def test_other_people_are_another_round() -> None:
    others = {f"somebody{number}": number for number in range(6)}
    assert best(filmed(), [played(kills=others)]) is None


def test_numbers_of_kills_that_nobody_knows_prove_nothing() -> None:
    found = judge(filmed(), played(kills=dict.fromkeys(KILLS)))
    assert found.confidence == 80


def test_a_recording_that_began_late_has_fewer_kills_and_never_more() -> None:
    some = {name: count // 3 for name, count in KILLS.items()}
    assert best(filmed(kills=some, seconds=None, winner=None), [played()]) is not None
    more = {name: count + 10 for name, count in KILLS.items()}
    assert best(filmed(kills=more, seconds=None, winner=None, started_at=None), [played()]) is None


@pytest.mark.parametrize(("hours", "points"), [(0, 20), (1, 10), (9, 10), (0.5, -10), (40, -10)])
def test_players_have_clocks_of_other_zones(hours: float, points: int) -> None:
    without = judge(filmed(started_at=None, winner=None), played(kills=dict.fromkeys(KILLS))).confidence
    with_time = judge(
        filmed(started_at=BEGAN + timedelta(hours=hours), winner=None), played(kills=dict.fromkeys(KILLS))
    )
    assert with_time.confidence - without == points
