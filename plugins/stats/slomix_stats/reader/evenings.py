"""Reads of sessions: the list, one with its matches and players, and its rounds."""

# ruff: noqa: S608 - SQL is put together from this package's constants; every value is a parameter

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, time

from slomix.context import Db
from slomix.identity.aliases import resolve_session
from slomix_stats.api import DayLine, RoundDetail, SessionDetail, SessionPage, SessionsAround
from slomix_stats.reader.lines import (
    COUNTED,
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

#: So many people whose names hold a text are looked for.
MOST_CALLED = 200

_PAGE = f"""
select {SESSION_COLUMNS}
from slomix.session e join slomix.server v on v.id = e.server_id
where ($1::text is null or (e.ended_at, e.id) < (select b.ended_at, b.id from slomix.session b where b.id = $1))
    and ($3::timestamptz is null or e.ended_at >= $3) and ($4::timestamptz is null or e.ended_at < $4)
    and ($5::text is null
        or exists (select from slomix.match m where m.session_id = e.id and strpos(lower(m.map), $5) > 0)
        or exists (select from stats.segment g
                   where g.session_id = e.id and strpos(lower(g.name_a || ' ' || g.name_b), $5) > 0)
        or exists (select from stats.player_session t where t.session_id = e.id and t.player_id = any($6::text[])))
order by e.ended_at desc, e.id desc
limit $2
"""

_CALLED = """
select n.player_id from slomix.player_name n where strpos(lower(n.name), $1) > 0
union
select d.id from slomix.player d where strpos(lower(d.display), $1) > 0
limit $2
"""

_DAYS = """
select (e.started_at at time zone 'UTC' + make_interval(secs => coalesce(o.utc_offset_s, 0)))::date as day,
    count(*) as sessions, sum(e.rounds)::bigint as rounds
from slomix.session e
left join lateral (
    select r.utc_offset_s from slomix.round r where r.session_id = e.id order by r.ended_at, r.id limit 1
) o on true
where e.ended_at >= $1
group by 1
order by 1
"""

# The time alone is a condition of the index; sessions of the same moment are told apart by their ids.
_MOMENT = "(select b.ended_at from slomix.session b where b.id = $1)"
_AROUND = f"""
select {SESSION_COLUMNS}, e.newer
from (
    (select a.*, false as newer from slomix.session a
     where a.ended_at <= {_MOMENT} and (a.ended_at, a.id) < ({_MOMENT}, $1) order by a.ended_at desc, a.id desc limit 1)
    union all
    (select a.*, true from slomix.session a
     where a.ended_at >= {_MOMENT} and (a.ended_at, a.id) > ({_MOMENT}, $1) order by a.ended_at, a.id limit 1)
) e join slomix.server v on v.id = e.server_id
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
join stats.round s on s.round_id = r.id and {COUNTED}
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
    db: Db,
    limit: int,
    before: str | None,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    text: str | None = None,
) -> SessionPage:
    """Sessions that ended in a time, newest first; the cursor is the id of the last one of a page."""
    cursor = None if before is None else await resolve_session(db, before) or before
    wanted = text.strip().lower() if text else ""
    people = [row["player_id"] for row in await db.fetch(_CALLED, wanted, MOST_CALLED)] if wanted else []
    rows = await db.fetch(_PAGE, cursor, limit + 1, since, until, wanted or None, people)
    found = tuple(session_line(row) for row in rows[:limit])
    return SessionPage(sessions=found, next=found[-1].session_id if len(rows) > limit and found else None)


async def days(db: Db, since: date) -> tuple[DayLine, ...]:
    """Days with sessions; one that goes on after midnight belongs to the day on which it began."""
    start = datetime.combine(since, time(), UTC)
    return tuple(
        DayLine(day=row["day"], sessions=row["sessions"], rounds=row["rounds"]) for row in await db.fetch(_DAYS, start)
    )


async def around(db: Db, session_id: str) -> SessionsAround:
    """The one before and the one after."""
    found = {row["newer"]: session_line(row) for row in await db.fetch(_AROUND, session_id)}
    return SessionsAround(older=found.get(False), newer=found.get(True))


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
