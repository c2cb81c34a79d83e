"""The numbers of a player in a table row: many cells in one go, as a filter for each costs more than the cell."""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup

from slomix_stats.api import PlayerLine
from slomix_webui import formats
from slomix_webui.html import ours


def _whole(value: float | None) -> str:
    return formats.decimal(value, 0)


def _hundredths(value: float | None) -> str:
    return formats.decimal(value, 2)


#: How a field of a line is shown; counts are the rule.
SHOWN: dict[str, Callable[..., str]] = {
    "dpm": _whole,
    "kd": _hundredths,
    "accuracy": formats.percent,
    "headshot_accuracy": formats.percent,
    "time_played_s": formats.clock,
}


def numbers(line: PlayerLine, fields: str) -> Markup:
    """A `td` for each field, named with spaces between: `kd kills deaths`. Numbers only, so nothing to escape."""
    shown = (SHOWN.get(field, formats.count)(getattr(line, field)) for field in fields.split())
    return ours("".join(f"<td>{text}</td>" for text in shown))
