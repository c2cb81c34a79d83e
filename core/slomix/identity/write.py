"""Writing a placement: only what differs from what is stored, one statement per table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from slomix.identity import ids
from slomix.identity.players import SEEN, Roster, roster_of, seen
from slomix.identity.refresh import Placement
from slomix.identity.rounds import Resolved
from slomix.nouns import MatchFacts, RoundFacts, RoundPlace, SessionFacts

if TYPE_CHECKING:
    from slomix.storage.database import Connection

# The usual import is one statement, as each way to the server and back costs more than the work it asks for: players,
# server, matches, the round, who played it, and its session. Foreign keys are looked at when all of it is done. All
# parts see the tables as they were before, so what is counted of the session is what was there and what is new.
STORE = f"""{SEEN}
, home as (
    insert into slomix.server (id, name) values ($10, $11) on conflict do nothing
), matches as (
    insert into slomix.match as m (id, server_id, session_id, map, ended_at, status, r1_round_id, r2_round_id)
    select t.id, $10, t.session_id, t.map, t.ended_at, t.status, t.r1, t.r2
    from unnest($26::text[], $27::text[], $28::text[], $29::timestamptz[], $30::text[], $31::text[], $32::text[])
             as t (id, session_id, map, ended_at, status, r1, r2)
    on conflict (id) do update set
        session_id = excluded.session_id, ended_at = excluded.ended_at, status = excluded.status,
        r1_round_id = excluded.r1_round_id, r2_round_id = excluded.r2_round_id
), round as (
    insert into slomix.round as r (
        server_id, id, map, number, ended_local, ended_at, utc_offset_s,
        limit_s, target_s, defender, winner, aborted, exact, match_id, session_id
    ) values ($10, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)
    on conflict (id) do update set
        ended_at = excluded.ended_at, utc_offset_s = excluded.utc_offset_s,
        limit_s = excluded.limit_s, target_s = excluded.target_s,
        defender = excluded.defender, winner = excluded.winner,
        aborted = excluded.aborted, exact = excluded.exact,
        match_id = excluded.match_id, session_id = excluded.session_id
), left_out as (
    delete from slomix.round_player
    where round_id = $12 and not $33 and key <> all (select key from roster)
), seats as (
    insert into slomix.round_player as p (round_id, player_id, key, name_raw, side, continuity)
    select $12, player_id, key, raw, side, continuity from roster where not $33
    on conflict (round_id, key) do update set
        player_id = excluded.player_id, name_raw = excluded.name_raw, side = excluded.side,
        continuity = excluded.continuity
), evenings as (
    insert into slomix.session as s (id, server_id, started_at, ended_at, rounds, matches, players)
    select
        t.id, $10, t.started_at, t.ended_at,
        (select count(*) from slomix.round o where o.session_id = t.id and o.id <> $12) + (t.id = $25)::integer,
        (
            select count(*) from slomix.match o
            where o.session_id = t.id and o.status = 'complete' and o.id <> all ($26)
        ) + (select count(*) from unnest($27::text[], $30::text[]) as c (id, status)
             where c.id = t.id and c.status = 'complete'),
        (
            select count(*) from (
                select o.player_id from slomix.round r join slomix.round_player o on o.round_id = r.id
                where r.session_id = t.id and (r.id <> $12 or $33)
                union
                select player_id from roster where t.id = $25 and not $33
            ) as played
        )
    from unnest($34::text[], $35::timestamptz[], $36::timestamptz[]) as t (id, started_at, ended_at)
    on conflict (id) do update set
        started_at = excluded.started_at, ended_at = excluded.ended_at,
        rounds = excluded.rounds, matches = excluded.matches, players = excluded.players
)
select r.key, r.player_id, r.name, p.is_new from roster r join people p on p.id = r.player_id
"""  # noqa: S608 - one constant after another, nothing from outside
MOVE_ROUNDS = """
update slomix.round r
set ended_at = t.ended_at, utc_offset_s = t.utc_offset_s, match_id = t.match_id, session_id = t.session_id
from unnest($1::text[], $2::timestamptz[], $3::integer[], $4::text[], $5::text[])
         as t (id, ended_at, utc_offset_s, match_id, session_id)
where r.id = t.id
"""
DROP_MATCHES = "delete from slomix.match where id = any($1)"
# Where other rounds moved as well, sessions are counted when they stand where they belong.
COUNT_SESSIONS = """
update slomix.session s
set rounds = (select count(*) from slomix.round r where r.session_id = s.id),
    matches = (select count(*) from slomix.match m where m.session_id = s.id and m.status = 'complete'),
    players = (
        select count(distinct p.player_id)
        from slomix.round r join slomix.round_player p on p.round_id = r.id
        where r.session_id = s.id
    )
where s.id = any($1)
"""
DROP_SESSIONS = "delete from slomix.session where id = any($1)"


async def write(tx: Connection, server: str, found: Resolved, placement: Placement) -> Roster:
    """Write the imported round, its players and all that changed by it; answers who the players are.

    `server` is the server's name.
    """
    changes, places = placement.changes, placement.after.places
    facts = placement.facts
    rows = await tx.fetch(
        STORE,
        *seen(found.sighting.roster, facts.ended_at),
        ids.server_id(server),
        server,
        *_round(found, facts, places[facts.round_id]),
        *_matches(changes.matches),
        found.roster_stays,
        *_sessions(changes.sessions),
    )
    moved = [each for each in changes.moved if each.round_id != facts.round_id]
    if moved:
        await _move_rounds(tx, moved, [places[each.round_id] for each in moved])
    if changes.gone_matches:
        await tx.execute(DROP_MATCHES, list(changes.gone_matches))
    if moved or changes.gone_matches:
        await tx.execute(COUNT_SESSIONS, [session.session_id for session in changes.sessions])
    if changes.gone_sessions:
        await tx.execute(DROP_SESSIONS, list(changes.gone_sessions))
    return roster_of(rows)


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


def _sessions(sessions: Sequence[SessionFacts]) -> tuple[list[Any], ...]:
    return (
        [session.session_id for session in sessions],
        [session.started_at for session in sessions],
        [session.ended_at for session in sessions],
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


def _offset_s(moment: datetime) -> int:
    offset = moment.utcoffset()
    assert offset is not None
    return round(offset.total_seconds())
