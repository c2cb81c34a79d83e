"""Writing a placement: only what differs from what is stored, one statement per table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from slomix.identity import ids
from slomix.identity.refresh import Placement
from slomix.identity.rounds import Resolved
from slomix.nouns import MatchFacts, RosterEntry, RoundFacts, RoundPlace, SessionFacts

if TYPE_CHECKING:
    from slomix.storage.database import Connection

# The round with its server, its match and its players: one statement, as each way to the server and back costs more
# than the work it asks for. Foreign keys are looked at when all of it is done.
STORE_ROUND = """
with home as (
    insert into slomix.server (id, name) values ($1, $2) on conflict do nothing
), matches as (
    insert into slomix.match as m (id, server_id, session_id, map, ended_at, status, r1_round_id, r2_round_id)
    select t.id, $1, t.session_id, t.map, t.ended_at, t.status, t.r1, t.r2
    from unnest($17::text[], $18::text[], $19::text[], $20::timestamptz[], $21::text[], $22::text[], $23::text[])
             as t (id, session_id, map, ended_at, status, r1, r2)
    on conflict (id) do update set
        session_id = excluded.session_id, ended_at = excluded.ended_at, status = excluded.status,
        r1_round_id = excluded.r1_round_id, r2_round_id = excluded.r2_round_id
), round as (
    insert into slomix.round as r (
        server_id, id, map, number, ended_local, ended_at, utc_offset_s,
        limit_s, target_s, defender, winner, aborted, exact, match_id, session_id
    ) values ($1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
    on conflict (id) do update set
        ended_at = excluded.ended_at, utc_offset_s = excluded.utc_offset_s,
        limit_s = excluded.limit_s, target_s = excluded.target_s,
        defender = excluded.defender, winner = excluded.winner,
        aborted = excluded.aborted, exact = excluded.exact,
        match_id = excluded.match_id, session_id = excluded.session_id
), left_out as (
    delete from slomix.round_player where round_id = $3 and not $24 and key <> all ($26)
)
insert into slomix.round_player as p (round_id, player_id, key, name_raw, side, continuity)
select $3, t.player_id, t.key, t.name_raw, t.side, t.continuity
from unnest($25::text[], $26::text[], $27::text[], $28::text[], $29::integer[])
         as t (player_id, key, name_raw, side, continuity)
on conflict (round_id, key) do update set
    player_id = excluded.player_id, name_raw = excluded.name_raw, side = excluded.side,
    continuity = excluded.continuity
"""
MOVE_ROUNDS = """
update slomix.round r
set ended_at = t.ended_at, utc_offset_s = t.utc_offset_s, match_id = t.match_id, session_id = t.session_id
from unnest($1::text[], $2::timestamptz[], $3::integer[], $4::text[], $5::text[])
         as t (id, ended_at, utc_offset_s, match_id, session_id)
where r.id = t.id
"""
DROP_MATCHES = "delete from slomix.match where id = any($1)"
STORE_SESSIONS = """
insert into slomix.session as s (id, server_id, started_at, ended_at, rounds, matches, players)
select t.id, $1, t.started_at, t.ended_at,
       (select count(*) from slomix.round r where r.session_id = t.id),
       (select count(*) from slomix.match m where m.session_id = t.id and m.status = 'complete'),
       (select count(distinct p.player_id)
        from slomix.round r join slomix.round_player p on p.round_id = r.id where r.session_id = t.id)
from unnest($2::text[], $3::timestamptz[], $4::timestamptz[]) as t (id, started_at, ended_at)
on conflict (id) do update set
    started_at = excluded.started_at, ended_at = excluded.ended_at,
    rounds = excluded.rounds, matches = excluded.matches, players = excluded.players
"""
DROP_SESSIONS = "delete from slomix.session where id = any($1)"


async def write(tx: Connection, server: str, found: Resolved, placement: Placement, players: dict[str, str]) -> None:
    """Write the imported round, its players (`players` maps a roster key to an id) and all that changed by it.

    `server` is the server's name. Sessions come last, since they count what the other tables hold.
    """
    changes, places = placement.changes, placement.after.places
    server_id = ids.server_id(server)
    await tx.execute(
        STORE_ROUND,
        server_id,
        server,
        *_round(found, placement.facts, places[placement.facts.round_id]),
        *_matches(changes.matches),
        *_roster(found, players),
    )
    moved = [each for each in changes.moved if each.round_id != placement.facts.round_id]
    if moved:
        await _move_rounds(tx, moved, [places[each.round_id] for each in moved])
    if changes.gone_matches:
        await tx.execute(DROP_MATCHES, list(changes.gone_matches))
    await _store_sessions(tx, server_id, changes.sessions)
    if changes.gone_sessions:
        await tx.execute(DROP_SESSIONS, list(changes.gone_sessions))


def _round(found: Resolved, facts: RoundFacts, place: RoundPlace) -> tuple[Any, ...]:
    sighting = found.sighting
    return (
        facts.round_id,
        facts.map,
        facts.number,
        facts.local,
        facts.ended_at,
        _offset_s(facts.ended_at),
        facts.limit_s,
        facts.target_s,
        sighting.defender,
        sighting.winner,
        facts.aborted,
        sighting.exact,
        place.match_id,
        place.session_id,
    )


def _matches(matches: Sequence[MatchFacts]) -> tuple[list[Any], ...]:
    return (
        [match.match_id for match in matches],
        [match.session_id for match in matches],
        [match.map for match in matches],
        [match.ended_at for match in matches],
        [match.status for match in matches],
        [match.r1_round_id for match in matches],
        [match.r2_round_id for match in matches],
    )


def _roster(found: Resolved, players: dict[str, str]) -> tuple[Any, ...]:
    """Whether the stored players stay, and those to store."""
    seen = () if found.roster_stays else found.sighting.roster
    roster: dict[str, RosterEntry] = {each.key: each for each in seen}
    return (
        found.roster_stays,
        [players[key] for key in roster],
        list(roster),
        [each.name for each in roster.values()],
        [each.side for each in roster.values()],
        [each.continuity for each in roster.values()],
    )


async def _move_rounds(tx: Connection, rounds: Sequence[RoundFacts], places: Sequence[RoundPlace]) -> None:
    await tx.execute(
        MOVE_ROUNDS,
        [each.round_id for each in rounds],
        [each.ended_at for each in rounds],
        [_offset_s(each.ended_at) for each in rounds],
        [place.match_id for place in places],
        [place.session_id for place in places],
    )


async def _store_sessions(tx: Connection, server_id: str, sessions: Sequence[SessionFacts]) -> None:
    await tx.execute(
        STORE_SESSIONS,
        server_id,
        [session.session_id for session in sessions],
        [session.started_at for session in sessions],
        [session.ended_at for session in sessions],
    )


def _offset_s(moment: datetime) -> int:
    offset = moment.utcoffset()
    assert offset is not None
    return round(offset.total_seconds())
