"""Two players on one radar: each axis reaches from nothing to the better of the two."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from slomix_stats.discord.charts.sheet import COLOURS, GRID, INK, MARKS, NORMAL, QUIET, SMALL, Sheet, label, write
from slomix_stats.discord.text import number

#: A value of nothing is not drawn in the very middle, so that the shape stays a shape.
_INNER = 0.06


@dataclass(frozen=True, slots=True)
class Spoke:
    """One axis: its name, and the value of each player (None: unknown)."""

    title: str
    values: tuple[float | None, ...]
    places: int = 0
    unit: str = ""


def radar(names: Sequence[str], spokes: Sequence[Spoke]) -> bytes:
    """Draw players on at least three axes."""
    sheet = Sheet("", 6.6)
    axes = sheet.axes(0.2, 0.1, 0.6, 0.66, polar=True)
    angles = [2 * math.pi * index / len(spokes) for index in range(len(spokes))]
    axes.set_theta_offset(math.pi / 2)  # type: ignore[attr-defined]
    axes.set_theta_direction(-1)  # type: ignore[attr-defined]
    axes.set_ylim(0, 1)
    axes.set_yticks([0.25, 0.5, 0.75, 1.0], labels=[])
    axes.set_xticks(angles, labels=[])
    axes.grid(color=GRID, linewidth=1.0)
    for index, name in enumerate(names):
        colour, mark = COLOURS[index % len(COLOURS)], MARKS[index % len(MARKS)]
        points = [_share(spoke, index) for spoke in spokes]
        axes.plot(
            [*angles, angles[0]],
            [*points, points[0]],
            color=colour,
            linewidth=2.6,
            marker=mark,
            markersize=9,
            clip_on=False,
        )
        axes.fill(angles, points, color=colour, alpha=0.18)
        write(
            sheet.figure, 0.04 if index == 0 else 0.96, 0.965, f"{label(name, 18)}", size=NORMAL + 3, colour=colour,
            weight="bold", va="top", ha="left" if index == 0 else "right",
        )  # fmt: skip
    if len(names) == 2:
        write(sheet.figure, 0.5, 0.955, "against", size=SMALL, colour=QUIET, va="top", ha="center")
    for angle, spoke in zip(angles, spokes, strict=True):
        _name(axes, angle, spoke)
    return sheet.png()


def _share(spoke: Spoke, index: int) -> float:
    best = max((value for value in spoke.values if value is not None), default=0.0)
    value = spoke.values[index]
    return _INNER if not best or value is None else _INNER + (1 - _INNER) * max(0.0, value) / best


def _name(axes: object, angle: float, spoke: Spoke) -> None:
    """Title and values outside of the circle, beside the end of the axis."""
    x = math.sin(angle)
    side = "center" if abs(x) < 0.2 else "left" if x > 0 else "right"
    values = " : ".join(number(value, spoke.places) for value in spoke.values) + spoke.unit
    below = math.cos(angle) < -0.5
    near = 1.10 if abs(x) > 0.2 else 1.08
    write(axes, angle, near, f"{spoke.title}\n{values}", size=NORMAL, colour=INK, ha=side,
          va="top" if below else "bottom" if math.cos(angle) > 0.9 else "center", linespacing=1.3)  # fmt: skip
