"""Comparisons of people with and against each other. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from slomix_stats.api.people import Rival
from slomix_stats.api.scope import Confidence
from slomix_stats.metrics.series import change_percent


def confidence(matches: int) -> Confidence:
    """How much a comparison is worth: from 5 matches high, from 3 medium, from 1 low."""
    return "high" if matches >= 5 else "medium" if matches >= 3 else "low" if matches >= 1 else "none"


def change(value: float, usual: float) -> float | None:
    """`100 * (value - usual) / usual`, to one decimal; None where there is nothing to compare with."""
    percent = change_percent(value, usual)
    return None if percent is None else round(percent, 1)


def weighted(parts: Sequence[tuple[float, float]]) -> float | None:
    """The mean of (value, weight), to one decimal; None without any weight."""
    whole = sum(weight for _, weight in parts)
    return round(sum(value * weight for value, weight in parts) / whole, 1) if whole > 0 else None


def order(rivals: Sequence[Rival], *, by_kills: bool) -> tuple[list[Rival], list[Rival]]:
    """Opponents from the worst and from the easiest.

    By kills: `kills - deaths` between the two. Else by the change of DPM, where opponents of three or more matches
    count; only if there are none, those of fewer do. Who is even is neither.
    """
    if by_kills:
        told = [
            (rival.kills - rival.deaths, rival)
            for rival in rivals
            if rival.kills is not None and rival.deaths is not None
        ]
        balance = [(float(value), rival) for value, rival in told]
    else:
        often = [rival for rival in rivals if rival.matches >= 3] or list(rivals)
        balance = [(rival.delta_percent, rival) for rival in often]
    balance.sort(key=lambda each: (each[0], -each[1].matches, each[1].who.player_id))
    worst = [rival for value, rival in balance if value < 0]
    easiest = [rival for value, rival in reversed(balance) if value > 0]
    return worst, easiest
