"""A ring for a percentile, and the calendar of a year's nights."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, timedelta

from markupsafe import Markup

from slomix_webui.charts.frame import Table, at, figure, finite, nothing
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
        return Markup('<span class="ring"><span class="quiet">–</span><span class="label">{}</span></span>').format(
            say("{label}: not enough yet", label=label)
        )
    share = min(100.0, max(0.0, share))
    around = 2 * math.pi * _RADIUS
    words = text or f"{share:.0f}"
    return Markup(
        '<span class="ring{}"><svg class="chart" viewBox="0 0 100 100" role="img"><title>{}: {}</title>'
        '<circle class="arc rest" cx="50" cy="50" r="40"/>'
        '<circle class="arc" cx="50" cy="50" r="40" transform="rotate(-90 50 50)" stroke-dasharray="{} {}"/>'
        '<text x="50" y="58">{}</text></svg><span class="label">{}</span></span>'
    ).format(f" t{tone}" if tone else "", label, words, at(around * share / 100), at(around), words, label)


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
    parts = [*_months(first, until), *(_day(first, day, played.get(day, 0), most, unit) for day in _days(first, until))]
    parts += (
        Markup('<text x="0" y="{}">{}</text>').format(_TOP + _CELL * row + 11, name)
        for row, name in ((0, "Mon"), (2, "Wed"), (4, "Fri"), (6, "Sun"))
    )
    width, height = _LEFT + _CELL * weeks, _TOP + _CELL * 7
    drawing = Markup('<div class="scroll" tabindex="0" role="region" aria-label="{}">{}</div>').format(
        title, _sized(width, height, parts, title)
    )
    table = Table(
        heads=(say("Day"), unit.capitalize()),
        rows=[(f"{day:%a} {day.day} {day:%b %Y}", count) for day, count in played.items()],
    )
    return figure(finding, drawing, table, kind="calendar")


def _sized(width: int, height: int, parts: list[Markup], title: str) -> Markup:
    """In its own size: a year that shrinks to a phone can not be read, so it scrolls there."""
    return Markup('<svg class="chart" role="img" width="{}" height="{}"><title>{}</title>{}</svg>').format(
        width, height, title, Markup("").join(parts)
    )


def _days(first: date, until: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((until - first).days + 1)]


def _day(first: date, day: date, count: int, most: int, unit: str) -> Markup:
    x, y = _place(first, day)
    blank = Markup('<rect class="day" x="{}" y="{}" width="{}" height="{}"/>').format(x, y, _CELL - 2, _CELL - 2)
    if not count:
        return blank
    side = _SIDES[min(len(_SIDES), 1 + int(len(_SIDES) * (count - 1) / max(1, most))) - 1]
    inset = (_CELL - 2 - side) // 2
    return blank + Markup('<rect class="on" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>').format(
        x + inset, y + inset, side, side, f"{day:%a} {day.day} {day:%b}: {count:,} {unit}"
    )


def _place(first: date, day: date) -> tuple[int, int]:
    week, weekday = divmod((day - first).days, 7)
    return _LEFT + _CELL * week, _TOP + _CELL * weekday


def _months(first: date, until: date) -> list[Markup]:
    found = [day for day in _days(first, until) if day.day == 1]
    return [Markup('<text x="{}" y="10">{}</text>').format(_place(first, day)[0], f"{day:%b}") for day in found]
