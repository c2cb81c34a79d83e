"""Answers to every question that is asked of the numbers: `answers.StatsInsight` implements `StatsInsightV1`.

Each module reads one kind of thing and hands it to pure functions of `slomix_stats.metrics`; no formula is here.
"""
