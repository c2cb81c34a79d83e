"""The part of a server's stored arrangement that a new round can touch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from slomix.identity.arrange import Arrangement, places_of
from slomix.nouns import MatchFacts, RoundFacts, SessionFacts

if TYPE_CHECKING:
    from slomix.storage.database import Connection

LAST_SESSION = """
select id, started_at, ended_at from slomix.session where server_id = $1 order by ended_at desc limit 1
"""
SESSIONS_NEAR = """
select id, started_at, ended_at from slomix.session where server_id = $1 and ended_at >= $2 and started_at <= $3
"""
# One row per round, with its match.
ROUNDS = """
select r.id, r.map, r.number, r.ended_at, r.ended_local, r.limit_s, r.target_s, r.aborted,
       array(select p.key from slomix.round_player p
             where p.round_id = r.id and p.continuity is not null order by p.key) as keys,
       array(select p.continuity from slomix.round_player p
             where p.round_id = r.id and p.continuity is not null order by p.key) as counters,
       m.id as match_id, m.session_id, m.ended_at as match_ended_at, m.r1_round_id, m.r2_round_id, m.status
from slomix.match m join slomix.round r on r.match_id = m.id
where m.session_id = any($1) and ($2 or m.status = 'open')
"""


async def last_session(tx: Connection, server_id: str) -> SessionFacts | None:
    """The session that a server played last, without its rounds."""
    row = await tx.fetchrow(LAST_SESSION, server_id)
    return _session(row) if row else None


async def open_end(tx: Connection, session: SessionFacts) -> Arrangement:
    """What is still open at the end of a session: its first halves that wait for a second one."""
    return _arrangement([session], await tx.fetch(ROUNDS, [session.session_id], False))


async def around(tx: Connection, server_id: str, moment: datetime, reach: timedelta) -> Arrangement:
    """All sessions of a server that come within `reach` of `moment`."""
    sessions = [_session(row) for row in await tx.fetch(SESSIONS_NEAR, server_id, moment - reach, moment + reach)]
    if not sessions:
        return Arrangement()
    return _arrangement(sessions, await tx.fetch(ROUNDS, [session.session_id for session in sessions], True))


def _session(row: Any) -> SessionFacts:
    return SessionFacts(session_id=row["id"], started_at=row["started_at"], ended_at=row["ended_at"], round_ids=())


def _arrangement(sessions: Sequence[SessionFacts], rows: Sequence[Any]) -> Arrangement:
    matches = {row["match_id"]: _match(row) for row in rows}
    return Arrangement(
        rounds={row["id"]: _facts(row) for row in rows},
        places={place.round_id: place for match in matches.values() for place in places_of(match)},
        matches=matches,
        sessions={session.session_id: session for session in sessions},
    )


def _facts(row: Any) -> RoundFacts:
    return RoundFacts(
        round_id=row["id"],
        map=row["map"],
        number=row["number"],
        ended_at=row["ended_at"],
        local=row["ended_local"],
        limit_s=row["limit_s"],
        target_s=row["target_s"],
        aborted=row["aborted"],
        continuity=dict(zip(row["keys"], row["counters"], strict=True)),
    )


def _match(row: Any) -> MatchFacts:
    return MatchFacts(
        match_id=row["match_id"],
        session_id=row["session_id"],
        map=row["map"],
        ended_at=row["match_ended_at"],
        r1_round_id=row["r1_round_id"],
        r2_round_id=row["r2_round_id"],
        status=row["status"],
    )
