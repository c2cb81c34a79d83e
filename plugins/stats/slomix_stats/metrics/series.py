"""Numbers over a row of rounds: consistency, fatigue, affinity to maps and roles, form. Pure.

DPM of several rounds is always of their summed damage and time; single rounds are compared only to see their spread.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, pstdev
from typing import Literal

from slomix_stats.api.people import ConsistencyTier, Trend
from slomix_stats.metrics.basic import dpm

#: Rounds that consistency and roles take, rounds of an evening for its thirds, rounds of a map for its place.
CONSISTENCY_ROUNDS = 10
ROLE_ROUNDS = 10
FATIGUE_ROUNDS = 6
MAP_ROUNDS = 3
#: Shorter rounds say nothing of how somebody plays.
SHORTEST_S = 60
#: Rounds of the two spreads that make a trend.
TREND_ROUNDS = 5
#: A change below this, in percent, is none.
NOTICEABLE = 10.0


@dataclass(frozen=True, slots=True)
class Spread:
    """Mean and standard deviation of rounds' DPM, and what follows."""

    mean: float
    stdev: float
    score: float
    tier: ConsistencyTier
    trend: Trend | None


def consistency(rounds: Sequence[float]) -> Spread | None:
    """Evenness of rounds' DPM, oldest first: `score = clamp(0..100, 100 * (1 - stdev / mean))`.

    From 70 consistent, from 50 average, else streaky. The trend compares the spread of the last 5 rounds with that of
    the 5 before: below 0.8 of it improving, above 1.2 declining. None with fewer than 10 rounds.
    """
    if len(rounds) < CONSISTENCY_ROUNDS:
        return None
    mean, spread = fmean(rounds), pstdev(rounds)
    score = min(100.0, max(0.0, 100 * (1 - spread / mean))) if mean > 0 else 0.0
    tier: ConsistencyTier = "consistent" if score >= 70 else "average" if score >= 50 else "streaky"
    before = pstdev(rounds[-2 * TREND_ROUNDS : -TREND_ROUNDS])
    last = pstdev(rounds[-TREND_ROUNDS:])
    trend: Trend = "improving" if last < 0.8 * before else "declining" if last > 1.2 * before else "stable"
    return Spread(mean, spread, score, tier, trend)


def change_percent(value: float, usual: float) -> float | None:
    """`100 * (value - usual) / usual`; None where there is nothing to compare with."""
    return 100 * (value - usual) / usual if usual > 0 else None


def strength(delta_percent: float) -> Literal["strong", "usual", "weak"]:
    """A map that is more than 10 % above the own level is strong, more than 10 % below it weak."""
    return "strong" if delta_percent > NOTICEABLE else "weak" if delta_percent < -NOTICEABLE else "usual"


def thirds(rounds: Sequence[tuple[float, float]]) -> tuple[float, float, float] | None:
    """DPM early, in the middle and late, of (damage, seconds) in the order of time; None with fewer than 6 rounds.

    What is left over when the rounds are cut in three goes to the middle, so that early and late are of equal length.
    """
    if len(rounds) < FATIGUE_ROUNDS:
        return None
    size = len(rounds) // 3
    parts = (rounds[:size], rounds[size : len(rounds) - size], rounds[len(rounds) - size :])
    early, middle, late = (dpm(sum(damage for damage, _ in part), sum(s for _, s in part)) for part in parts)
    return early, middle, late


def fatigue(early: float, late: float) -> tuple[float | None, Literal["warming up", "steady", "fatiguing"] | None]:
    """Percent of change from early to late DPM, and its name: above 10 warming up, below -10 fatiguing."""
    change = change_percent(late, early)
    if change is None:
        return None, None
    return change, "warming up" if change > NOTICEABLE else "fatiguing" if change < -NOTICEABLE else "steady"


def preference(attack: float, defence: float) -> tuple[Literal["attack", "defence", "balanced"], float] | None:
    """The stronger role by DPM and `|attack - defence| / mean of both * 100`; below 10 balanced. None without any."""
    mean = (attack + defence) / 2
    if mean <= 0:
        return None
    percent = abs(attack - defence) / mean * 100
    if percent < NOTICEABLE:
        return "balanced", percent
    return ("attack" if attack > defence else "defence"), percent


def better_than(value: float, others: Sequence[float], *, higher_is_better: bool = True) -> float:
    """Percent of `others` (the value itself not among them) that `value` beats; ties count half. 50 without others."""
    if not others:
        return 50.0
    below = sum(other < value for other in others)
    equal = sum(other == value for other in others)
    beaten = below if higher_is_better else len(others) - below - equal
    return 100 * (beaten + equal / 2) / len(others)


#: Bands from the best: percent of players that one is better than.
_BANDS: Mapping[str, float] = {"elite": 95, "great": 80, "good": 60, "average": 30}


def band(percent: float) -> Literal["elite", "great", "good", "average", "below average"]:
    """The word for "better than so many percent": from 95 elite, 80 great, 60 good, 30 average."""
    for word, least in _BANDS.items():
        if percent >= least:
            return word  # type: ignore[return-value]
    return "below average"
