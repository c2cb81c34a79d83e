"""How long defences last. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from statistics import median

from slomix_stats.api.boards import HoldPoint

#: Distance of two points of a curve.
STEP_S = 30


def hold_curve(attacks: Sequence[tuple[float, bool]], step: int = STEP_S) -> list[HoldPoint]:
    """How many percent of defences still stood after so many seconds, of (seconds, whether the attack succeeded).

    A defence that held, or an attack that was given up, says only that it stood until then: it counts as long as it
    was under attack (Kaplan and Meier), so that a round 2 with its shorter limit does not look like a good defence.
    """
    if not attacks:
        return []
    ends = sorted((seconds for seconds, _ in attacks), reverse=True)
    falls = sorted(Counter(seconds for seconds, fell in attacks if fell).items(), reverse=True)
    standing, curve = 1.0, [HoldPoint(seconds=0, held_percent=100.0)]
    for moment in range(step, int(ends[0]) + step, step):
        while falls and falls[-1][0] <= moment:
            seconds, fallen = falls.pop()
            while ends[-1] < seconds:
                ends.pop()
            standing *= 1 - fallen / len(ends)
        curve.append(HoldPoint(seconds=moment, held_percent=round(100 * standing, 1)))
    return curve


def hold_percent(held: int, attacks: int) -> float | None:
    """Percent of attacks that were held: `100 * held / attacks`; None without attacks."""
    return round(100 * held / attacks, 1) if attacks else None


def middle(seconds: Sequence[float]) -> float | None:
    """The median; None of nothing."""
    return round(median(seconds), 1) if seconds else None
