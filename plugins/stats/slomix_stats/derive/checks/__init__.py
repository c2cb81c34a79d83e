"""What does not add up, or was left out: findings with a code, a severity and a sentence. Pure.

Sentences name nobody, so that they may stay when a person is forgotten; the player's id stands beside them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from slomix_stats.derive.checks.codes import CHECKS, explained
from slomix_stats.derive.checks.of_match import check_match, check_teams
from slomix_stats.derive.checks.of_round import check_round
from slomix_stats.derive.model import Finding, MatchInput, RoundDerived, RoundInput
from slomix_stats.derive.segments import Placed

__all__ = ["CHECKS", "check_session", "explained"]


def check_session(
    matches: Sequence[MatchInput],
    placed: Sequence[Placed],
    rounds: Mapping[str, RoundInput],
    standing: Mapping[str, RoundDerived],
) -> Iterator[Finding]:
    """All findings of a session: round by round within its matches, in the order of time."""
    for match, place in zip(matches, placed, strict=True):
        r1 = rounds.get(match.r1) if match.r1 else None
        r2 = rounds.get(match.r2) if match.r2 else None
        for each in (r1, r2):
            if each is not None:
                partner = r1 if each is r2 and match.status == "complete" else None
                yield from check_round(each, standing[each.round_id], partner is not None and _absent(partner, each))
        if match.status == "complete" and r1 is not None and r2 is not None:
            yield from check_match(match, r1, r2)
        yield from check_teams(match, place)


def _absent(first: RoundInput, second: RoundInput) -> bool:
    """Whether somebody of round 1 has no line in the file of round 2."""
    there = {line.key for line in second.file.players} if second.file else {player.key for player in second.players}
    return any(player.key not in there for player in first.players)
