"""Who played with and against whom (`stats.pair_session`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from slomix.storage.database import Connection

_FORGET = "delete from stats.pair_session where session_id = any($1::text[])"

# Who attacked in round 1 is on the defenders' side in round 2. A match is won once, however many of its rounds two
# players spent together, so it is counted at the first round that both were in.
_KEEP = """
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
)
insert into stats.pair_session (
    session_id, player_id, other_id, together, ended_at, rounds, matches, won, lost, drawn, time_played_s,
    damage_given, kills, deaths
)
select session_id, player_id, other_id, together, max(ended_at), count(*), count(*) filter (where once),
    count(*) filter (where once and result in ('first', 'second') and (result = 'first') = attacked_first),
    count(*) filter (where once and result in ('first', 'second') and (result = 'first') <> attacked_first),
    count(*) filter (where once and result = 'draw'),
    sum(time_played_s), sum(damage_given), sum(kills), sum(deaths)
from pairs
group by session_id, player_id, other_id, together
"""


async def keep_pairs(tx: Connection, session_ids: list[str]) -> None:
    """Write the pairs of these sessions anew."""
    await tx.execute(_FORGET, session_ids)
    await tx.execute(_KEEP, session_ids)
