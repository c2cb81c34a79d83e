"""Invented matches for tests of those who read stats: people are letters, allies attack."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from slomix.nouns import MatchStatus, Side
from slomix_stats.api import MatchLine, Outcome, PlayerLine, RoundDetail, RoundLine

START = datetime(2026, 9, 1, 19, tzinfo=UTC)


def player(name: str, side: Side | None) -> PlayerLine:
    """A line of numbers that do not matter."""
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
        """Play a map after those before it; `points` are those of the attackers of round 1 and round 2."""
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
