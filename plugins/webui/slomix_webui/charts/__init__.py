"""Charts as pure functions: values in, a `figure` out that reads without sight, without colour and without script.

Templates call them `chart.line(...)`. Every one takes unknown values (None, NaN), one value and none at all.
"""

from slomix_webui.charts.bars import Bar, bars, diverging, histogram, split
from slomix_webui.charts.cloud import Dot, hold_curve, scatter
from slomix_webui.charts.line import Series, line, sparkline
from slomix_webui.charts.matrix import heat
from slomix_webui.charts.small import calendar, ring

__all__ = [
    "Bar",
    "Dot",
    "Series",
    "bars",
    "calendar",
    "diverging",
    "heat",
    "histogram",
    "hold_curve",
    "line",
    "ring",
    "scatter",
    "sparkline",
    "split",
]
