"""Who played with and against whom (`stats.pair_session`), and that over all time (`stats.pair_total`)."""

# ruff: noqa: S608 - SQL is put together from this package's constants; every value is a parameter

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from slomix.storage.database import Connection

_NUMBERS = (
    "rounds", "matches", "won", "lost", "drawn", "time_played_s", "damage_given", "kills", "deaths"
)  # fmt: skip
_FORGET = f"""
with gone as (
    delete from stats.pair_session where session_id = any($1::text[]) returning *
), less as (
    select player_id, other_id, together, {", ".join(f"sum({name}) as {name}" for name in _NUMBERS)}
    from gone group by player_id, other_id, together
)
update stats.pair_total t set {", ".join(f"{name} = t.{name} - l.{name}" for name in _NUMBERS)}
from less l
where t.player_id = l.player_id and t.other_id = l.other_id and t.together = l.together
returning t.player_id
"""
# Pairs that never were go: nobody mentions a player who has no rounds.
_SWEEP = "delete from stats.pair_total where player_id = any($1::text[]) and rounds = 0"

# Who attacked in round 1 is on the defenders' side in round 2. A match is won once, however many of its rounds two
# players spent together, so it is counted at the first round that both were in.
_KEEP = f"""
with played as (
    select p.round_id, p.player_id, p.side, p.time_played_s, p.damage_given, p.kills, p.deaths, r.session_id,
        r.match_id, r.number, e.ended_at, (p.side = s.defender) = (r.number = 2) as attacked_first, x.result
    from slomix.round r
    join slomix.session e on e.id = r.session_id
    join stats.round s on s.round_id = r.id and s.valid
    join stats.player_round p on p.round_id = r.id and p.side in ('axis', 'allies')
    left join stats.match_result x on x.match_id = r.match_id
    where r.session_id = any($1::text[])
), pairs as (
    select a.*, o.player_id as other_id, a.side = o.side as together,
        row_number() over (
            partition by a.match_id, a.player_id, o.player_id, a.side = o.side order by a.number
        ) = 1 as once
    from played a
    join played o on o.round_id = a.round_id and o.player_id <> a.player_id
), kept as (
    insert into stats.pair_session (session_id, player_id, other_id, together, ended_at, {", ".join(_NUMBERS)})
    select session_id, player_id, other_id, together, max(ended_at), count(*), count(*) filter (where once),
        count(*) filter (where once and result in ('first', 'second') and (result = 'first') = attacked_first),
        count(*) filter (where once and result in ('first', 'second') and (result = 'first') <> attacked_first),
        count(*) filter (where once and result = 'draw'),
        sum(time_played_s), sum(damage_given), sum(kills), sum(deaths)
    from pairs
    group by session_id, player_id, other_id, together
    returning *
)
insert into stats.pair_total as t (player_id, other_id, together, {", ".join(_NUMBERS)})
select player_id, other_id, together, {", ".join(f"sum({name})" for name in _NUMBERS)}
from kept
group by player_id, other_id, together
on conflict (player_id, other_id, together) do update set
    {", ".join(f"{name} = t.{name} + excluded.{name}" for name in _NUMBERS)}
"""


async def keep_pairs(tx: Connection, session_ids: list[str]) -> None:
    """Write the pairs of these sessions anew."""
    were = await tx.fetch(_FORGET, session_ids)
    await tx.execute(_KEEP, session_ids)
    if were:
        await tx.execute(_SWEEP, sorted({row["player_id"] for row in were}))
