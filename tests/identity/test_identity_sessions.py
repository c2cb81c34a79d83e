"""Sessions are cut by the pause between two ends, and by nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from slomix.identity import ids
from slomix.identity.sessions import split
from slomix.nouns import RoundFacts

START = datetime(2025, 10, 19, 21, 0, tzinfo=UTC)
GAP = timedelta(minutes=60)


def ended(name: str, minute: float) -> RoundFacts:
    moment = START + timedelta(minutes=minute)
    return RoundFacts(round_id=name, map="supply", number=1, ended_at=moment, local=moment.replace(tzinfo=None))


def names(*rounds: RoundFacts) -> list[list[str]]:
    return [[each.round_id for each in session] for session in split(rounds, GAP)]


def test_a_pause_of_exactly_the_gap_goes_on() -> None:
    assert names(ended("a", 0), ended("b", 60)) == [["a", "b"]]


def test_a_longer_pause_starts_a_session() -> None:
    assert names(ended("a", 0), ended("b", 60 + 1 / 60)) == [["a"], ["b"]]


def test_the_order_given_does_not_matter_and_midnight_neither() -> None:
    rounds = [ended("c", 260), ended("a", 0), ended("d", 300), ended("b", 50)]
    assert names(*rounds) == [["a", "b"], ["c", "d"]]


def test_a_round_between_two_sessions_joins_them() -> None:
    assert names(ended("a", 0), ended("b", 100)) == [["a"], ["b"]]
    assert names(ended("a", 0), ended("b", 100), ended("x", 50)) == [["a", "x", "b"]]


def test_ids_depend_on_content_only() -> None:
    local = datetime.fromisoformat("2025-10-19T21:00:05")
    first = ids.round_id("Pub", "supply", 1, local)
    assert first == ids.round_id("Pub", "supply", 1, local)
    others = {
        ids.round_id("Pub 2", "supply", 1, local),
        ids.round_id("Pub", "etl_supply", 1, local),
        ids.round_id("Pub", "supply", 2, local),
        ids.round_id("Pub", "supply", 1, local + timedelta(seconds=1)),
    }
    assert len(others | {first}) == 5
    assert ids.round_of(ids.match_id(first)) == ids.round_of(ids.session_id(first)) == first
