"""Numbers and times as people read them, in the language of the page. The templates use these as filters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from slomix_webui.wording import ENGLISH, language, say

if TYPE_CHECKING:
    from slomix_stats.api import MetricInfo
    from slomix_webui.locale_forms import Shape

#: What stands where a value is unknown.
UNKNOWN = "–"
#: Days in English; `#` is the number of the day without a zero before it.
_ENGLISH_DAYS: dict[Shape, str] = {
    "short": "%a # %b %Y", "long": "%A # %B %Y", "days": "%a # %b", "near": "%A, # %B", "month": "%b",
}  # fmt: skip


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
    return f"{minutes} min" if minutes < 100 else f"{whole(minutes // 60)} h {minutes % 60:02}"


def local(english: str) -> str:
    """A number as Python writes it, `1,234.5`, with the signs of the page's language."""
    spoken = language()
    if spoken == ENGLISH:
        return english
    from slomix_webui.locale_forms import numbers_in

    return numbers_in(english, spoken)


def whole(value: int) -> str:
    """A whole number with groups of three: `12,345`."""
    return local(f"{value:,}")


def count(value: int | None) -> str:
    """As `whole`, with a dash for what is unknown."""
    return UNKNOWN if value is None else local(f"{value:,}")


def decimal(value: float | None, places: int = 1) -> str:
    """A number with a fixed count of decimals."""
    return UNKNOWN if value is None else local(f"{value:,.{places}f}")


def percent(value: float | None) -> str:
    """A percentage that is already on the scale of 100, without its sign."""
    return decimal(value, 1)


def measured(value: float | None, metric: MetricInfo) -> str:
    """A metric's value as its unit wants it: seconds as time played, percent with its sign, others by decimals."""
    if value is not None and metric.unit == "s":
        return played(value)
    return decimal(value, metric.decimals) + (" %" if metric.unit == "%" and value is not None else "")


def day(moment: date) -> str:
    """`Sun 19 Oct 2025`, in the zone of the moment (the server's)."""
    return _day(moment, "short")


def long_day(moment: date) -> str:
    """`Sunday 19 October 2025`."""
    return _day(moment, "long")


def weekday_of(moment: date) -> str:
    """`Sun 19 Oct`, where the year goes without saying."""
    return _day(moment, "days")


def near_day(moment: date) -> str:
    """`Friday, 4 December`: a day of the coming weeks."""
    return _day(moment, "near")


def month(moment: date) -> str:
    """`Oct`."""
    return _day(moment, "month")


def weekdays() -> tuple[str, ...]:
    """The short names of the days of the week, Monday first."""
    spoken = language()
    if spoken == ENGLISH:
        return ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    from slomix_webui.locale_forms import weekdays_in

    return weekdays_in(spoken)


def hour(moment: datetime) -> str:
    """`21:03`, the wall clock of the server."""
    return f"{moment:%H:%M}"


def zone(moment: datetime) -> str:
    """The zone of the moment, for tooltips: `UTC+02:00`."""
    return moment.tzname() or "UTC"


def plural(number: int, one: str, many: str | None = None) -> str:
    """`1 map`, `3 maps`."""
    return f"{whole(number)} {one if number == 1 else many or one + 's'}"


def maps(names: Sequence[str]) -> str:
    """Maps in the order of first play, repeated ones once: `supply, te_escape2 ×2`."""
    return ", ".join(name if times == 1 else f"{name} ×{times}" for name, times in Counter(names).items())


def season(name: str) -> str:
    """`Winter 2026`, the season's word in the language of the page."""
    word, _, year = name.partition(" ")
    return f"{say(word)} {year}".strip()


def words(items: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    first, last = ", ".join(items[:-1]), "".join(items[-1:])
    return say("{first} and {last}", first=first, last=last) if first else last


def _day(moment: date, shape: Shape) -> str:
    return _day_in(moment.date() if isinstance(moment, datetime) else moment, shape, language())


@lru_cache(maxsize=4096)
def _day_in(day: date, shape: Shape, spoken: str) -> str:
    """A day as a language writes it; the same ones stand in many rows."""
    if spoken == ENGLISH:
        return f"{day:{_ENGLISH_DAYS[shape]}}".replace("#", str(day.day))
    from slomix_webui.locale_forms import day_in

    return day_in(day, shape, spoken)
