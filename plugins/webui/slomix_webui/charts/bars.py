"""Bars with a name and a number: from zero, to both sides of a level, shares of a whole, and a distribution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from slomix_webui.badges import change
from slomix_webui.charts.axes import levels, lines, marker
from slomix_webui.charts.frame import Table, at, drawing, figure, finite, known, no_value, short
from slomix_webui.charts.scale import Scale, ticks
from slomix_webui.formats import whole
from slomix_webui.html import fill, together
from slomix_webui.wording import say

#: Bars of one chart; what follows is left to the table.
MOST_BARS = 60
_MOST_BINS = 60
#: Steps that are labelled.
_EDGES = 5
_HEIGHT = 180
_TOP, _BOTTOM = 18, 22


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar. `label` may be markup (a coloured name, a link), `plain` is then its text; `tone` "A", "B" or ""."""

    label: str | Markup
    value: float | None
    tone: str = ""
    note: str = ""


def bars(
    finding: str,
    items: Sequence[Bar],
    *,
    title: str,
    unit: str = "",
    sample: str = "",
    places: int | None = None,
    top: float | None = None,
) -> Markup:
    """Bars from zero, in the order given. `top` is the value of a full bar (100 for percentages)."""
    values = [abs(value) for value in known(each.value for each in items)]
    if not values:
        return no_value(title)
    most = top if top and top > 0 else max(values) or 1.0
    rows = [_row(each, _length(each, most), _number(each, unit, places)) for each in items[:MOST_BARS]]
    listed = fill('<ol class="barlist" aria-label="{}">{}</ol>', title, together(rows))
    return figure(finding, listed, _table(items, title, unit, places), sample=sample)


def diverging(finding: str, items: Sequence[Bar], *, title: str, unit: str = "%", sample: str = "") -> Markup:
    """Bars to the right for more and to the left for less than a level; sign, direction and triangle say the same."""
    values = [abs(value) for value in known(each.value for each in items)]
    if not values:
        return no_value(title)
    most = max(values) or 1.0
    rows = [_row(each, _around(each.value, most), change(each.value, unit=f" {unit}")) for each in items[:MOST_BARS]]
    listed = fill('<ol class="barlist" aria-label="{}">{}</ol>', title, together(rows))
    return figure(finding, listed, _table(items, title, unit, None), sample=sample)


def split(
    left: tuple[str | Markup, float | None],
    right: tuple[str | Markup, float | None],
    *,
    title: str,
    unit: str = "",
    tones: tuple[str, str] = ("3", "4"),
) -> Markup:
    """One bar of two shares with both labels and numbers printed: a map's sides, say. The notch is the middle.

    `tones` are `("A", "B")` where the two are line-ups.
    """
    (label_a, a), (label_b, b) = left, right
    if not finite(a) or not finite(b) or a is None or b is None or a < 0 or b < 0 or a + b <= 0:
        return fill('<p class="quiet">{}</p>', say("{title}: nothing was played yet.", title=title))
    share = 100 * a / (a + b)
    ends = fill(
        '<div class="ends"><span>{} <b>{}{}</b></span><span><b>{}{}</b> {}</span></div>',
        label_a,
        short(a),
        unit,
        short(b),
        unit,
        label_b,
    )
    parts = [
        fill('<rect class="fill t{}" width="{}%" height="14"/>', tones[0], at(share)),
        fill('<rect class="fill t{}" x="{}%" width="{}%" height="14"/>', tones[1], at(share), at(100 - share)),
        fill('<rect class="gap" x="{}%" width="3" height="14"/>', at(max(0, share - 0.2))),
        Markup('<line class="middle" x1="50%" x2="50%" y1="-2" y2="16"/>'),
    ]
    told = say("{title}: {a} to {b} percent", title=title, a=round(share), b=100 - round(share))
    return fill('<div class="split">{}{}</div>', ends, drawing(14, parts, told))


