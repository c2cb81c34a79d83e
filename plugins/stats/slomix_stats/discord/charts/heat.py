"""Maps as colours: who played which map of a session how well, and a player's good and bad maps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from slomix_stats.discord.charts.lines import Line, name_maps
from slomix_stats.discord.charts.sheet import BAD, GOOD, GRID, INK, NORMAL, QUIET, SMALL, Sheet, label, write
from slomix_stats.discord.text import signed

if TYPE_CHECKING:
    from matplotlib.patches import Patch

MOST_ROWS, MOST_MAPS = 14, 12
#: From little to much; light means much, so that it works without colours too.
_SCALE = ("#26364d", "#2f5d8c", "#3f8fbf", "#6fc3c9", "#c9e8a5", "#fdf6b0")


def map_heat(title: str, maps: Sequence[str], rows: Sequence[Line]) -> bytes:
    """Players down, maps across, damage per minute as a number on its colour."""
    from matplotlib.colors import LinearSegmentedColormap

    rows, maps = rows[:MOST_ROWS], maps[:MOST_MAPS]
    sheet = Sheet(title, 1.9 + 0.42 * len(rows) + 0.6, "damage per minute on each map")
    bottom = 1.15 / (2.5 + 0.42 * len(rows))
    axes = sheet.axes(0.25, bottom, 0.73, sheet.top - bottom - 0.02)
    known = [value for row in rows for value in row.values if value is not None] or [0.0]
    low, high = min(known), max(known)
    colours = LinearSegmentedColormap.from_list("heat", _SCALE)
    for y, row in enumerate(rows):
        for x, value in enumerate(row.values[: len(maps)]):
            share = 0.0 if value is None or high == low else (value - low) / (high - low)
            face = GRID if value is None else colours(share)
            axes.add_patch(_square(x, y, face))
            words = "–" if value is None else f"{value:.0f}"
            size = SMALL if len(maps) <= 8 else SMALL - 3
            write(axes, x, y, words, size=size, colour="#10131a" if share > 0.42 else INK, ha="center", va="center")
    axes.set_xlim(-0.5, len(maps) - 0.5)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.grid(visible=False)
    axes.set_yticks(range(len(rows)), labels=[label(row.name, 13) for row in rows], parse_math=False)
    name_maps(axes, maps)
    axes.tick_params(colors=INK, labelsize=SMALL)
    return sheet.png()


def _square(x: int, y: int, face: Any) -> Patch:
    from matplotlib.patches import Rectangle

    return Rectangle((x - 0.47, y - 0.46), 0.94, 0.92, facecolor=face, linewidth=0)


def map_bars(name: str, usual: float, maps: Sequence[tuple[str, float, float]]) -> bytes:
    """A player's maps (map, DPM, change in percent) against their own level, best first."""
    maps = maps[:MOST_ROWS]
    height = 1.4 + 0.46 * max(len(maps), 1)
    sheet = Sheet(f"{label(name, 20)} · maps", height, f"damage per minute against the usual {usual:.0f}")
    axes = sheet.axes(0.32, 0.35 / height, 0.64, sheet.top - 0.35 / height - 0.02)
    farthest = max((abs(change) for _, _, change in maps), default=1.0) or 1.0
    for y, (_, dpm, change) in enumerate(maps):
        axes.barh(y, change, height=0.66, color=GOOD if change >= 0 else BAD)
        words = f"{dpm:.0f} ({signed(change)} %)"
        inside = abs(change) > farthest * 0.62
        gap = farthest * 0.03 * (1 if change >= 0 else -1)
        side = ("right" if change >= 0 else "left") if inside else ("left" if change >= 0 else "right")
        write(axes, change - gap if inside else change + gap, y, words, size=SMALL,
              colour="#10131a" if inside else INK, va="center", ha=side)  # fmt: skip
    axes.axvline(0, color=QUIET, linewidth=1.6)
    axes.set_xlim(-farthest * 1.12, farthest * 1.12)
    axes.set_ylim(len(maps) - 0.5, -0.5)
    axes.grid(visible=False)
    axes.set_xticks([])
    axes.set_yticks(range(len(maps)), labels=[label(each, 16) for each, _, _ in maps], parse_math=False)
    axes.tick_params(colors=INK, labelsize=NORMAL)
    return sheet.png()
