"""Reads of leaderboards."""

from __future__ import annotations

from slomix.context import Reads
from slomix_stats.api import Leaderboard, LeaderboardMetric, LeaderboardRow

#: The metrics of `slomix_stats.metrics` over sums; a test holds them equal. NULL takes no place.
_VALUES: dict[LeaderboardMetric, str] = {
    "kills": "t.kills",
    "kd": "t.kills::float8 / greatest(t.deaths, 1)",
    "dpm": "coalesce(t.damage_given * 60.0 / nullif(t.time_played_s, 0), 0)",
    "accuracy": "least(100, 100.0 * t.bullet_hits / nullif(t.bullet_shots, 0))",
    "headshots": "t.headshot_hits",
    "revives": "t.revives_given",
    "xp": "t.xp",
    "rounds": "t.rounds",
}

_BOARD = """
with lives as (
    select t.player_id, t.rounds, ({value})::float8 as value
    from stats.player_total t
    where t.rounds >= $1
)
select rank() over (order by s.value desc) as rank, s.player_id, s.value, s.rounds,
    pl.display as name, pl.display_raw as name_raw,
    (select g.guid from slomix.player_guid g where g.player_id = pl.id order by g.key limit 1) as guid
from lives s
join slomix.player pl on pl.id = s.player_id
where s.value is not null and not pl.is_bot
order by s.value desc, s.rounds desc, s.player_id
limit $2 offset $3
"""

_QUERIES: dict[LeaderboardMetric, str] = {metric: _BOARD.format(value=value) for metric, value in _VALUES.items()}


async def leaderboard(db: Reads, metric: LeaderboardMetric, min_rounds: int, limit: int, offset: int) -> Leaderboard:
    """The places `offset + 1` to `offset + limit`; players with equal values share a place."""
    rows = await db.fetch(_QUERIES[metric], min_rounds, limit, offset)
    return Leaderboard(
        metric=metric,
        min_rounds=min_rounds,
        rows=tuple(
            LeaderboardRow(
                rank=row["rank"],
                player_id=row["player_id"],
                guid=row["guid"] or "",
                name=row["name"],
                name_raw=row["name_raw"],
                value=round(row["value"], 4),
                rounds=row["rounds"],
            )
            for row in rows
        ),
    )
