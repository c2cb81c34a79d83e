"""How numbers went on: a session map by map, a player session by session."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from slomix_stats.discord.charts.sheet import (
    COLOURS,
    GRID,
    INK,
    MARKS,
    NORMAL,
    QUIET,
    SMALL,
    Sheet,
    label,
    write,
)

#: More lines than this are a tangle.
MOST_LINES = len(COLOURS)


@dataclass(frozen=True, slots=True)
class Line:
    """One player: a value for each place on the x axis; None where they did not play."""

    name: str
    values: tuple[float | None, ...]


def session_graph(title: str, maps: Sequence[str], dpm: Sequence[Line], kills: Sequence[Line]) -> bytes:
    """Two fields one above the other over the maps of a session: damage per minute, and kills."""
    sheet = Sheet(title, 9.4, "map by map, the best by damage per minute")
    upper = sheet.axes(0.1, 0.57, 0.68, sheet.top - 0.57 - 0.06)
    lower = sheet.axes(0.1, 0.15, 0.68, 0.34)
    _panel(sheet, upper, "damage per minute", dpm[:MOST_LINES], len(maps))
    _panel(sheet, lower, "kills", kills[:MOST_LINES], len(maps))
    upper.set_xticks(range(len(maps)), labels=[])
    name_maps(lower, maps)
    return sheet.png()


def name_maps(axes: Any, maps: Sequence[str]) -> None:
    """Names of maps below their places: the more there are, the steeper and shorter."""
    many = len(maps) > 8
    names = [label(each, 10 if many else 13) for each in maps]
    look = {"rotation": 60 if many else 35, "ha": "right", "rotation_mode": "anchor", "parse_math": False}
    axes.set_xticks(range(len(maps)), labels=names, **look)


def _panel(sheet: Sheet, axes: Any, title: str, lines: Sequence[Line], places: int) -> None:
    """Lines with their names at their ends, moved apart where they would meet."""
    write(axes, 0.0, 1.02, title, size=NORMAL, colour=INK, transform=axes.transAxes, va="bottom", weight="bold")
    axes.set_xlim(-0.3, max(places - 1, 1) + 0.15)
    known = [value for line in lines for value in line.values if value is not None]
    axes.set_ylim(0, (max(known, default=1) or 1) * 1.08)
    for index, line in enumerate(lines):
        at = [(x, y) for x, y in enumerate(line.values) if y is not None]
        look = {"color": COLOURS[index], "marker": MARKS[index], "linewidth": 2.4, "markersize": 7}
        axes.plot([x for x, _ in at], [y for _, y in at], **look)
    ends = [next((y for y in reversed(line.values) if y is not None), 0.0) for line in lines]
    for index, y in enumerate(spread(ends, axes.get_ylim()[1], 0.085)):
        write(
            axes, 1.02, y / axes.get_ylim()[1], label(lines[index].name, 12), size=SMALL, colour=COLOURS[index],
            transform=axes.transAxes, va="center", weight="bold",
        )  # fmt: skip


def spread(ends: Sequence[float], top: float, least: float) -> list[float]:
    """Places for names near these heights, at least `least` of the height `top` apart and inside of it. Pure."""
    order = sorted(range(len(ends)), key=lambda index: -ends[index])
    gap, placed = least * top, [0.0] * len(ends)
    above = top + gap * 0.5
    for index in order:
        above = min(ends[index], above - gap)
        placed[index] = above
    below = -gap * 0.5
    for index in reversed(order):
        below = max(placed[index], below + gap)
        placed[index] = below
    return placed


def form_graph(name: str, days: Sequence[str], dpm: Sequence[float], usual: float) -> bytes:
    """A player's damage per minute, session by session, with their own level as a line."""
    sheet = Sheet(
        f"{label(name, 20)} · form", 5.4, f"damage per minute, last {len(dpm)} sessions · usual {usual:.0f} (dashed)"
    )
    axes = sheet.axes(0.1, 0.1, 0.86, sheet.top - 0.1 - 0.02)
    xs = range(len(dpm))
    axes.set_ylim(0, max([*dpm, usual, 1.0]) * 1.15)
    axes.set_xlim(-0.5, max(len(dpm) - 0.5, 0.5))
    axes.axhline(usual, color=COLOURS[1], linewidth=2.0, linestyle=(0, (5, 4)))
    axes.fill_between(xs, [usual] * len(dpm), dpm, color=COLOURS[0], alpha=0.15)
    axes.plot(xs, dpm, color=COLOURS[0], marker="o", linewidth=2.6, markersize=7)
    step = max(1, len(days) // 5)
    axes.set_xticks(list(xs)[::step], labels=list(days)[::step], parse_math=False)
    axes.grid(visible=False, axis="x")
    axes.grid(color=GRID, linewidth=0.8, axis="y")
    axes.tick_params(colors=QUIET)
    return sheet.png()
