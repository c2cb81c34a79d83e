"""How a language writes numbers and days, from Babel's data."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Literal

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.numbers import get_decimal_symbol, get_group_symbol

#: `short`: with the weekday; `long`: in full; `days` and `near`: both without the year; `month`: its short name.
Shape = Literal["short", "long", "days", "near", "month"]
_SKELETONS = {"short": "yMMMEd", "days": "MMMEd"}


def numbers_in(english: str, language: str) -> str:
    """`1,234.5` with the signs of another language: `1.234,5`."""
    return english.translate(_signs(language))


def day_in(day: date, shape: Shape, language: str) -> str:
    """A day: `So., 19. Okt. 2025`, `Sonntag, 19. Oktober 2025`."""
    if shape == "long":
        return format_date(day, "full", locale=language)
    if shape == "near":
        return f"{format_date(day, 'EEEE', locale=language)}, {format_skeleton('MMMMd', day, locale=language)}"
    if shape == "month":
        return format_date(day, "MMM", locale=language)
    return format_skeleton(_SKELETONS[shape], day, fuzzy=True, locale=language)


@cache
def weekdays_in(language: str) -> tuple[str, ...]:
    """Short names of the days of the week, Monday first."""
    names = Locale.parse(language).days["stand-alone"]["abbreviated"]
    return tuple(names[day].rstrip(".") for day in range(7))


@cache
def _signs(language: str) -> dict[int, str]:
    # a narrow space between groups would break lines and columns in tables of some fonts; a plain fixed one does not
    group = get_group_symbol(language).replace("\u202f", "\u00a0")
    return {ord(","): group, ord("."): get_decimal_symbol(language)}
