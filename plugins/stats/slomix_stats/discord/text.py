"""Words, numbers and tables for a narrow screen. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

#: A code block in an embed wraps on a phone beyond about this many characters.
PHONE_WIDTH = 34
NAME_WIDTH = 12
#: A name that has to give way keeps this much.
LEAST_WIDTH = 5
UNKNOWN = "–"
#: Left-to-right mark: numbers after a name of Hebrew or Arabic letters stay where they are.
_LTR = "\u200e"
_MARKDOWN = re.compile(r"([\\*_~`|<>\[\]()#:@-])")


def clock(seconds: float | None) -> str:
    """Seconds as the stopwatch shows them: 231.4 is `3:51`."""
    if seconds is None:
        return UNKNOWN
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"


def number(value: float | None, places: int = 0) -> str:
    """A number with groups of three; unknown is a dash."""
    return UNKNOWN if value is None else f"{value:,.{places}f}"


def prose(name: str) -> str:
    """A name for running text: nothing in it is taken for markdown."""
    return _MARKDOWN.sub(r"\\\1", " ".join(name.split())) or UNKNOWN


def signed(value: float | None, places: int = 0, unit: str = "") -> str:
    """A difference with its sign: `+12`, `-3`, `±0`; unknown is a dash."""
    if value is None:
        return UNKNOWN
    text = f"{value:+,.{places}f}"
    return (f"±{text[1:]}" if not text.strip("+-0.,") else text) + unit


def percent(value: float | None, places: int = 0) -> str:
    """`38 %`; unknown is a dash."""
    return UNKNOWN if value is None else f"{number(value, places)} %"


def bar(share: float, width: int = 10) -> str:
    """A bar for 0 to 100 percent."""
    full = round(max(0.0, min(100.0, share)) / 100 * width)
    return "█" * full + "░" * (width - full)


def width(text: str) -> int:
    """Columns that a text takes in a code block: wide letters take two, marks none."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(c) or c == _LTR else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def cell(name: str, longest: int = NAME_WIDTH) -> str:
    """A name for a code block, cut to `longest` columns: no line breaks, no backticks that would end the block."""
    plain = " ".join("".join(c if c.isprintable() else " " for c in name).replace("`", "'").split()) or UNKNOWN
    plain = _cut(plain, longest)
    foreign = any(unicodedata.bidirectional(c) in ("R", "AL", "AN") for c in plain)
    return plain + _LTR if foreign else plain


def _cut(text: str, columns: int) -> str:
    """`text`, or its beginning with an ellipsis."""
    if width(text) <= columns:
        return text
    while width(text) > columns - 1:
        text = text[:-1]
    return f"{text}…"


def _left(text: str, columns: int) -> str:
    return text + " " * (columns - width(text))


def _right(text: str, columns: int) -> str:
    return " " * (columns - width(text)) + text


def table(head: Sequence[str], rows: Sequence[Sequence[str]], *, longest: int = 1024) -> str:
    """A code block: first column left, others right. Rows that would pass `longest` characters are counted.

    Where long numbers would make it wider than a phone, the first column gives way.
    """
    widths = [max(width(line[column]) for line in (head, *rows)) for column in range(len(head))]
    beyond = sum(widths) + len(widths) - 1 - PHONE_WIDTH
    if beyond > 0:
        widths[0] = max(LEAST_WIDTH, widths[0] - beyond)

    def line(cells: Sequence[str]) -> str:
        first, *others = cells
        padded = [_left(_cut(first, widths[0]), widths[0])]
        padded += [_right(text, columns) for text, columns in zip(others, widths[1:], strict=True)]
        return " ".join(padded).rstrip()

    lines = [line(head)]
    for index, row in enumerate(rows):
        more = f"+{len(rows) - index} more"
        if sum(len(text) + 1 for text in (*lines, line(row), more)) + len("```\n```") > longest:
            lines.append(more)
            break
        lines.append(line(row))
    return "```\n" + "\n".join(lines) + "\n```"


def listed(lines: Sequence[str], longest: int = 1024) -> str:
    """As many lines as fit into a field, then how many more there are."""
    kept: list[str] = []
    for index, line in enumerate(lines):
        if sum(len(each) + 1 for each in (*kept, line)) > longest - 12:
            return "\n".join([*kept, f"+{len(lines) - index} more"])
        kept.append(line)
    return "\n".join(kept)
