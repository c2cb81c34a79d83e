"""Invented matches for tests of those who read stats: people are letters, allies attack."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from slomix.nouns import MatchStatus, Side
from slomix_stats.api import MatchLine, Outcome, PlayerLine, RoundDetail, RoundLine
from slomix_stats.derive.model import (
    DEFAULT_RULES,
    Decision,
    MatchInput,
    PlayerInput,
    RoundInput,
    Rules,
    SessionDerived,
    SessionInput,
)
from slomix_stats.derive.session import derive_session

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


def lineup(attackers: str, defenders: str, defender: Side = "axis", **more: Any) -> dict[str, Any]:
    """What `Stage.play` needs of a round: its people, letter by letter, and fields of `RoundInput`."""
    other: Side = "allies" if defender == "axis" else "axis"
    players = [*(_anybody(name, other) for name in attackers), *(_anybody(name, defender) for name in defenders)]
    return {"players": tuple(players), "defender": defender, "outcome": "objective", **more}


def _anybody(name: str, side: Side) -> PlayerInput:
    return PlayerInput(player_id=name, guid=name * 8, key=name * 8, name=name, side=side, is_bot=False,
                       time_played_s=300, kills=1, deaths=1)  # fmt: skip


class Stage:
    """Matches of a session one after the other, as the derivation takes them."""

    def __init__(self, session_id: str = "s1") -> None:
        self.session_id = session_id
        self.rounds: list[RoundInput] = []
        self.matches: list[MatchInput] = []
        self.decisions: list[Decision] = []
        self._now = START

    def play(
        self,
        r1: dict[str, Any] | None,
        r2: dict[str, Any] | None = None,
        *,
        status: MatchStatus | None = None,
        map_name: str = "supply",
        pause: timedelta = timedelta(),
    ) -> str:
        """Play a map; answers the match's id. The status is what the pairing would say of these halves."""
        at = len(self.matches) + 1
        self._now += pause
        found = status or ("complete" if r1 and r2 else "open" if r1 else "orphan_r2")
        halves = [self._round(number, each, f"m{at}", map_name, found) for number, each in ((1, r1), (2, r2))]
        self.matches.append(MatchInput(match_id=f"m{at}", map=map_name, status=found, r1=halves[0], r2=halves[1]))
        return f"m{at}"

    def decide(self, kind: Any, subject: str, **value: Any) -> None:
        """Let somebody decide something."""
        self.decisions.append(Decision(kind=kind, subject=subject, value=value))

    def input(self) -> SessionInput:
        """What was played, for `derive_session`."""
        return SessionInput(
            session_id=self.session_id,
            server="v",
            rounds=tuple(self.rounds),
            matches=tuple(self.matches),
            decisions=tuple(self.decisions),
        )

    def derive(self, rules: Rules = DEFAULT_RULES) -> SessionDerived:
        """What follows from it."""
        return derive_session(self.input(), rules)

    def _round(
        self, number: int, each: dict[str, Any] | None, match_id: str, map_name: str, status: MatchStatus
    ) -> str | None:
        if each is None:
            return None
        self._now += timedelta(minutes=6)
        fields = {"seconds": 300.0, "limit_s": 600, "target_s": 600, "ended_early": False, "aborted": False, **each}
        fields["aborted"] = fields["aborted"] or status == "aborted"
        round_id = f"{match_id}r{number}"
        self.rounds.append(
            RoundInput(round_id=round_id, match_id=match_id, map=map_name, number=number, ended_at=self._now, **fields)
        )
        return round_id
