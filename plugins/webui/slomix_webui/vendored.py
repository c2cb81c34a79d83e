"""The libraries that pages load: which files of them lie in `static/vendor`, and which of those are not there.

The repository holds none of them: npm fetches what `package-lock.json` names (`make vendor`, and the build of a
wheel). This module is read by that build, too, so it imports nothing of ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

VENDOR = Path(__file__).parent / "static" / "vendor"


@dataclass(frozen=True, slots=True)
class Vendored:
    """A file of a library. `name` is ours, in the folder; `source` the library's, in its package.

    `after` is appended: a script that was written to define a global name becomes a module that way.
    """

    name: str
    package: str
    source: str
    after: str = ""


FILES = (
    Vendored("uplot.js", "uplot", "dist/uPlot.iife.min.js", "\nexport default uPlot;\n"),
    Vendored("uplot.css", "uplot", "dist/uPlot.min.css"),
    Vendored("uplot.LICENSE.txt", "uplot", "LICENSE"),
)


def missing(folder: Path | None = None) -> list[str]:
    """Names of the files that are not in the folder (`VENDOR` without)."""
    return [file.name for file in FILES if not ((folder or VENDOR) / file.name).is_file()]
