"""Reads of leaderboards over all time: the ranking of `slomix_stats.insight.boards`, by the metrics of its registry."""

from __future__ import annotations

from slomix.context import Reads
from slomix_stats.api import Leaderboard, LeaderboardMetric, LeaderboardRow, ScopeUsed
from slomix_stats.insight.boards import board_rows
from slomix_stats.metrics.catalogue import find_metric


async def leaderboard(db: Reads, metric: LeaderboardMetric, min_rounds: int, limit: int, offset: int) -> Leaderboard:
    """The places `offset + 1` to `offset + limit`; players with equal values share a place."""
    scope = ScopeUsed(period="all", since=None, until=None, map=None, side=None, format=None, min_rounds=min_rounds)
    rows = await board_rows(db, find_metric(metric), scope)
    return Leaderboard(
        metric=metric,
        min_rounds=min_rounds,
        rows=tuple(
            LeaderboardRow(
                rank=row.rank,
                player_id=row.who.player_id,
                guid=row.who.guid,
                name=row.who.name,
                name_raw=row.who.name_raw,
                value=row.value,
                rounds=row.rounds,
            )
            for row in rows[offset : offset + limit]
        ),
    )
