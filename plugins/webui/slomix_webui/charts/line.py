"""Lines over an axis, with a point per value, and the small line inside a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from slomix_webui.charts.axes import levels, lines
from slomix_webui.charts.frame import Table, at, drawing, figure, finite, known, no_value, short, thinned
from slomix_webui.charts.scale import Scale, span, ticks
from slomix_webui.html import NONE, fill, together
from slomix_webui.wording import say

#: Series that can be told apart by colour, dash and point.
MOST_SERIES = 6
_HEIGHT = 210
_TOP, _BOTTOM = 26, 24
#: Where the first and the last value stand, in percent.
_ENDS = (1.0, 98.5)
#: More points than this per series are drawn as a line alone.
_DOTTED = 40
_LABELS = 5
#: Usual widths of a drawing beside others and on a phone; widths of a letter and between two labels. All in px.
_WIDE, _NARROW = 520, 300
_LETTER, _BETWEEN = 6.5, 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One line: a name and a value per label, None where there is none (the line breaks there)."""

    name: str
    values: Sequence[float | None]


def line(
    finding: str,
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    title: str,
    unit: str = "",
    sample: str = "",
    zero: bool = False,
    base: float | None = None,
    base_label: str = "",
    places: int | None = None,
) -> Markup:
    """Up to six series over `labels`. `base` is a dashed level (the own average, say) with its `base_label`.

    `zero` makes the axis begin at 0. Series past the sixth are left to the table.
    """
    drawn = [each for each in series if known(each.values)][:MOST_SERIES]
    if not drawn or not labels:
        return no_value(title)
    table = Table(
        heads=("", *(f"{each.name}, {unit}" if unit else each.name for each in series)),
        rows=[(label, *(_value(each, i, places) for each in series)) for i, label in enumerate(labels)],
    )
    values = known(value for each in drawn for value in each.values)
    values += known([base])
    marks = ticks(*span(values, zero=zero))
    down = Scale(marks[0], marks[-1], _HEIGHT - _BOTTOM, _TOP)
    inside = [*lines(marks, down), *_across(labels)]
    for number, each in enumerate(drawn, 1):
        inside.append(_path(each.values, labels, down, number=number, unit=unit, places=places))
    inside += _base(base, down)
    made = drawing(_HEIGHT, inside, title, levels(marks, down, unit))
    return figure(finding, _legend(drawn, base, base_label) + made, table, sample=sample)


def sparkline(values: Sequence[float | None], title: str, *, wide: bool = False, base: float | None = None) -> Markup:
    """A line without axis for a row or a tile; its last point is marked. `title` says in words what it shows."""
    found = known(values)
    if len(found) < 2:
        return fill('<span class="quiet" title="{}">–</span>', say("{title}: too few values for a line", title=title))
    low, high = min([*found, *known([base])]), max([*found, *known([base])])
    down = Scale(low, high, 27, 5)
    kept = [values[index] for index in thinned(len(values))]
    across = _spread(len(kept), 2, 97)
    parts = []
    if base is not None and finite(base):
        parts.append(_rule("base", down(base)))
    parts.append(_strokes(kept, across, down, 1, 32))
    last = max(index for index, value in enumerate(kept) if finite(value))
    value = kept[last]
    if value is not None:
        parts.append(
            fill('<circle class="dot" cx="{}%" cy="{}%" r="3"/>', at(across[last]), at(100 * down(value) / 32))
        )
    return fill(
        '<svg class="chart spark{}" role="img"><title>{}</title>{}</svg>',
        " wide" if wide else "",
        title,
        together(parts),
    )


def _value(series: Series, index: int, places: int | None) -> str:
    value = series.values[index] if index < len(series.values) else None
    return short(value, places)


def _spread(count: int, start: float, end: float) -> list[float]:
    if count < 2:
        return [(start + end) / 2] * count
    return [start + (end - start) * index / (count - 1) for index in range(count)]


def _across(labels: Sequence[str]) -> list[Markup]:
    """Some of the labels below the axis, as many as there is room for; on a narrow drawing fewer of them."""
    across = _spread(len(labels), *_ENDS)
    chosen = thinned(len(labels), _fitting(labels, _WIDE))
    kept = {chosen[place] for place in thinned(len(chosen), _fitting(labels, _NARROW))}
    parts = []
    for position, index in enumerate(chosen):
        end = position == len(chosen) - 1 and len(chosen) > 1
        anchor = "end" if end else "middle" if position or len(chosen) == 1 else "start"
        kind = NONE if index in kept else Markup(' class="wide-only"')
        parts.append(
            fill(
                '<text{} x="{}%" y="{}" text-anchor="{}">{}</text>',
                kind,
                at(100 if end else across[index]),
                _HEIGHT - 6,
                anchor,
                labels[index],
            )
        )
    return parts


