"""What the scope of a page can be chosen from, in one small read: every page with a scope asks for it."""

from __future__ import annotations

from datetime import datetime

from slomix.context import Reads
from slomix_stats.api.boards import ScopeChoices, SeasonName
from slomix_stats.metrics.periods import season_id, season_name

# The quarters in which somebody played, as `season_id` names them; each is one look into an index.
_CHOICES = """
select
    array(
        select to_char(q.first, 'YYYY-"Q"Q')
        from (select min(ended_at) as first, max(ended_at) as last from stats.player_session) s
        cross join lateral generate_series(
            date_trunc('quarter', s.first at time zone 'UTC'), s.last at time zone 'UTC', interval '3 months'
        ) q (first)
        where exists (
            select from stats.player_session t
            where t.ended_at >= q.first at time zone 'UTC'
                and t.ended_at < (q.first + interval '3 months') at time zone 'UTC'
        )
    ) as seasons,
    array(select map from stats.map_total where rounds > 0 order by rounds desc, map) as maps
"""


async def choices(db: Reads, now: datetime) -> ScopeChoices:
    """Seasons and maps."""
    row = await db.fetchrow(_CHOICES)
    assert row is not None
    seasons = sorted({*row["seasons"], season_id(now)}, reverse=True)
    return ScopeChoices(
        seasons=tuple(SeasonName(season_id=each, name=season_name(each)) for each in seasons),
        maps=tuple(row["maps"]),
    )
