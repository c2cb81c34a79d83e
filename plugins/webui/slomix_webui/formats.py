"""Numbers and times as people read them. Pure; the templates use these as filters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from slomix_stats.api import MetricInfo

#: What stands where a value is unknown.
UNKNOWN = "–"


def clock(seconds: float | None) -> str:
    """Seconds as the stopwatch shows them: 263 is `4:23`, 3723 is `1:02:03`."""
    if seconds is None:
        return UNKNOWN
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def played(seconds: float) -> str:
    """Time on the server: `54 min`, `12 h 05`."""
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60:02}"


def count(value: int | None) -> str:
    """A whole number with groups of three: `12,345`."""
    return UNKNOWN if value is None else f"{value:,}"


def decimal(value: float | None, places: int = 1) -> str:
    """A number with a fixed count of decimals."""
    return UNKNOWN if value is None else f"{value:,.{places}f}"


def percent(value: float | None) -> str:
    """A percentage that is already on the scale of 100, without its sign."""
    return decimal(value, 1)


def measured(value: float | None, metric: MetricInfo) -> str:
    """A metric's value as its unit wants it: seconds as time played, percent with its sign, all else by its decimals."""
    if value is not None and metric.unit == "s":
        return played(value)
    return decimal(value, metric.decimals) + (" %" if metric.unit == "%" and value is not None else "")


def day(moment: datetime) -> str:
    """`Sun 19 Oct 2025`, in the zone of the moment (the server's)."""
    return f"{moment:%a} {moment.day} {moment:%b %Y}"


def long_day(moment: datetime) -> str:
    """`Sunday 19 October 2025`."""
    return f"{moment:%A} {moment.day} {moment:%B %Y}"


def hour(moment: datetime) -> str:
    """`21:03`, the wall clock of the server."""
    return f"{moment:%H:%M}"


def zone(moment: datetime) -> str:
    """The zone of the moment, for tooltips: `UTC+02:00`."""
    return moment.tzname() or "UTC"


def plural(number: int, one: str, many: str | None = None) -> str:
    """`1 map`, `3 maps`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def maps(names: Sequence[str]) -> str:
    """Maps in the order of first play, repeated ones once: `supply, te_escape2 ×2`."""
    return ", ".join(name if times == 1 else f"{name} ×{times}" for name, times in Counter(names).items())


def words(items: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join(part for part in (", ".join(items[:-1]), *items[-1:]) if part)