def histogram(
    finding: str,
    edges: Sequence[float],
    counts: Sequence[int],
    *,
    title: str,
    unit: str = "",
    sample: str = "",
    mark: float | None = None,
    mark_label: str = "",
) -> Markup:
    """How often values fall between `edges` (one more than `counts`); `mark` is where the reader stands."""
    count = min(len(counts), len(edges) - 1, _MOST_BINS)
    if count < 1 or not any(counts[:count]):
        return no_value(title)
    marks = ticks(0, max(counts[:count]), 4)
    down = Scale(0, marks[-1], _HEIGHT - _BOTTOM, _TOP)
    across = Scale(edges[0], edges[count], 0, 100)
    parts = lines(marks, down)
    parts += [_bin(edges, counts, index, across=across, down=down, unit=unit) for index in range(count)]
    parts += _ends(edges, count, unit)
    if mark is not None and finite(mark):
        parts += marker(across(mark), mark_label, _HEIGHT - _BOTTOM)
    rows = [(_between(edges, i), counts[i]) for i in range(count)]
    table = Table(heads=(unit or say("Value"), say("Count")), rows=rows)
    return figure(finding, drawing(_HEIGHT, parts, title, levels(marks, down)), table, sample=sample)


def _row(bar: Bar, shapes: Sequence[Markup], number: str | Markup) -> Markup:
    note = fill(' <span class="note">{}</span>', bar.note) if bar.note else ""
    return fill(
        '<li><span class="label">{}</span>{}<span class="value">{}{}</span></li>',
        bar.label,
        fill('<svg class="chart" width="100%" height="14" aria-hidden="true">{}</svg>', together(shapes)),
        number,
        note,
    )


def _length(bar: Bar, most: float) -> list[Markup]:
    share = 100 * min(1.0, abs(bar.value) / most) if bar.value is not None and finite(bar.value) else 0
    tone = f" t{bar.tone}" if bar.tone else ""
    return [
        Markup('<rect class="rest" width="100%" height="14"/>'),
        fill('<rect class="bar{}" width="{}%" height="14"/>', tone, at(share)),
    ]


def _around(value: float | None, most: float) -> list[Markup]:
    parts = [Markup('<line class="axis" x1="50%" x2="50%" y1="-3" y2="17"/>')]
    if value is not None and finite(value):
        length = 50 * min(1.0, abs(value) / most)
        parts.append(
            fill(
                '<rect class="bar {}" x="{}%" width="{}%" height="14"/>',
                "tup" if value >= 0 else "tdown",
                at(50 if value >= 0 else 50 - length),
                at(length),
            )
        )
    return parts


def _number(bar: Bar, unit: str, places: int | None) -> str:
    return short(bar.value, places) + (f" {unit}" if unit and finite(bar.value) else "")


def _table(items: Sequence[Bar], title: str, unit: str, places: int | None) -> Table:
    head = f"{title}, {unit}" if unit else title
    return Table(heads=("", head), rows=[(each.label, short(each.value, places)) for each in items])


def _bin(edges: Sequence[float], counts: Sequence[int], index: int, *, across: Scale, down: Scale, unit: str) -> Markup:
    start, end = across(edges[index]), across(edges[index + 1])
    top = down(max(0, counts[index]))
    told = f"{_between(edges, index)}{' ' + unit if unit else ''}: {whole(counts[index])}"
    return fill(
        '<rect class="bar" x="{}%" width="{}%" y="{}" height="{}"><title>{}</title></rect>',
        at(start + 0.25),
        at(max(0.3, end - start - 0.5)),
        at(top),
        at(_HEIGHT - _BOTTOM - top),
        told,
    )


def _between(edges: Sequence[float], index: int) -> str:
    return f"{short(edges[index])} – {short(edges[index + 1])}"


def _ends(edges: Sequence[float], count: int, unit: str) -> list[Markup]:
    """Some of the edges below the axis, the last one with the unit."""
    parts = []
    shown = range(0, count + 1, -(-count // _EDGES))
    for index in shown:
        anchor = "start" if index == 0 else "end" if index == count else "middle"
        words = short(edges[index]) + (f" {unit}" if unit and index == shown[-1] else "")
        parts.append(
            fill(
                '<text x="{}%" y="{}" text-anchor="{}">{}</text>',
                at(100 * (edges[index] - edges[0]) / ((edges[count] - edges[0]) or 1)),
                _HEIGHT - 5,
                anchor,
                words,
            )
        )
    return parts
