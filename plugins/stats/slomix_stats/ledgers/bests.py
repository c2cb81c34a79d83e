"""Bests of players per map (`stats.best`)."""

# ruff: noqa: S608 - SQL is put together from this package's constants; every value is a parameter

from __future__ import annotations

from typing import TYPE_CHECKING

from slomix_stats.metrics.bests import MATCH, ROUND, Best

if TYPE_CHECKING:
    from slomix.storage.database import Connection


def _values(bests: tuple[Best, ...]) -> str:
    return ", ".join(f"('{best.metric}', ({best.sql})::float8)" for best in bests)


# The sums of a match have the names of its rounds' columns, so that one list of values serves both.
_FOUND = f"""
with played as (
    select p.*, r.map, r.match_id, r.session_id, r.ended_at
    from slomix.round r
    join stats.round s on s.round_id = r.id and s.valid
    join stats.player_round p on p.round_id = r.id
    where {{rounds}}
), found as (
    select 'round' as over, v.metric, p.map, p.player_id, v.value, p.round_id, p.match_id, p.session_id, p.ended_at
    from played p
    cross join lateral (values {_values(ROUND)}) as v (metric, value)
    union all
    select 'match', v.metric, p.map, p.player_id, v.value, null, p.match_id, p.session_id, p.ended_at
    from (
        select p.map, p.player_id, p.match_id, p.session_id, max(p.ended_at) as ended_at,
            {", ".join(f"({best.sql})::float8 as {best.metric}" for best in MATCH)}
        from played p
        join slomix.match m on m.id = p.match_id and m.status = 'complete'
        group by p.map, p.player_id, p.match_id, p.session_id
        having count(distinct p.round_id) = 2
    ) p
    cross join lateral (values {", ".join(f"('{best.metric}', p.{best.metric})" for best in MATCH)})
        as v (metric, value)
)
insert into stats.best as b (over, metric, map, player_id, value, round_id, match_id, session_id, ended_at)
select distinct on (f.player_id, f.over, f.metric, f.map)
    f.over, f.metric, f.map, f.player_id, round(f.value::numeric, 4)::float8, f.round_id, f.match_id, f.session_id,
    f.ended_at
from found f
{{only}}
where f.value > 0
order by f.player_id, f.over, f.metric, f.map, f.value desc, f.ended_at, f.match_id
on conflict (player_id, over, metric, map) do update set
    value = excluded.value, round_id = excluded.round_id, match_id = excluded.match_id,
    session_id = excluded.session_id, ended_at = excluded.ended_at
where excluded.value > b.value or (excluded.value = b.value and excluded.ended_at < b.ended_at)
"""

# Bests of rounds that changed, or that count no more under the id that they had. $2: rounds, $3: their matches.
_FORGET = """
delete from stats.best b
where b.session_id = any($1::text[]) and (
    b.round_id = any($2::text[]) or b.match_id = any($3::text[])
    or case when b.over = 'round'
        then not exists (select from stats.round s where s.round_id = b.round_id and s.valid)
        else not exists (select from slomix.match m where m.id = b.match_id and m.status = 'complete') end
)
returning player_id, over, metric, map, value
"""

_MATCHES = "select distinct match_id from slomix.round where id = any($1::text[])"

_FROM_MATCHES = _FOUND.format(rounds="r.match_id = any($1::text[])", only="")

# Bests that the sessions held and do not reach any more: another session may have the best now.
_LOST = """
select w.player_id, w.over, w.metric, w.map
from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::float8[]) as w (player_id, over, metric, map, value)
left join stats.best b using (player_id, over, metric, map)
where b.value is null or b.value < w.value
"""

_FROM_ALL = _FOUND.format(
    rounds="p.player_id = any($1::text[]) and r.map = any($4::text[])",
    only="""join (select * from unnest($1::text[], $2::text[], $3::text[], $4::text[]))
        as w (player_id, over, metric, map) using (player_id, over, metric, map)""",
)


async def keep_bests(tx: Connection, session_ids: list[str], round_ids: list[str]) -> None:
    """Take the bests away that these rounds of these sessions held, and enter those that they hold now."""
    matches = [row["match_id"] for row in await tx.fetch(_MATCHES, round_ids)]
    held = await tx.fetch(_FORGET, session_ids, round_ids, matches)
    await tx.execute(_FROM_MATCHES, matches)
    if not held:
        return
    lost = await tx.fetch(_LOST, *_columns(held, ("player_id", "over", "metric", "map", "value")))
    if lost:
        await tx.execute(_FROM_ALL, *_columns(lost, ("player_id", "over", "metric", "map")))


def _columns(rows: list[object], names: tuple[str, ...]) -> list[list[object]]:
    return [[row[name] for row in rows] for name in names]  # type: ignore[index]
