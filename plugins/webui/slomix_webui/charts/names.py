"""Names beside points, so that no name lies on another or on a point. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from slomix_webui.charts.frame import at
from slomix_webui.html import fill

#: The drawing's width is not known on the server; on a narrower one names may touch.
_WIDTH = 480
_LETTER = 6.4
_LINE = 13
_AWAY = 8


@dataclass(frozen=True, slots=True)
class _Box:
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: _Box) -> bool:
        """Whether two boxes lie on each other."""
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom


def place_names(names: Sequence[tuple[str, float, float]], points: Sequence[tuple[float, float]]) -> list[Markup]:
    """Texts for `names` (text, percent across, px down): right of the point, left, above or below.

    A name that fits nowhere is left out; the point's tooltip and the table have it.
    """
    taken = [_Box(x * _WIDTH / 100 - 4, y - 4, x * _WIDTH / 100 + 4, y + 4) for x, y in points]
    made = []
    for text, x, y in names:
        for anchor, dx, dy in (("start", _AWAY, 4), ("end", -_AWAY, 4), ("middle", 0, -9), ("middle", 0, 17)):
            box = _box(text, x * _WIDTH / 100 + dx, y + dy, anchor)
            inside = box.left >= 0 and box.right <= _WIDTH
            if inside and not any(box.meets(other) for other in taken):
                taken.append(box)
                made.append(
                    fill(
                        '<text class="halo" x="{}%" dx="{}" y="{}" text-anchor="{}">{}</text>',
                        at(x),
                        dx,
                        at(y + dy),
                        anchor,
                        text,
                    )
                )
                break
    return made


def _box(text: str, x: float, baseline: float, anchor: str) -> _Box:
    width = _LETTER * len(text)
    left = x - {"start": 0.0, "middle": width / 2, "end": width}[anchor]
    return _Box(left, baseline - _LINE + 3, left + width, baseline + 3)
