"""Reads of leaderboards."""

# ruff: noqa: S608 - SQL is put together from this package's constants; every value is a parameter

from __future__ import annotations

from slomix.context import Reads
from slomix_stats.api import Leaderboard, LeaderboardMetric, LeaderboardRow
from slomix_stats.reader.lines import COUNTED

#: The metrics of `slomix_stats.metrics` over sums; a test holds them equal. NULL takes no place.
_VALUES: dict[LeaderboardMetric, str] = {
    "kills": "sum(p.kills)",
    "kd": "sum(p.kills)::float8 / greatest(sum(p.deaths), 1)",
    "dpm": "coalesce(sum(p.damage_given) * 60.0 / nullif(sum(p.time_played_s), 0), 0)",
    "accuracy": "least(100, 100.0 * sum(p.bullet_hits) / nullif(sum(p.bullet_shots), 0))",
    "headshots": "sum(p.headshot_hits)",
    "revives": "sum(p.revives_given)",
    "xp": "sum(p.xp)",
    "rounds": "count(*)",
}

_BOARD = f"""
with sums as (
    select p.player_id, count(*) as rounds, ({{value}})::float8 as value
    from stats.player_round p
    join slomix.round r on r.id = p.round_id
    join slomix.match m on m.id = r.match_id
    where {COUNTED}
    group by p.player_id
    having count(*) >= $1
)
select rank() over (order by s.value desc) as rank, s.player_id, s.value, s.rounds, pl.name, pl.name_raw,
    (select g.guid from slomix.player_guid g where g.player_id = pl.id order by g.key limit 1) as guid
from sums s
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
