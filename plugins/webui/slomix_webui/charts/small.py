"""A ring for a percentile, and the calendar of a year's nights."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache

from markupsafe import Markup

from slomix_webui import formats
from slomix_webui.charts.frame import Table, at, figure, finite, nothing
from slomix_webui.html import fill, together
from slomix_webui.wording import say

_RADIUS = 40.0
_CELL = 16
_LEFT, _TOP = 34, 20
_WEEKS = 53
#: Sides of the square of a day, from little played to much.
_SIDES = (6, 8, 10, 14)


def ring(share: float | None, label: str, *, text: str = "", tone: str = "") -> Markup:
    """A ring filled to `share` percent, the number in it, the label below. `text` replaces the number."""
    if share is None or not finite(share):
        return fill(
            '<span class="ring"><span class="quiet">–</span><span class="label">{}</span></span>',
            say("{label}: not enough yet", label=label),
        )
    share = min(100.0, max(0.0, share))
    around = 2 * math.pi * _RADIUS
    words = text or f"{share:.0f}"
    return fill(
        '<span class="ring{}"><svg class="chart" viewBox="0 0 100 100" role="img"><title>{}: {}</title>'
        '<circle class="arc rest" cx="50" cy="50" r="40"/>'
        '<circle class="arc" cx="50" cy="50" r="40" transform="rotate(-90 50 50)" stroke-dasharray="{} {}"/>'
        '<text x="50" y="58">{}</text></svg><span class="label">{}</span></span>',
        f" t{tone}" if tone else "",
        label,
        words,
        at(around * share / 100),
        at(around),
        words,
        label,
    )


def calendar(
    finding: str, counts: Mapping[date, int], until: date, *, title: str, unit: str = "rounds", weeks: int = _WEEKS
) -> Markup:
    """A square a day, weeks from left to right, Monday on top; the more was played, the larger the square."""
    weeks = min(max(1, weeks), _WEEKS)
    first = until - timedelta(days=until.weekday() + 7 * (weeks - 1))
    played = {day: count for day, count in sorted(counts.items()) if first <= day <= until and count > 0}
    if not played:
        return nothing(say("{title}: nothing was played in these {weeks} weeks.", title=title, weeks=weeks))
    most = max(played.values())
    parts = [*_months(first, until), _ground((until - first).days + 1)]
    parts += (_day(first, day, count, most, unit) for day, count in played.items())
    parts += (
        fill('<text x="0" y="{}">{}</text>', _TOP + _CELL * row + 11, name)
        for row, name in list(enumerate(formats.weekdays()))[::2]
    )
    width, height = _LEFT + _CELL * weeks, _TOP + _CELL * 7
    drawing = fill(
        '<div class="scroll" tabindex="0" role="group" aria-label="{}">{}</div>',
        title,
        _sized(width, height, parts, title),
    )
    table = Table(
        heads=(say("Day"), unit.capitalize()),
        rows=[(formats.day(day), count) for day, count in played.items()],
    )
    return figure(finding, drawing, table, kind="calendar")


def _sized(width: int, height: int, parts: list[Markup], title: str) -> Markup:
    """In its own size: a year that shrinks to a phone can not be read, so it scrolls there."""
    return fill(
        '<svg class="chart" role="img" width="{}" height="{}"><title>{}</title>{}</svg>',
        width,
        height,
        title,
        together(parts),
    )


def _day(first: date, day: date, count: int, most: int, unit: str) -> Markup:
    x, y = _place(first, day)
    side = _SIDES[min(len(_SIDES), 1 + int(len(_SIDES) * (count - 1) / max(1, most))) - 1]
    inset = (_CELL - 2 - side) // 2
    told = f"{formats.weekday_of(day)}: {formats.whole(count)} {unit}"
    return fill(
        '<rect class="on" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>',
        x + inset, y + inset, side, side, told,
    )  # fmt: skip


@lru_cache(maxsize=32)
def _ground(days: int) -> Markup:
    """The squares of so many days, the first one a Monday, as one path."""
    size = _CELL - 2
    places = (divmod(day, 7) for day in range(days))
    squares = (f"M{_LEFT + _CELL * week} {_TOP + _CELL * day}h{size}v{size}h-{size}z" for week, day in places)
    return fill('<path class="day" d="{}"/>', "".join(squares))


def _place(first: date, day: date) -> tuple[int, int]:
    week, weekday = divmod((day - first).days, 7)
    return _LEFT + _CELL * week, _TOP + _CELL * weekday


def _months(first: date, until: date) -> list[Markup]:
    made = []
    month = (first.replace(day=1) + timedelta(days=31)).replace(day=1) if first.day > 1 else first
    while month <= until:
        made.append(fill('<text x="{}" y="10">{}</text>', _place(first, month)[0], formats.month(month)))
        month = (month + timedelta(days=31)).replace(day=1)
    return made
