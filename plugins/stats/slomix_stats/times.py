"""Times as the header writes them."""

from __future__ import annotations

import re

_CLOCK = re.compile(r"(?:(\d{1,3}):([0-5]\d)|(\d{1,5})):([0-5]\d)", re.ASCII)
_DECIMAL_MINUTES = re.compile(r"\d{1,5}\.\d{1,4}", re.ASCII)
_SECONDS = re.compile(r"\d{1,7}", re.ASCII)

#: A larger last header field is milliseconds, a smaller one seconds.
_MILLISECONDS_ABOVE = 10_000


def parse_time(text: str) -> int:
    """Seconds of `M:SS`, `H:MM:SS`, decimal minutes or whole seconds; raises ValueError for anything else."""
    if clock := _CLOCK.fullmatch(text):
        hours, minutes, long_minutes, seconds = clock.groups()
        whole = int(long_minutes) if long_minutes is not None else int(hours) * 60 + int(minutes)
        return whole * 60 + int(seconds)
    if _DECIMAL_MINUTES.fullmatch(text):
        return round(float(text) * 60)
    if _SECONDS.fullmatch(text):
        return int(text)
    raise ValueError(f"no time: {text[:20]!r}")


def is_decimal_minutes(text: str) -> bool:
    """Whether a header time is written as the stock script does it (`20.00`)."""
    return _DECIMAL_MINUTES.fullmatch(text) is not None


def parse_measured(text: str) -> float | None:
    """Seconds of header field 9 (milliseconds or seconds); None where it says nothing (negative, not a number)."""
    try:
        value = float(text)
    except ValueError:
        return None
    if not 0 < value < 1e9:
        return None
    return value / 1000 if value > _MILLISECONDS_ABOVE else value
