"""Days and months as people type them. Pure."""

from __future__ import annotations

import re
from datetime import date, timedelta

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DOTS = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})?")
_MONTH = re.compile(r"(\d{4})-(\d{1,2})")


def parse_day(text: str, today: date) -> date | None:
    """`2025-10-14`, `14.10.2025`, `14.10.` (the latest one), `today`, `yesterday`; None for anything else."""
    text = text.strip().casefold()
    if text in ("today", "yesterday"):
        return today - timedelta(days=text == "yesterday")
    try:
        if found := _ISO.fullmatch(text):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _DOTS.fullmatch(text):
            year = int(found[3]) if found[3] else today.year
            day = date(year, int(found[2]), int(found[1]))
            return day if found[3] or day <= today else date(year - 1, day.month, day.day)
    except ValueError:
        return None
    return None


def parse_month(text: str, today: date) -> tuple[int, int] | None:
    """`2025-10`, `10`, `oct`, `October`: year and month, the latest one where no year is named; None otherwise."""
    text = text.strip().casefold()
    if found := _MONTH.fullmatch(text):
        year, month = int(found[1]), int(found[2])
        return (year, month) if 1 <= month <= 12 and year else None
    month = (
        int(text) if text.isdecimal() and len(text) <= 2 else MONTHS.index(text[:3]) + 1 if text[:3] in MONTHS else 0
    )
    if not 1 <= month <= 12:
        return None
    return (today.year if month <= today.month else today.year - 1), month
