"""Names of the teams: what somebody decided, else two names of the pool, the same two for the same session."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from slomix_stats.derive.decisions import Decisions
from slomix_stats.derive.model import Letter, Rules, TeamName

#: What a team is called where the pool has no name left.
_PLAIN: dict[Letter, TeamName] = {"A": TeamName("Team A", "#c0392b"), "B": TeamName("Team B", "#2471a3")}
#: A team that keeps at least this share of its people from one segment to the next keeps its name.
_SAME_TEAM = 0.5


@dataclass(frozen=True, slots=True)
class Named:
    """The names of both teams of a segment."""

    a: TeamName
    b: TeamName


def name_teams(
    session_id: str, teams: Sequence[tuple[frozenset[str], frozenset[str]]], decisions: Decisions, rules: Rules
) -> list[Named]:
    """Names of each segment's A and B, whose players are `teams`, in the order of the segments."""
    pool = _shuffled(session_id, rules.team_names)
    found: list[Named] = []
    kept: list[Named] = []
    for number, (team_a, team_b) in enumerate(teams, start=1):
        before = teams[number - 2] if number > 1 else (frozenset(), frozenset())
        a = kept[-1].a if _same(before[0], team_a) else None
        b = kept[-1].b if _same(before[1], team_b) else None
        a = a or _next(pool, "A", taken=b)
        b = b or _next(pool, "B", taken=a)
        kept.append(Named(a, b))
        found.append(_decided(session_id, number, kept[-1], decisions))
    return found


def _shuffled(session_id: str, pool: Sequence[TeamName]) -> list[TeamName]:
    """The pool in an order that only the session decides."""
    return sorted(dict.fromkeys(pool), key=lambda each: hashlib.blake2b(f"{session_id}/{each.name}".encode()).digest())


def _next(pool: list[TeamName], letter: Letter, *, taken: TeamName | None) -> TeamName:
    while pool:
        name = pool.pop(0)
        if taken is None or name.name != taken.name:
            return name
    return _PLAIN[letter]


def _same(before: frozenset[str], now: frozenset[str]) -> bool:
    return bool(before) and len(before & now) >= _SAME_TEAM * max(len(before), len(now))


def _decided(session_id: str, number: int, named: Named, decisions: Decisions) -> Named:
    """With what somebody decided for the session, then for this segment of it."""
    for subject in (session_id, f"{session_id}/{number}"):
        decided = decisions.team_names.get(subject)
        if decided:
            named = Named(
                TeamName(decided.get("a", named.a.name), decided.get("colour_a", named.a.colour)),
                TeamName(decided.get("b", named.b.name), decided.get("colour_b", named.b.colour)),
            )
    return named
