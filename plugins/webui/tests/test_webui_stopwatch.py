"""Maps of stopwatch in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from slomix.nouns import MatchStatus, Side
from slomix_stats.api import MatchLine, Outcome, PlayerLine, RoundDetail, RoundLine
from slomix_webui.stopwatch import tell

START = datetime(2026, 9, 1, 19, tzinfo=UTC)


def player(name: str, side: Side | None) -> PlayerLine:
    return PlayerLine(
        player_id=name, guid=name, name=name, name_raw=name, side=side, rounds=1, time_played_s=600, kills=1, deaths=1,
        kd=1.0, damage_given=100, damage_received=100, team_damage_given=0, dpm=10.0, hits=1, shots=1, accuracy=None,
        headshot_hits=0, headshot_accuracy=None, gibs=0, self_kills=0, team_kills=0, revives_given=None,
        times_revived=None, xp=None,
    )  # fmt: skip


def half(
    number: int, attackers: str, defenders: str, outcome: Outcome | None = "objective", **more: Any
) -> RoundDetail:
    """A round; players are letters, allies attack."""
    line = RoundLine(
        round_id=f"r{number}", match_id="m", session_id="s", server="v", map="supply", number=number, ended_at=START,
        limit_s=720, target_s=None, seconds=300.0, defender="axis", winner=None, outcome=outcome, ended_early=False,
        aborted=False, flags=(),
    )  # fmt: skip
    allies = [player(name, "allies") for name in attackers]
    return RoundDetail(round=replace(line, **more), players=(*allies, *(player(name, "axis") for name in defenders)))


class Evening:
    """Matches one after the other."""

    def __init__(self) -> None:
        self.matches: list[MatchLine] = []
        self.rounds: dict[str, RoundDetail] = {}

    def play(
        self,
        r1: RoundDetail | None,
        r2: RoundDetail | None,
        points: tuple[int, int] | None,
        status: MatchStatus = "complete",
    ) -> MatchLine:
        at = len(self.matches)
        lines = []
        for each in (r1, r2):
            line = None if each is None else replace(each.round, round_id=f"{each.round.round_id}-{at}")
            if each is not None and line is not None:
                self.rounds[line.round_id] = replace(each, round=line)
            lines.append(line)
        first, second = points or (None, None)
        match = MatchLine(
            match_id=f"m{at}", session_id="s", server="v", map="supply", ended_at=START + timedelta(minutes=20 * at),
            status=status, r1=lines[0], r2=lines[1], points_r1_attackers=first, points_r2_attackers=second,
        )  # fmt: skip
        self.matches.append(match)
        return match


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
