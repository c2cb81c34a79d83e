"""The view model of the leaderboard."""

from __future__ import annotations

from dataclasses import dataclass

from slomix_stats.api import Leaderboard, LeaderboardMetric, LeaderboardRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """What can be ranked: its key in the address, its label, what it means, and the decimals it is shown with."""

    key: LeaderboardMetric
    label: str
    meaning: str
    places: int = 0


METRICS: tuple[Metric, ...] = (
    Metric(key="dpm", label="DPM", meaning="Damage given per minute played."),
    Metric(key="kills", label="Kills", meaning="Enemies killed."),
    Metric(key="kd", label="K/D", meaning="Kills per death.", places=2),
    Metric(key="accuracy", label="Accuracy", meaning="Percent of bullets that hit.", places=1),
    Metric(key="headshots", label="Headshots", meaning="Hits to the head."),
    Metric(key="revives", label="Revives", meaning="Team mates revived."),
    Metric(key="xp", label="XP", meaning="Experience points."),
    Metric(key="rounds", label="Rounds", meaning="Rounds played."),
)


def metric_info(key: LeaderboardMetric) -> Metric:
    """What is known of a metric."""
    return next(metric for metric in METRICS if metric.key == key)


def board_rows(board: Leaderboard) -> tuple[tuple[LeaderboardRow, float], ...]:
    """Each place with its value in percent of the best one shown."""
    best = max((row.value for row in board.rows), default=0)
    return tuple((row, round(100 * row.value / best, 1) if best > 0 else 0) for row in board.rows)
