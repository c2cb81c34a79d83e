"""Answers to every question that is asked of the numbers: `StatsInsight` implements `StatsInsightV1`.

Each module reads one kind of thing and hands it to pure functions of `slomix_stats.metrics`; no formula is here.
"""

from __future__ import annotations

from slomix_stats.insight.answers import StatsInsight

__all__ = ["StatsInsight"]
