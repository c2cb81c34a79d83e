"""A table whose cells are shaded in steps, with the number in every cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup, escape

from slomix_webui.charts.frame import finite, known, no_value, short
from slomix_webui.charts.scale import step_of
from slomix_webui.html import fill, ours, together
from slomix_webui.wording import say

_STEPS = 6
#: How far from the own level a cell is shaded, further, and further still.
_FAR = (5.0, 15.0, 30.0)
_EMPTY = Markup('<td><span class="quiet" aria-hidden="true">·</span><span class="hidden">{}</span></td>')
_TABLE = Markup(
    '<div class="scroll" tabindex="0" role="group" aria-label="{}"><table class="heat">'
    '<caption class="hidden">{}</caption><thead><tr><th scope="col" class="first">{}</th>{}</tr></thead>'
    "<tbody>{}</tbody></table></div>"
)

Row = tuple[str | Markup, Sequence[float | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shading:
    """How the cells of one row are shaded and printed."""

    low: float
    high: float
    against: float | None
    places: int | None
    empty: Markup


def heat(
    caption: str,
    columns: Sequence[str | Markup],
    rows: Sequence[Row],
    *,
    corner: str = "",
    places: int | None = 0,
    against: float | None = None,
    scale: Literal["all", "row"] = "all",
    why_empty: str = "",
) -> Markup:
    """Values by row and column, darker where they are higher; the best of each column is bold.

    With `against` (100 for percent of the own level) cells are shaded to both sides of it and carry ▲ or ▼.
    `scale="row"` shades every row by itself. None is a cell without a value, told as `why_empty` to who can not see it.
    """
    everything = known(value for _, row in rows for value in row)
    if not everything or not columns:
        return no_value(caption)
    best = [_best(rows, index) if len(rows) > 1 else None for index in range(len(columns))]
    empty = _EMPTY.format(why_empty or say("not played"))
    body = []
    for name, row in rows:
        within = (known(row) if scale == "row" else everything) or [0.0]
        shading = _Shading(low=min(within), high=max(within), against=against, places=places, empty=empty)
        padded = [*row, *[None] * len(columns)][: len(columns)]
        cells = together(_cell(value, best[i], shading) for i, value in enumerate(padded))
        body.append(fill('<tr><th scope="row" class="first">{}</th>{}</tr>', name, cells))
    heads = together(fill('<th scope="col">{}</th>', _breakable(each)) for each in columns)
    return _TABLE.format(escape(caption).striptags(), caption, corner, heads, together(body))


def shade(value: float | None, low: float, high: float, against: float | None = None) -> str:
    """The class of a cell: `h1` to `h6`, or `u1`-`u3` above and `d1`-`d3` below `against`, "" where neither."""
    if value is None or not finite(value):
        return ""
    if against is None:
        return f"h{step_of(value, low, high, _STEPS)}"
    far = sum(abs(value - against) >= limit for limit in _FAR)
    return f"{'u' if value > against else 'd'}{far}" if far else ""


def _breakable(text: str | Markup) -> Markup:
    """A name of a map may go on in the next line after each `_`, so that columns stay narrow."""
    return escape(text) if isinstance(text, Markup) else escape(text).replace("_", Markup("_<wbr>"))


def _best(rows: Sequence[Row], index: int) -> float | None:
    return max(known(row[index] for _, row in rows if index < len(row)), default=None)


def _cell(value: float | None, best: float | None, how: _Shading) -> Markup:
    if value is None or not finite(value):
        return how.empty
    kind = shade(value, how.low, how.high, how.against)
    classes = " ".join(part for part in (kind, "best" if value == best else "") if part)
    mark = ""
    if how.against is not None and kind:
        mark = f'<small aria-hidden="true">{"▲" if value > how.against else "▼"}</small>'
    named = f' class="{classes}"' if classes else ""
    return ours(f"<td{named}>{mark}{short(value, how.places)}</td>")
