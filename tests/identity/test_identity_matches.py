"""The pairing walk: which round 2 answers which round 1."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from slomix.identity.matches import pair
from slomix.nouns import RoundFacts

START = datetime(2025, 10, 19, 20, 0, tzinfo=UTC)
WINDOW = timedelta(minutes=45)


def half(
    name: str,
    minute: float,
    number: int,
    *,
    map_name: str = "supply",
    limit: int | None = 600,
    target: int | None = 480,
    aborted: bool = False,
    counters: dict[str, int] | None = None,
) -> RoundFacts:
    ended = START + timedelta(minutes=minute)
    return RoundFacts(
        round_id=name,
        map=map_name,
        number=number,
        ended_at=ended,
        local=ended.replace(tzinfo=None),
        limit_s=limit,
        target_s=target,
        aborted=aborted,
        continuity=counters,
    )


def walk(*rounds: RoundFacts) -> set[tuple[str, str | None, str | None]]:
    shuffled = random.Random(7).sample(rounds, len(rounds))
    found = pair(shuffled, WINDOW)
    assert pair(rounds, WINDOW) == found, "the order in which rounds are handed over must not matter"
    return {
        (play.status, play.r1.round_id if play.r1 else None, play.r2.round_id if play.r2 else None) for play in found
    }


def test_both_halves_make_a_match() -> None:
    assert walk(half("a", 0, 1), half("b", 6, 2, limit=480)) == {("complete", "a", "b")}


def test_a_first_half_alone_is_open() -> None:
    assert walk(half("a", 0, 1)) == {("open", "a", None)}


def test_a_second_half_alone_is_an_orphan() -> None:
    assert walk(half("b", 6, 2)) == {("orphan_r2", None, "b")}


def test_the_target_decides_among_replayed_first_halves() -> None:
    rounds = [half("a", 0, 1, target=480), half("b", 9, 1, target=500), half("c", 15, 2, limit=480)]
    assert walk(*rounds) == {("complete", "a", "c"), ("abandoned_r1", "b", None)}


def test_the_nearest_of_equal_targets_wins() -> None:
    rounds = [half("a", 0, 1, target=600), half("b", 13, 1, target=600), half("c", 25, 2, limit=600)]
    assert walk(*rounds) == {("abandoned_r1", "a", None), ("complete", "b", "c")}


def test_another_map_abandons_the_first_half() -> None:
    rounds = [half("a", 0, 1), half("b", 9, 1, map_name="te_escape2"), half("c", 15, 2, limit=480)]
    assert walk(*rounds) == {("abandoned_r1", "a", None), ("abandoned_r1", "b", None), ("orphan_r2", None, "c")}


def test_the_same_map_twice_in_a_row_is_two_matches() -> None:
    rounds = [
        half("a", 0, 1, target=300),
        half("b", 5, 2, limit=300),
        half("c", 10, 1, target=300),
        half("d", 15, 2, limit=300),
    ]
    assert walk(*rounds) == {("complete", "a", "b"), ("complete", "c", "d")}


def test_a_second_half_against_another_target_is_an_orphan() -> None:
    assert walk(half("a", 0, 1, target=480), half("b", 6, 2, limit=333)) == {
        ("abandoned_r1", "a", None),
        ("orphan_r2", None, "b"),
    }


def test_the_window_is_inclusive_and_ends() -> None:
    assert walk(half("a", 0, 1), half("b", 45, 2, limit=480)) == {("complete", "a", "b")}
    assert walk(half("a", 0, 1), half("b", 45.1, 2, limit=480)) == {
        ("abandoned_r1", "a", None),
        ("orphan_r2", None, "b"),
    }


def test_without_a_target_the_counters_decide() -> None:
    first = half("a", 0, 1, target=None, counters={"p": 0, "q": 0, "s": 0})
    stayed = half("b", 6, 2, counters={"p": 1, "q": 1, "t": 0})
    reset = half("c", 6, 2, counters={"p": 0, "q": 0, "t": 1})
    assert walk(first, stayed) == {("complete", "a", "b")}
    assert walk(first, reset) == {("abandoned_r1", "a", None), ("orphan_r2", None, "c")}


def test_without_any_evidence_the_nearest_is_taken() -> None:
    rounds = [half("a", 0, 1, target=None), half("b", 5, 1, target=None), half("c", 9, 2, limit=None)]
    assert walk(*rounds) == {("abandoned_r1", "a", None), ("complete", "b", "c")}


def test_an_aborted_round_stands_alone_and_closes_nothing() -> None:
    rounds = [half("a", 0, 1), half("x", 3, 2, aborted=True), half("b", 6, 2, limit=480)]
    assert walk(*rounds) == {("complete", "a", "b"), ("aborted", None, "x")}


def test_a_second_half_cut_short_is_labelled_one_and_recognised() -> None:
    first = half("a", 0, 1, limit=600, target=480, counters={"p": 0, "q": 0, "s": 0})
    cut = half("x", 3, 1, limit=480, target=2000, counters={"p": 1, "q": 1, "s": 0})
    assert walk(first, cut) == {("open", "a", None), ("aborted", "x", None)}
    assert walk(first, cut, half("b", 9, 2, limit=480)) == {("complete", "a", "b"), ("aborted", "x", None)}


def test_a_replayed_first_half_is_not_taken_for_a_cut_one() -> None:
    first = half("a", 0, 1, limit=600, target=600, counters={"p": 0})
    again = half("b", 12, 1, limit=600, target=300, counters={"p": 1})
    assert walk(first, again) == {("open", "a", None), ("open", "b", None)}
    fresh = half("c", 3, 1, limit=480, target=300, counters={"p": 0})
    assert walk(half("a", 0, 1, counters={"p": 0}), fresh) == {("open", "a", None), ("open", "c", None)}
