"""The derivation of one session, put together from its parts."""

from __future__ import annotations

from slomix_stats.derive.decisions import read_decisions
from slomix_stats.derive.model import DEFAULT_RULES, MatchDerived, Rules, SessionDerived, SessionInput
from slomix_stats.derive.results import points, result
from slomix_stats.derive.validity import standings


def derive_session(session: SessionInput, rules: Rules = DEFAULT_RULES) -> SessionDerived:
    """What follows from the rounds of `session`. The same input gives the same answer, at any time."""
    decisions = read_decisions(session.decisions)
    by_id = {each.round_id: each for each in session.rounds}
    standing = standings(session.rounds, session.matches, decisions, rules)
    matches = []
    for match in session.matches:
        scored = points(match, by_id, standing)
        first, second = scored or (None, None)
        matches.append(
            MatchDerived(
                match_id=match.match_id,
                result=result(scored),
                points_r1_attackers=first,
                points_r2_attackers=second,
                segment=None,
                attackers_r1=None,
                roster_changed=False,
                team_a=(),
                team_b=(),
                points_a=None,
                points_b=None,
            )
        )
    return SessionDerived(
        session_id=session.session_id,
        rounds=tuple(standing.values()),
        matches=tuple(matches),
        segments=(),
        findings=(),
    )
