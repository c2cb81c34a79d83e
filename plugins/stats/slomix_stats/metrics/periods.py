"""Periods of time by their names, and seasons. Pure; `now` comes from the caller's clock."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from slomix_stats.api.scope import BadScope

#: Season names by quarter. Odd but established.
_NAMES = ("Spring", "Summer", "Fall", "Winter")

_DAYS = re.compile(r"(\d{1,4})d")
_SEASON = re.compile(r"(\d{4})-Q([1-4])")
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_WEEK = re.compile(r"(\d{4})-W(\d{2})")
_RANGE = re.compile(r"(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})")

ALLOWED = "all, season, 2026-Q4, month, 2026-11, 2026-W47, 7d (any number of days), 2026-11-01..2026-11-07"


@dataclass(frozen=True, slots=True)
class Span:
    """Moments from `since` (included) to `until` (not); None is without an end."""

    since: datetime | None
    until: datetime | None

    @property
    def days(self) -> float | None:
        """How long it is; None when it has no end or no beginning."""
        if self.since is None or self.until is None:
            return None
        return (self.until - self.since) / timedelta(days=1)


def span(period: str, now: datetime) -> Span:
    """The span that a period's name means. Raises `BadScope` that lists what is allowed."""
    if period == "all":
        return Span(None, None)
    if period == "season":
        period = season_id(now)
    elif period == "month":
        period = f"{now.astimezone(UTC):%Y-%m}"
    try:
        found = _span(period, now)
    except (ValueError, OverflowError):
        found = None
    if found is None:
        raise BadScope(f"There is no period {period[:40]!r}. Allowed: {ALLOWED}.")
    return found


def _span(period: str, now: datetime) -> Span | None:
    if match := _DAYS.fullmatch(period):
        days = int(match[1])
        return Span(now - timedelta(days=days), now) if days else None
    if _SEASON.fullmatch(period):
        first, last = season_days(period)
        return Span(_midnight(first), _midnight(last + timedelta(days=1)))
    if match := _MONTH.fullmatch(period):
        first = date(int(match[1]), int(match[2]), 1)
        return Span(_midnight(first), _midnight((first + timedelta(days=31)).replace(day=1)))
    if match := _WEEK.fullmatch(period):
        monday = date.fromisocalendar(int(match[1]), int(match[2]), 1)
        return Span(_midnight(monday), _midnight(monday + timedelta(days=7)))
    if match := _RANGE.fullmatch(period):
        first, last = date.fromisoformat(match[1]), date.fromisoformat(match[2])
        return Span(_midnight(first), _midnight(last + timedelta(days=1))) if first <= last else None
    return None


def season_id(moment: datetime) -> str:
    """The season of a moment: its calendar quarter in UTC, `2026-Q4`."""
    moment = moment.astimezone(UTC)
    return f"{moment.year}-Q{(moment.month + 2) // 3}"


def season_days(season: str) -> tuple[date, date]:
    """First and last day of a season. Raises `BadScope` where it is none."""
    match = _SEASON.fullmatch(season)
    if match is None or not 1 <= int(match[1]) < date.max.year:
        raise BadScope(f"There is no season {season[:40]!r}. A season is a quarter of a year, as in 2026-Q4.")
    year, quarter = int(match[1]), int(match[2])
    first = date(year, 3 * quarter - 2, 1)
    return first, (first + timedelta(days=95)).replace(day=1) - timedelta(days=1)


def season_name(season: str) -> str:
    """`Winter 2026` for `2026-Q4`."""
    return f"{_NAMES[int(season[-1]) - 1]} {season[:4]}"


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
