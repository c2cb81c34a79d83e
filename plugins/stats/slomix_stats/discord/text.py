"""Words, numbers and tables for a narrow screen. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

#: A code block in an embed wraps on a phone beyond about this many characters.
PHONE_WIDTH = 34
NAME_WIDTH = 12
UNKNOWN = "–"
_MARKDOWN = re.compile(r"([\\*_~`|>\[\]()#-])")


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


def cell(name: str, width: int = NAME_WIDTH) -> str:
    """A name for a code block, cut to `width`: without line breaks, and without the backticks that would end it."""
    plain = " ".join("".join(c if c.isprintable() else " " for c in name).replace("`", "'").split()) or UNKNOWN
    return plain if len(plain) <= width else plain[: width - 1] + "…"


def table(head: Sequence[str], rows: Sequence[Sequence[str]], *, longest: int = 1024) -> str:
    """A code block: first column left, others right. Rows that would pass `longest` characters are counted."""
    widths = [max(len(line[column]) for line in (head, *rows)) for column in range(len(head))]

    def line(cells: Sequence[str]) -> str:
        first, *others = cells
        padded = [first.ljust(widths[0])]
        padded += [text.rjust(width) for text, width in zip(others, widths[1:], strict=True)]
        return " ".join(padded).rstrip()

    lines = [line(head)]
    for index, row in enumerate(rows):
        more = f"+{len(rows) - index} more"
        if sum(len(text) + 1 for text in (*lines, line(row), more)) + len("```\n```") > longest:
            lines.append(more)
            break
        lines.append(line(row))
    return "```\n" + "\n".join(lines) + "\n```"
