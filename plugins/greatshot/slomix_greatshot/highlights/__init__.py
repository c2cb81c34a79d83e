"""Moments worth watching: pure functions of what a demo tells.

`find(demo)` gives them best first; `Tuning` holds every number that they are judged by.
"""

from __future__ import annotations

from slomix_greatshot.highlights.find import find
from slomix_greatshot.highlights.model import KINDS, TITLES, Highlight, Kind, Own, Step, Tuning

__all__ = ["KINDS", "TITLES", "Highlight", "Kind", "Own", "Step", "Tuning", "find"]
