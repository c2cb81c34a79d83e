"""The part of a server's stored arrangement that a new round can touch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from slomix.identity.arrange import Arrangement, places_of
from slomix.identity.rounds import TOLERANCE, Candidate
from slomix.nouns import MatchFacts, RoundFacts, RoundSighting, SessionFacts

if TYPE_CHECKING:
    from slomix.storage.database import Connection

SESSIONS_NEAR = """
select id, started_at, ended_at from slomix.session where server_id = $1 and ended_at >= $2 and started_at <= $3
"""
# One row per round, with its match: the fields of `_Stored`. No arrays: within a row, asyncpg reads only types that
# it met on this connection before.
_ROUND = """
       r.id, r.map, r.number, r.ended_at, r.ended_local, r.limit_s, r.target_s, r.aborted,
       (select jsonb_object_agg(p.key, p.continuity) from slomix.round_player p
        where p.round_id = r.id and p.continuity is not null),
       m.id, m.session_id, m.ended_at, m.r1_round_id, m.r2_round_id, m.status
"""
ROUNDS = f"""
select {_ROUND}
from slomix.match m join slomix.round r on r.match_id = m.id
where m.session_id = any($1)
"""  # noqa: S608 - a list of columns, nothing from outside
# All that the usual import has to know, in one way to the server and back.
LOOK = f"""
with last as materialized (
    select id, started_at, ended_at from slomix.session where server_id = $1 order by ended_at desc limit 1
)
select
    array(
        select row(
            r.id, r.ended_local, r.exact, r.limit_s, r.target_s, r.defender, r.winner, r.aborted,
            exists (select from slomix.artifact a where a.round_id = r.id and a.parser = $6),
            exists (select from slomix.artifact a where a.round_id = r.id and a.parser = $6 and a.name = $7)
        )
        from slomix.round r
        where r.server_id = $1 and r.map = $2 and r.number = $3 and r.ended_local between $4 and $5
        order by r.ended_local
    ) as candidates,
    array(select row(id, started_at, ended_at) from last) as last,
    array(
        select row({_ROUND})
        from last
        join slomix.match m on m.session_id = last.id and m.status = 'open'
        join slomix.round r on r.match_id = m.id
    ) as waiting,
    exists (
        select from slomix.forgotten where forgotten_at > ($4::timestamp - interval '1 day') at time zone 'UTC'
    ) as somebody_forgotten
"""  # noqa: S608 - a list of columns, nothing from outside


class _Stored(NamedTuple):
    """A stored round with its match."""

    round_id: str
    map: str
    number: int
    ended_at: datetime
    ended_local: datetime
    limit_s: int | None
    target_s: int | None
    aborted: bool
    counters: dict[str, int] | None
    match_id: str
    session_id: str
    match_ended_at: datetime
    r1_round_id: str | None
    r2_round_id: str | None
    status: Any


@dataclass(frozen=True, slots=True)
class Look:
    """What is stored where a sighting may belong: rounds that it may be of, and the end of the server's last session
    (its first halves that wait for a second one). `somebody_forgotten`: a person was forgotten after it was played."""

    candidates: list[Candidate]
    last: SessionFacts | None
    open_end: Arrangement
    somebody_forgotten: bool


async def look(tx: Connection, server_id: str, sighting: RoundSighting, *, parser: str, name: str) -> Look:
    """Look where a sighting belongs; `parser` read the artifact, `name` is its file name."""
    row = await tx.fetchrow(
        LOOK,
        server_id,
        sighting.map,
        sighting.number,
        sighting.ended_local - TOLERANCE,
        sighting.ended_local + TOLERANCE,
        parser,
        name,
    )
    assert row is not None
    sessions = [_session(each) for each in row["last"]]
    return Look(
        candidates=[Candidate(*each) for each in row["candidates"]],
        last=sessions[0] if sessions else None,
        open_end=_arrangement(sessions, row["waiting"]),
        somebody_forgotten=row["somebody_forgotten"],
    )


async def around(tx: Connection, server_id: str, moment: datetime, reach: timedelta) -> Arrangement:
    """All sessions of a server that come within `reach` of `moment`."""
    sessions = [_session(row) for row in await tx.fetch(SESSIONS_NEAR, server_id, moment - reach, moment + reach)]
    if not sessions:
        return Arrangement()
    return _arrangement(sessions, await tx.fetch(ROUNDS, [session.session_id for session in sessions]))


def _session(row: Any) -> SessionFacts:
    session_id, started_at, ended_at = row
    return SessionFacts(session_id=session_id, started_at=started_at, ended_at=ended_at, round_ids=())


def _arrangement(sessions: Sequence[SessionFacts], rows: Sequence[Any]) -> Arrangement:
    found = [_Stored(*row) for row in rows]
    matches = {each.match_id: _match(each) for each in found}
    return Arrangement(
        rounds={each.round_id: _facts(each) for each in found},
        places={place.round_id: place for match in matches.values() for place in places_of(match)},
        matches=matches,
        sessions={session.session_id: session for session in sessions},
    )


def _facts(row: _Stored) -> RoundFacts:
    return RoundFacts(
        round_id=row.round_id,
        map=row.map,
        number=row.number,
        ended_at=row.ended_at,
        local=row.ended_local,
        limit_s=row.limit_s,
        target_s=row.target_s,
        aborted=row.aborted,
        continuity=row.counters or {},
    )


def _match(row: _Stored) -> MatchFacts:
    return MatchFacts(
        match_id=row.match_id,
        session_id=row.session_id,
        map=row.map,
        ended_at=row.match_ended_at,
        r1_round_id=row.r1_round_id,
        r2_round_id=row.r2_round_id,
        status=row.status,
    )
