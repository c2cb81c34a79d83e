"""The numbers of stats, each in one place: what it is called, its formula, and the pure function that computes it.

Ratios are computed from sums, never averaged over rounds. Every caller (pages, commands, JSON) takes them from here, so
that one player has one accuracy everywhere.
"""

from __future__ import annotations

from slomix_stats.metrics.basic import BULLET_WEAPONS, accuracy, dpm, headshot_accuracy, kd

__all__ = ["BULLET_WEAPONS", "accuracy", "dpm", "headshot_accuracy", "kd"]
