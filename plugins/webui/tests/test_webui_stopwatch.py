"""Maps of stopwatch in words."""

from __future__ import annotations

import pytest

from slomix.nouns import MatchStatus
from slomix_stats.api import RoundDetail
from slomix_stats.testing import Evening, half
from slomix_webui.stopwatch import tell


@pytest.mark.parametrize(
    ("r1", "r2", "points", "told", "result"),
    [
        (half(1, "a", "x", seconds=263), half(2, "x", "a", seconds=238, limit_s=263), (0, 2),
         ["set 4:23", "did it in 3:58"], "B wins"),
        (half(1, "a", "x", seconds=263), half(2, "x", "a", "hold", seconds=265, limit_s=263), (2, 0),
         ["set 4:23", "held 4:23"], "A wins"),
        (half(1, "a", "x", "hold", seconds=720), half(2, "x", "a", "hold", seconds=490, ended_early=True), (1, 1),
         ["held 12:00", "gave up 8:10"], "Draw, both held"),
        (half(1, "a", "x", None), half(2, "x", "a"), None,
         ["result unknown", "did it in 5:00"], "The result is unknown: not counted"),
    ],
)  # fmt: skip
def test_a_map_in_words(
    r1: RoundDetail, r2: RoundDetail, points: tuple[int, int] | None, told: list[str], result: str
) -> None:
    play = tell(Evening().play(r1, r2, points), "A")
    assert [each.verdict for each in play.halves] == told
    assert [each.attackers for each in play.halves] == ["A", "B"]
    assert play.result == result


@pytest.mark.parametrize(
    ("status", "result"),
    [
        ("open", "Round 2 is still to come"),
        ("abandoned_r1", "Round 2 was not played: not counted"),
        ("aborted", "Aborted: not counted"),
    ],
)
def test_a_map_without_result_says_why(status: MatchStatus, result: str) -> None:
    play = tell(Evening().play(half(1, "a", "x"), None, None, status), None)
    assert (play.result, play.a, play.winner) == (result, None, None)
    assert play.halves[0].attackers == "Allies"


def test_a_round_that_counts_for_nothing_is_why() -> None:
    botted = half(2, "x", "a", invalid_reason="bots", status="completed")
    assert tell(Evening().play(half(1, "a", "x"), botted, None), None).result == "Bots played: not counted"
    again = half(1, "a", "x", status="substitution")
    play = tell(Evening().play(again, None, None, "abandoned_r1"), None)
    assert play.result == "Started again with other people: not counted"


def test_points_belong_to_line_ups() -> None:
    play = tell(Evening().play(half(1, "a", "x"), half(2, "x", "a", "hold"), (2, 0)), "B")
    assert (play.a, play.b, play.winner) == (0, 2, "B")
    nameless = tell(Evening().play(half(1, "a", "x"), half(2, "x", "a", "hold"), (2, 0)), None)
    assert (nameless.a, nameless.winner, nameless.result) == (None, None, "Attackers of round 1 win")


def test_strips_are_measured_against_the_map_limit() -> None:
    play = tell(
        Evening().play(half(1, "a", "x", seconds=360), half(2, "x", "a", seconds=180, limit_s=360), (0, 2)), "A"
    )
    assert [(each.length, each.mark) for each in play.halves] == [(50.0, None), (25.0, 50.0)]
