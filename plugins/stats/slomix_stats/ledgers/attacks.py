"""How long attacks took on each map (`stats.attack`), and how many rounds each map has (`stats.map_total`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from slomix.storage.database import Connection

_KEEP = """
with was as (
    select a.map from stats.attack a
    join stats.round s on s.round_id = a.round_id and s.valid
    where a.round_id = any($2::text[])
), gone as (
    delete from stats.attack a
    where a.session_id = any($1::text[])
        and not exists (select from stats.round s where s.round_id = a.round_id and s.valid)
    returning a.map
), kept as (
    insert into stats.attack as a (
        round_id, match_id, session_id, map, number, ended_at, seconds, outcome, ended_early
    )
    select r.id, r.match_id, r.session_id, r.map, r.number, r.ended_at, s.seconds, s.outcome, s.ended_early
    from stats.round s
    join slomix.round r on r.id = s.round_id
    where s.round_id = any($2::text[]) and s.valid
    on conflict (round_id) do update set
        match_id = excluded.match_id, session_id = excluded.session_id, map = excluded.map, number = excluded.number,
        ended_at = excluded.ended_at, seconds = excluded.seconds, outcome = excluded.outcome,
        ended_early = excluded.ended_early
    returning a.map
)
insert into stats.map_total as t (map, rounds)
select map, sum(change)
from (
    select map, 1 as change from kept
    union all select map, -1 from was
    union all select map, -1 from gone
) changes
group by map
having sum(change) <> 0
on conflict (map) do update set rounds = t.rounds + excluded.rounds
"""


async def keep_attacks(tx: Connection, session_ids: list[str], round_ids: list[str]) -> None:
    """Enter the rounds that count now, take those away that do not."""
    await tx.execute(_KEEP, session_ids, round_ids)
