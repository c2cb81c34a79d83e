"""Line-ups through side swaps, and the evening's score."""

from __future__ import annotations

from dataclasses import replace

from slomix_stats.api import evening_score, find_lineups
from slomix_stats.testing import Evening, half, player


def test_line_ups_follow_people_through_swaps() -> None:
    evening = Evening()
    evening.play(half(1, "abc", "xyz"), half(2, "xyz", "abc"), (2, 0))
    evening.play(half(1, "xyz", "abc"), half(2, "abc", "xyz"), (2, 0))
    evening.play(half(1, "abd", "xyz"), half(2, "xyz", "abd"), (1, 1))

    found = find_lineups(evening.matches, evening.rounds)

    assert found.attackers == {"m0": "A", "m1": "B", "m2": "A"}
    assert found.letters == {**dict.fromkeys("abcd", "A"), **dict.fromkeys("xyz", "B")}
    score = evening_score(evening.matches, found)
    assert score is not None
    assert (score.a, score.b, score.counted, score.left_out) == (3, 3, 3, 0)


def test_a_map_with_mixed_line_ups_stays_out_of_the_score() -> None:
    evening = Evening()
    evening.play(half(1, "abc", "xyz"), half(2, "xyz", "abc"), (2, 0))
    evening.play(half(1, "abxy", "cdz"), half(2, "cdz", "abxy"), (2, 0))
    evening.play(half(1, "klm", "nop"), None, (0, 2))

    found = find_lineups(evening.matches, evening.rounds)

    assert found.attackers == {"m0": "A", "m1": None, "m2": None}
    score = evening_score(evening.matches, found)
    assert score is not None
    assert (score.a, score.b, score.counted, score.left_out) == (2, 0, 1, 2)


def test_a_second_half_alone_names_the_attackers_of_the_first() -> None:
    evening = Evening()
    evening.play(half(1, "abc", "xyz"), half(2, "xyz", "abc"), (2, 0))
    evening.play(None, half(2, "abc", "xyz"), None, "orphan_r2")
    assert find_lineups(evening.matches, evening.rounds).attackers["m1"] == "B"


def test_spectators_and_unknown_defenders_say_nothing() -> None:
    evening = Evening()
    watched = half(1, "ab", "xy")
    evening.play(replace(watched, players=(*watched.players, player("w", "spectator"))), None, None, "open")
    evening.play(half(1, "xy", "ab", defender=None), None, None, "open")
    found = find_lineups(evening.matches, evening.rounds)
    assert "w" not in found.letters
    assert found.attackers == {"m0": "A", "m1": None}
    assert evening_score(evening.matches, found) is None
