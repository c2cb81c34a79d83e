"""What every chart has around its drawing: a sentence with the finding, the numbers in a fold."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from slomix_webui.formats import local, whole
from slomix_webui.html import NONE, escaped, fill, ours, together
from slomix_webui.icons import icon
from slomix_webui.wording import say

#: A drawing with more points than this says nothing more, and weighs more.
MOST_POINTS = 400
#: Rows of the table in the fold.
MOST_ROWS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The numbers of a chart. The first cell of a row is its name; None is unknown."""

    heads: Sequence[str]
    rows: Sequence[Sequence[str | Markup | float | None]]


def figure(finding: str | Markup, drawing: Markup, table: Table, *, sample: str = "", kind: str = "") -> Markup:
    """A `figure`: what it shows in words (`finding`), how much stands behind it (`sample`), drawing, numbers."""
    sampled = fill('<span class="sample">{}</span>', sample) if sample else ""
    return fill(
        '<figure class="figure{}"><figcaption>{}{}</figcaption>{}{}</figure>',
        f" {kind}" if kind else "",
        finding,
        sampled,
        drawing,
        numbers(table),
    )


def nothing(why: str) -> Markup:
    """What stands where a chart has nothing to draw: the reason."""
    return fill('<div class="empty">{}<p>{}</p></div>', icon("empty"), why)


def no_value(title: str) -> Markup:
    """The same for a chart without any number."""
    return nothing(say("{title}: there is no value to draw yet.", title=title))


def numbers(table: Table) -> Markup:
    """The table in a fold. Rows past `MOST_ROWS` are counted, not printed."""
    heads = together(fill('<th scope="col"{}>{}</th>', _first(at), head) for at, head in enumerate(table.heads))
    body = together(_row(row) for row in table.rows[:MOST_ROWS])
    left = len(table.rows) - MOST_ROWS
    more = (
        fill('<p class="quiet">{}</p>', say("{rows} more rows are not printed here.", rows=whole(left)))
        if left > 0
        else ""
    )
    return fill(
        '<details class="numbers"><summary>{}{}</summary><div class="scroll" tabindex="0" role="group" '
        'aria-label="{}"><table><caption class="hidden">{}</caption><thead><tr>{}</tr></thead><tbody>{}</tbody></table>'
        "{}</div></details>",
        icon("right"),
        say("Numbers"),
        say("Numbers of the chart"),
        say("Numbers of the chart"),
        heads,
        body,
        more,
    )


def drawing(height: int, parts: Iterable[Markup], title: str, axis: Iterable[Markup] = ()) -> Markup:
    """A drawing in percent across and px down, so that text keeps its size. `axis` is its column of numbers, if any."""
    made = fill(
        '<svg class="chart" role="img" width="100%" height="{}"><title>{}</title>{}</svg>',
        height,
        title,
        together(parts),
    )
    beside = together(axis)
    if not beside:
        return made
    return fill(
        '<div class="axes"><svg class="chart" height="{}" aria-hidden="true">{}</svg>{}</div>', height, beside, made
    )


def known(values: Iterable[float | None]) -> list[float]:
    """The finite numbers among them."""
    return [float(value) for value in values if value is not None and math.isfinite(value)]


def finite(value: float | None) -> bool:
    """Whether there is a number to draw."""
    return value is not None and math.isfinite(value)


def thinned(count: int, most: int = MOST_POINTS) -> list[int]:
    """Which of `count` points are drawn: all, or `most` evenly spread ones with the first and the last."""
    if count <= most:
        return list(range(count))
    return sorted({round(number * (count - 1) / (most - 1)) for number in range(most)})


def short(value: float | None, places: int | None = None) -> str:
    """A number for an axis or a table: `1,240`, `3.5`, `–`. Without `places`: at most two decimals."""
    if value is None or not math.isfinite(value):
        return "–"
    if places is not None:
        return local(f"{value:,.{places}f}")
    return local(f"{value:,.2f}".rstrip("0").rstrip("."))


def at(number: float) -> str:
    """A coordinate: two decimals at most, no useless zero."""
    return f"{number:.2f}".rstrip("0").rstrip(".") if number else "0"


def _row(row: Sequence[str | Markup | float | None]) -> Markup:
    if not row:
        return NONE
    cells = "".join(f"<td>{_cell(value)}</td>" for value in row[1:])
    return ours(f'<tr><th scope="row" class="first">{_cell(row[0])}</th>{cells}</tr>')


def _cell(value: str | Markup | float | None) -> Markup:
    return escaped(value if isinstance(value, str) else short(value))


def _first(position: int) -> Markup:
    return Markup(' class="first"') if position == 0 else NONE
