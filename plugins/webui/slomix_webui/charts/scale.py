"""Scales: where a value stands on an axis, and which round numbers mark it. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

#: Values nearer to each other than this share of them are one value.
_SAME = 1e-9
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Scale:
    """From `low`..`high` of values to `start`..`end` of the drawing; values outside are held at the edge."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Where `value` stands. On an axis of one value everything stands in the middle."""
        if self.high == self.low:
            return (self.start + self.end) / 2
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """At most about `most` round numbers that cover `low` to `high`: 0, 50, 100, 150."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return []
    if high < low:
        low, high = high, low
    # one value, or what rounding made of it
    if high - low <= _SAME * max(1.0, abs(low), abs(high)):
        room = 0.1 * max(abs(low), abs(high))
        low, high = (low - room, high + room) if room > _SAME else (0.0, 1.0)
    raw = (high - low) / max(1, most - 1)
    if raw <= 0 or not math.isfinite(raw):
        return [low]
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(base * power for base in _STEPS if base * power >= raw * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(number * step, 10) for number in range(first, last + 1)][: 3 * most]


def span(values: Sequence[float], *, zero: bool) -> tuple[float, float]:
    """Lowest and highest value, with 0 among them when the axis has to begin there."""
    if not values:
        return 0.0, 1.0
    low, high = min(values), max(values)
    return (min(0.0, low), max(0.0, high)) if zero else (low, high)


def step_of(value: float, low: float, high: float, steps: int) -> int:
    """Which of `steps` equal steps between `low` and `high` a value falls in, 1 to `steps`."""
    if high <= low:
        return (steps + 1) // 2
    return min(steps, max(1, 1 + int(steps * (value - low) / (high - low))))
