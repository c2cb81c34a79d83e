"""What each map was worth: the one scoring function, applied to the rounds that count."""

from __future__ import annotations

from collections.abc import Mapping

from slomix_stats.derive.model import MatchInput, Result, RoundDerived, RoundInput
from slomix_stats.scoring import score

_RESULTS: dict[tuple[int, int], Result] = {(2, 0): "first", (0, 2): "second", (1, 1): "draw"}


def points(
    match: MatchInput, rounds: Mapping[str, RoundInput], standing: Mapping[str, RoundDerived]
) -> tuple[int, int] | None:
    """Points of round 1's and round 2's attackers; None for a map that is not scored."""
    if match.status != "complete" or match.r1 is None or match.r2 is None:
        return None
    first, second = standing.get(match.r1), standing.get(match.r2)
    if first is None or second is None or not (first.counts and second.counts):
        return None
    return score(rounds[match.r1].outcome, rounds[match.r2].outcome)


def result(scored: tuple[int, int] | None) -> Result:
    """The result in a word."""
    return "unscored" if scored is None else _RESULTS[scored]
