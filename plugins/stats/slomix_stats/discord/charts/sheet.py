"""The style of all charts: dark like Discord, few lines, letters that can be read on a phone."""

from __future__ import annotations

import io
import logging
from typing import TYPE_CHECKING, Any

from slomix_stats.discord.text import cell

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PAPER, GRID, QUIET, INK = "#1e1f22", "#3a3c43", "#a5abb4", "#f2f3f5"
#: Told apart also by those who see few colours: by lightness, and by their marks.
COLOURS = ("#4fb8ff", "#ffb02e", "#7bd88f", "#ff6b81", "#c792ea", "#e6e6e6")
MARKS = ("o", "s", "^", "D", "v", "P")
GOOD, BAD = "#57c785", "#ff7b72"
#: Points of letters at 160 dots per inch: a phone shows 1120 dots of width on about 7 cm.
SMALL, NORMAL, LARGE = 12, 14, 18
WIDTH_INCH, DOTS = 7.0, 160

# A name of letters that the font lacks is drawn with boxes; that is no news for the log.
logging.getLogger("matplotlib").setLevel(logging.ERROR)


class Sheet:
    """A sheet of paper: `figure` to draw on, `png()` when done."""

    def __init__(self, title: str, height_inch: float, subtitle: str = "") -> None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        self.figure = Figure(figsize=(WIDTH_INCH, height_inch), dpi=DOTS, facecolor=PAPER)
        FigureCanvasAgg(self.figure)
        inch = 1 / height_inch
        self.top = 1 - (0.62 if subtitle else 0.42) * inch
        write(self.figure, 0.03, 1 - 0.08 * inch, title, size=LARGE, colour=INK, weight="bold", va="top")
        if subtitle:
            write(self.figure, 0.03, 1 - 0.40 * inch, subtitle, size=SMALL, colour=QUIET, va="top")

    def axes(self, left: float, bottom: float, width: float, height: float, **more: Any) -> Axes:
        """A field to draw in (shares of the sheet), with a quiet frame."""
        axes: Axes = self.figure.add_axes((left, bottom, width, height), facecolor=PAPER, **more)
        axes.tick_params(colors=QUIET, labelsize=SMALL, length=0)
        axes.grid(color=GRID, linewidth=0.8)
        axes.set_axisbelow(True)
        for spine in axes.spines.values():
            spine.set_visible(False)
        return axes

    def png(self) -> bytes:
        """The picture."""
        import warnings

        out = io.BytesIO()
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Glyph .* missing from font")
            self.figure.savefig(out, format="png", facecolor=PAPER)
        return out.getvalue()


def write(where: Any, x: float, y: float, words: str, *, size: float = SMALL, colour: str = INK, **more: Any) -> None:
    """Put words on a figure or on axes; nothing in them is taken for a formula."""
    where.text(x, y, words, fontsize=size, color=colour, parse_math=False, **more)


def label(name: str, longest: int = 14) -> str:
    """A name as it is written into a picture: cut, without what turns the direction of writing."""
    return cell(name, longest).replace("\u200e", "")
