"""Points over two axes, and the curve of how long a map is held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from slomix_webui.charts.axes import axis_number, levels, lines, marker
from slomix_webui.charts.frame import MOST_POINTS, Table, at, drawing, figure, finite, known, no_value, nothing, short
from slomix_webui.charts.line import point
from slomix_webui.charts.names import place_names
from slomix_webui.charts.scale import Scale, span, ticks
from slomix_webui.formats import clock
from slomix_webui.html import NONE, fill, together
from slomix_webui.wording import say

_HEIGHT = 260
_TOP, _BOTTOM = 34, 26
#: With more points than this only the far ones would be read; names are left to the table.
_NAMED = 14
#: Level lines of shares.
_PERCENT = (0.0, 25.0, 50.0, 75.0, 100.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """One point. `group` 1 to 6 gives shape and colour; `strong` prints its name even among many."""

    label: str
    x: float | None
    y: float | None
    group: int = 1
    strong: bool = False


def scatter(
    finding: str,
    dots: Sequence[Dot],
    *,
    title: str,
    x_label: str,
    y_label: str,
    groups: Sequence[str] = (),
    sample: str = "",
) -> Markup:
    """Points with names. Both axes show the range of the values, not from zero, and say what they are."""
    there = [
        (each, each.x, each.y)
        for each in dots
        if each.x is not None and each.y is not None and finite(each.x) and finite(each.y)
    ]
    if not there:
        return no_value(title)
    wide = ticks(*span([x for _, x, _ in there], zero=False), 5)
    high = ticks(*span([y for _, _, y in there], zero=False), 5)
    across, down = Scale(wide[0], wide[-1], 3, 97), Scale(high[0], high[-1], _HEIGHT - _BOTTOM, _TOP)
    parts = [*_axes(wide, high, across, down, x_label)]
    named = len(there) <= _NAMED
    for each, x, y in there[:MOST_POINTS]:
        told = f"{each.label}: {x_label} {short(x)}, {y_label} {short(y)}"
        mark = point(each.group, across(x), down(y), told)
        parts.append(fill('<g class="t{}">{}</g>', min(6, max(1, each.group)), mark))
    spots = [(across(x), down(y)) for _, x, y in there]
    parts += place_names([(each.label, across(x), down(y)) for each, x, y in there if named or each.strong], spots)
    table = Table(heads=("", x_label, y_label), rows=[(each.label, each.x, each.y) for each in dots])
    return figure(
        finding,
        _groups(groups) + drawing(_HEIGHT, parts, title, levels(high, down, f"{y_label} ↑")),
        table,
        sample=sample,
    )


def hold_curve(
    finding: str,
    seconds: Sequence[float],
    held: int,
    limit: float,
    *,
    title: str,
    mark: float | None = None,
    mark_label: str = "",
) -> Markup:
    """How many of the defences still stand after a time: 100 % at 0, a step down for each one that was broken.

    `seconds` are the times of broken defences, `held` how many stood to the end, `limit` the map's limit in seconds.
    """
    broken = sorted(value for value in known(seconds) if 0 <= value <= limit)
    total = len(broken) + max(0, held)
    if not total or not limit > 0 or not finite(limit):
        return nothing(say("{title}: this map was not defended yet.", title=title))
    across, down = Scale(0, limit, 0, 100), Scale(0, 100, _HEIGHT - _BOTTOM, _TOP)
    left, path, rows = total, f"M0 {at(down(100))}", []
    for value in broken:
        left -= 1
        path += f"H{at(across(value))}V{at(down(100 * left / total))}"
        rows.append((clock(value), f"{100 * left / total:.0f} %"))
    path += "H100"
    area = f"{path}V{at(down(0))}H0Z"
    parts = lines(_PERCENT, down)
    parts.append(
        fill(
            '<svg viewBox="0 0 100 {}" preserveAspectRatio="none" width="100%" height="100%">'
            '<path class="area" d="{}"/><path class="path" d="{}"/></svg>',
            _HEIGHT,
            area,
            path,
        )
    )
    parts += _clocks(limit, across)
    if mark is not None and finite(mark) and 0 <= mark <= limit:
        parts += marker(across(mark), mark_label, _HEIGHT - _BOTTOM)
    table = Table(heads=(say("Time"), say("Still held")), rows=rows or [(clock(limit), "100 %")])
    sample = say("{total} defences, {held} to the end", total=total, held=max(0, held))
    return figure(finding, drawing(_HEIGHT, parts, title, levels(_PERCENT, down, "%")), table, sample=sample)


def _axes(wide: Sequence[float], high: Sequence[float], across: Scale, down: Scale, x_label: str) -> list[Markup]:
    parts = lines(high, down)
    parts.append(
        fill('<text class="say" x="100%" y="{}" text-anchor="end">{} →</text>', _HEIGHT - _BOTTOM - 6, x_label)
    )
    parts += (
        fill('<text x="{}%" y="{}" text-anchor="middle">{}</text>', at(across(value)), _HEIGHT - 8, axis_number(value))
        for value in wide
    )
    return parts


def _groups(groups: Sequence[str]) -> Markup:
    if not groups:
        return NONE
    items = (
        fill(
            '<li class="t{}"><svg class="chart" aria-hidden="true">{}</svg>{}</li>',
            number,
            point(number, 50, 6, ""),
            name,
        )
        for number, name in enumerate(groups[:6], 1)
    )
    return fill('<ul class="legend">{}</ul>', together(items))


def _clocks(limit: float, across: Scale) -> list[Markup]:
    times = [limit * share / 4 for share in range(5)]
    anchors = ("start", "middle", "middle", "middle", "end")
    return [
        fill('<text x="{}%" y="{}" text-anchor="{}">{}</text>', at(across(value)), _HEIGHT - 8, anchor, clock(value))
        for value, anchor in zip(times, anchors, strict=True)
    ]