def _fitting(labels: Sequence[str], width: int) -> int:
    """How many labels stand beside each other on `width` px, two at least."""
    longest = max(len(label) for label in labels)
    return max(2, min(_LABELS, int(width // (_LETTER * longest + _BETWEEN))))


def _base(value: float | None, down: Scale) -> list[Markup]:
    if value is None or not finite(value):
        return []
    return [fill('<line class="base" x1="0" x2="100%" y1="{0}" y2="{0}"/>', at(down(value)))]


def _path(
    values: Sequence[float | None], labels: Sequence[str], down: Scale, *, number: int, unit: str, places: int | None
) -> Markup:
    kept = thinned(min(len(values), len(labels)))
    across = _spread(len(labels), *_ENDS)
    shown, where = [values[i] for i in kept], [across[i] for i in kept]
    parts = [_strokes(shown, where, down, number, _HEIGHT)]
    lonely = _lonely(shown)
    for place, index in enumerate(kept):
        value = values[index]
        if value is None or not finite(value) or (len(kept) > _DOTTED and place not in lonely):
            continue
        told = f"{labels[index]}: {short(value, places)}{' ' + unit if unit else ''}"
        parts.append(point(number, where[place], down(value), told))
    return fill('<g class="t{}">{}</g>', number, together(parts))


def _lonely(values: Sequence[float | None]) -> set[int]:
    """Points that no line reaches, and the last one: they are always marked."""
    there = [finite(value) for value in values]
    alone = {i for i, ok in enumerate(there) if ok and not any(there[j] for j in (i - 1, i + 1) if 0 <= j < len(there))}
    return alone | {max((i for i, ok in enumerate(there) if ok), default=-1)}


def point(number: int, across: float, down: float, told: str) -> Markup:
    """The point of a series: round, hollow, square, diamond, by its number. `across` in percent, `down` in px."""
    x, y = at(across), at(down)
    title = fill("<title>{}</title>", told) if told else NONE
    if number % 4 == 2:
        return fill('<circle class="hollow" cx="{}%" cy="{}" r="3.5">{}</circle>', x, y, title)
    if number % 4 == 3:
        return fill(
            '<svg x="{}%" y="{}" overflow="visible"><rect class="dot" x="-4" y="-4" width="8" height="8">{}</rect>'
            "</svg>",
            x,
            y,
            title,
        )
    if number % 4 == 0:
        return fill(
            '<svg x="{}%" y="{}" overflow="visible"><path class="dot" d="M0-5 5 0 0 5-5 0z">{}</path></svg>',
            x,
            y,
            title,
        )
    return fill('<circle class="dot" cx="{}%" cy="{}" r="4">{}</circle>', x, y, title)


def _strokes(values: Sequence[float | None], across: Sequence[float], down: Scale, number: int, height: int) -> Markup:
    """The line itself, broken where a value is missing, in a box that stretches while its stroke does not."""
    path = []
    pen = False
    for value, x in zip(values, across, strict=True):
        if value is None or not finite(value):
            pen = False
            continue
        path.append(f"{'L' if pen else 'M'}{at(x)} {at(down(value))}")
        pen = True
    if not any(step.startswith("L") for step in path):
        return NONE
    return fill(
        '<svg viewBox="0 0 100 {}" preserveAspectRatio="none" width="100%" height="100%">'
        '<path class="path dash-{}" d="{}"/></svg>',
        height,
        number,
        "".join(path),
    )


def _rule(kind: str, y: float) -> Markup:
    return fill('<line class="{0}" x1="0" x2="100%" y1="{1}%" y2="{1}%"/>', kind, at(100 * y / 32))


def _legend(series: Sequence[Series], base: float | None, base_label: str) -> Markup:
    """What the lines are called. The level has its name here, too: beside its line it would lie on the others."""
    items = [
        fill(
            '<li class="t{0}"><svg class="chart" aria-hidden="true">'
            '<line class="path dash-{0}" x1="0" x2="28" y1="6" y2="6"/>{1}</svg>{2}</li>',
            number,
            point(number, 50, 6, ""),
            each.name,
        )
        for number, each in enumerate(series, 1)
    ]
    if base is not None and finite(base):
        items.append(
            fill(
                '<li><svg class="chart" aria-hidden="true"><line class="base" x1="0" x2="28" y1="6" y2="6"/></svg>'
                "{} {}</li>",
                base_label,
                short(base),
            )
        )
    return fill('<ul class="legend">{}</ul>', together(items)) if len(items) > 1 else NONE
