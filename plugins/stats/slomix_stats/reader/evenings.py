"""Reads of sessions: the list, one with its matches and players, and its rounds."""

# ruff: noqa: S608 - SQL is put together from this package's constants; every value is a parameter

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from slomix.context import Db
from slomix.identity.aliases import resolve_session
from slomix_stats.api import RoundDetail, SessionDetail, SessionPage
from slomix_stats.reader.lines import (
    MATCH_COLUMNS,
    PLAYER_COLUMNS,
    PLAYER_SUMS,
    ROUND_COLUMNS,
    SEGMENT_COLUMNS,
    SESSION_COLUMNS,
    Row,
    match_line,
    player_lines,
    round_line,
    segment_line,
    session_line,
)

_PAGE = f"""
select {SESSION_COLUMNS}
from slomix.session e join slomix.server v on v.id = e.server_id
where ($1::text is null or (e.ended_at, e.id) < (select b.ended_at, b.id from slomix.session b where b.id = $1))
    and ($3::timestamptz is null or e.ended_at >= $3) and ($4::timestamptz is null or e.ended_at < $4)
order by e.ended_at desc, e.id desc
limit $2
"""

_LATEST = "select id from slomix.session order by ended_at desc, id desc limit 1"

_SESSION = f"""
select {SESSION_COLUMNS}
from slomix.session e join slomix.server v on v.id = e.server_id
where e.id = $1
"""

_MATCHES = f"""
select {MATCH_COLUMNS}
from slomix.match m
join slomix.server v on v.id = m.server_id
left join stats.match_result x on x.match_id = m.id
where m.session_id = $1
order by m.ended_at, m.id
"""

_SEGMENTS = f"""
select {SEGMENT_COLUMNS}
from stats.segment g
where g.session_id = $1
order by g.number
"""

_ROUNDS = f"""
select {ROUND_COLUMNS}
from slomix.round r
join slomix.server v on v.id = r.server_id
left join stats.round s on s.round_id = r.id
where r.session_id = $1
order by r.ended_at, r.number, r.id
"""

_TOTALS = f"""
select {PLAYER_SUMS}
from slomix.round r
join stats.player_round p on p.round_id = r.id
where r.session_id = $1
group by p.player_id
"""

_ROUND_PLAYERS = f"""
select p.round_id, {PLAYER_COLUMNS}
from slomix.round r
join stats.player_round p on p.round_id = r.id
where r.session_id = $1
"""


async def page(
    db: Db, limit: int, before: str | None, since: datetime | None = None, until: datetime | None = None
) -> SessionPage:
    """Sessions that ended in a time, newest first; the cursor is the id of the last one of a page."""
    cursor = None if before is None else await resolve_session(db, before) or before
    rows = await db.fetch(_PAGE, cursor, limit + 1, since, until)
    found = tuple(session_line(row) for row in rows[:limit])
    return SessionPage(sessions=found, next=found[-1].session_id if len(rows) > limit and found else None)


async def latest(db: Db) -> SessionDetail | None:
    """The session that ended last."""
    session_id = await db.fetchval(_LATEST)
    return None if session_id is None else await _detail(db, session_id)


async def detail(db: Db, session_id: str) -> SessionDetail | None:
    """A session by its present or an earlier id."""
    found = await _detail(db, session_id)
    if found is None:
        current = await resolve_session(db, session_id)
        found = None if current is None else await _detail(db, current)
    return found


async def rounds(db: Db, session_id: str) -> tuple[RoundDetail, ...]:
    """All rounds of a session with their players."""
    lines = await db.fetch(_ROUNDS, session_id)
    if not lines:
        current = await resolve_session(db, session_id)
        if current is None or current == session_id:
            return ()
        return await rounds(db, current)
    players: defaultdict[str, list[Row]] = defaultdict(list)
    for row in await db.fetch(_ROUND_PLAYERS, session_id):
        players[row["round_id"]].append(row)
    return tuple(RoundDetail(round=round_line(row), players=player_lines(players[row["round_id"]])) for row in lines)


async def _detail(db: Db, session_id: str) -> SessionDetail | None:
    session = await db.fetchrow(_SESSION, session_id)
    if session is None:
        return None
    by_id = {row["round_id"]: round_line(row) for row in await db.fetch(_ROUNDS, session_id)}
    return SessionDetail(
        session=session_line(session),
        matches=tuple(match_line(row, by_id) for row in await db.fetch(_MATCHES, session_id)),
        players=player_lines(await db.fetch(_TOTALS, session_id)),
        segments=tuple(segment_line(row) for row in await db.fetch(_SEGMENTS, session_id)),
    )
