"""Sessions: consecutive rounds of one server without a long pause."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from slomix.nouns import RoundFacts


def in_order(rounds: Iterable[RoundFacts]) -> list[RoundFacts]:
    """Rounds as they were played; ties are broken by content, never by arrival."""
    return sorted(rounds, key=lambda each: (each.ended_at, each.number, each.map, each.round_id))


def split(rounds: Iterable[RoundFacts], gap: timedelta) -> list[list[RoundFacts]]:
    """The sessions of one server in the order of time. A pause longer than `gap` between two ends starts a new one."""
    sessions: list[list[RoundFacts]] = []
    for each in in_order(rounds):
        if sessions and each.ended_at - sessions[-1][-1].ended_at <= gap:
            sessions[-1].append(each)
        else:
            sessions.append([each])
    return sessions
