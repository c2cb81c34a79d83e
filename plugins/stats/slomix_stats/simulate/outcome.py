"""How a round ends: the attackers are through at some time, are held, or give up."""

from __future__ import annotations

from typing import NamedTuple

from slomix_stats.simulate.dice import Dice
from slomix_stats.simulate.maps import MapPlan

#: The chance that attackers who will not make it surrender.
_SURRENDERS = 0.25


class Ending(NamedTuple):
    """`seconds` of play; `won` by the attackers; `early` when they surrendered. `target_s` is what the next half has
    to beat."""

    seconds: float
    won: bool
    early: bool
    target_s: int


def ending(dice: Dice, plan: MapPlan, limit_s: int, edge: float, chased: bool) -> Ending:
    """Draw the end of a round with this limit.

    `edge` is the attackers' lead in strength, about -0.2 to 0.2. `chased`: the limit is a time that the other team
    has set, so that holding needs less luck of its own.
    """
    held = dice.chance((plan.hold - edge) * (0.5 if chased else 1.0))
    first, skew = dice.roll(), dice.roll()
    seconds = max(75.0, plan.usual_s * (1 - edge) * (0.5 + 0.7 * first + 0.7 * first * skew)) + dice.roll()
    if not held and seconds < limit_s - 1:
        return Ending(seconds, True, False, int(seconds))
    if limit_s >= 200 and dice.chance(_SURRENDERS):
        return Ending(limit_s * dice.between(0.4, 0.88), False, True, limit_s)
    return Ending(limit_s + dice.between(0.04, 0.4), False, False, limit_s)
