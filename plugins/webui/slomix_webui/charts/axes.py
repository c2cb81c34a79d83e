"""What charts with an axis share: level lines with their numbers on the left, and a mark with its name."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from slomix_webui.charts.frame import at, short
from slomix_webui.charts.scale import Scale
from slomix_webui.html import fill

#: From which value on a number is shortened, by what, and its letter.
_SHORTENED = ((1e9, 1e9, "G"), (1e6, 1e6, "M"), (1e4, 1e3, "k"))
#: From here on, in percent, a mark has its name on the left.
_RIGHT = 60


def levels(marks: Sequence[float], down: Scale, unit: str = "") -> list[Markup]:
    """The numbers of an axis, beside their lines, and above them the unit."""
    parts = [fill('<text x="0" y="{}">{}</text>', at(down(mark) + 4), axis_number(mark)) for mark in marks]
    if unit:
        parts.append(fill('<text class="say" x="0" y="{}">{}</text>', at(down(marks[-1]) - 12), unit))
    return parts


def lines(marks: Sequence[float], down: Scale) -> list[Markup]:
    """The lines of an axis; the lowest is the axis itself."""
    return [
        fill('<line class="{0}" x1="0" x2="100%" y1="{1}" y2="{1}"/>', "grid" if number else "axis", at(down(mark)))
        for number, mark in enumerate(marks)
    ]


def marker(across: float, label: str, bottom: float) -> list[Markup]:
    """A line across the chart at `across` percent, with its name at the top."""
    anchor = "start" if across < _RIGHT else "end"
    return [
        fill('<line class="mark" x1="{0}%" x2="{0}%" y1="2" y2="{1}"/>', at(across), at(bottom)),
        fill(
            '<text class="say halo" x="{}%" dx="{}" y="12" text-anchor="{}">{}</text>',
            at(across),
            6 if anchor == "start" else -6,
            anchor,
            label,
        ),
    ]


def axis_number(value: float) -> str:
    """A number that fits beside an axis: `1,500`, `25k`, `1.2M`."""
    for limit, by, letter in _SHORTENED:
        if abs(value) >= limit:
            return short(value / by) + letter
    return short(value)
