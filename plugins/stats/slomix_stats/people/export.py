"""Everything that stats keeps about a person, as JSON values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from slomix.nouns import Person
    from slomix.storage.database import Connection

#: What is told under which name. $1 is the player's id, $2 the keys, $3 the names, $4 patterns of what means them.
QUERIES = {
    "rounds": """
        select to_jsonb(p) || jsonb_build_object('map', r.map, 'number', r.number, 'ended_at', r.ended_at) as row
        from stats.player_round p join slomix.round r on r.id = p.round_id
        where p.key = any($2::text[]) order by r.ended_at
    """,
    "totals": "select to_jsonb(t) as row from stats.player_total t where player_id = $1",
    "evenings": "select to_jsonb(t) as row from stats.player_session t where player_id = $1 order by ended_at",
    "maps": "select to_jsonb(t) as row from stats.player_map t where player_id = $1 order by map, side, role",
    "weapons": "select to_jsonb(t) as row from stats.player_weapon t where player_id = $1 order by slot",
    "teams": "select to_jsonb(t) as row from stats.segment_player t where player_id = $1 order by session_id, number",
    "findings": "select to_jsonb(t) as row from stats.finding t where player_id = $1 order by id",
    "bests": "select to_jsonb(t) as row from stats.best t where player_id = $1 order by over, metric, map",
    "achievements": "select to_jsonb(t) as row from stats.achievement t where player_id = $1 order by reached_at",
    "partners": "select to_jsonb(t) as row from stats.pair_session t where player_id = $1 order by session_id",
    "awards": """
        select to_jsonb(t) as row from stats.award t
        where key = any($2::text[]) or (key is null and player = any($3::text[])) order by artifact, place
    """,
    "versus": """
        select to_jsonb(t) as row from stats.versus t
        where subject_key = any($2::text[]) or opponent_key = any($2::text[]) order by artifact, place
    """,
    "reports": "select to_jsonb(t) as row from stats.report_player t where key = any($2::text[]) order by artifact",
    "votes": """
        select to_jsonb(t) as row from stats.mvp_vote t
        where t.player_id = $1 or '%' || t.voter || '%' = any($4::text[]) order by session_id, voter
    """,
    "challenges": "select to_jsonb(t) as row from stats.challenge t where t.set_by like any($4::text[]) order by week",
    "decisions": "select to_jsonb(t) as row from stats.decision t where t::text like any($4::text[]) order by id",
}
# So that every query can be given the same values.
_ALL = """
select row from ({}) as told
where $1::text is not null and $2::text[] is not null and $3::text[] is not null and $4::text[] is not null
"""


async def export(tx: Connection, person: Person) -> Mapping[str, Any]:
    """`slomix.contrib.People.export`."""
    words = [*person.keys, *([person.player_id] if person.player_id else [])]
    words += [str(person.discord_id)] if person.discord_id is not None else []
    values = person.player_id or "", list(person.keys), list(person.names), [f"%{word}%" for word in words]
    return {
        name: [row["row"] for row in await tx.fetch(_ALL.format(query), *values)] for name, query in QUERIES.items()
    }
