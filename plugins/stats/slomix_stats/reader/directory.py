"""Reads of many players, and of one player's sessions and rounds page by page."""

# ruff: noqa: S608 - SQL is put together from this package's constants; every value is a parameter

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any

from slomix.context import Db
from slomix.names import clean_name
from slomix_stats.api.portraits import PlayerList, PlayerRound, PlayerRow, PlayerSessionPage, PlayerSort
from slomix_stats.api.reader import PlayerLine, PlayerSession
from slomix_stats.api.scope import Who
from slomix_stats.metrics.basic import dpm, kd
from slomix_stats.reader.lines import PLAYER_COLUMNS, ROUND_COLUMNS, player_line, round_line, session_line
from slomix_stats.reader.players import MINE, begins, contains

#: Players with fewer rounds stand behind the others in a list by a ratio: three rounds say little.
FEW = 10

_ORDERS: Mapping[PlayerSort, str] = {
    "seen": "p.last_seen desc",
    "name": "lower(p.display)",
    "rounds": "coalesce(t.rounds, 0) desc",
    "time": "coalesce(t.time_played_s, 0) desc",
    "dpm": f"coalesce(t.rounds, 0) >= {FEW} desc, t.damage_given * 60.0 / nullif(t.time_played_s, 0) desc nulls last",
    "kd": f"coalesce(t.rounds, 0) >= {FEW} desc, t.kills::float8 / greatest(t.deaths, 1) desc nulls last",
}
_LIST = """
select p.id as player_id, p.display as name, p.display_raw as name_raw, p.first_seen, p.last_seen,
    coalesce((select g.guid from slomix.player_guid g where g.player_id = p.id order by g.key limit 1), '') as guid,
    coalesce(t.rounds, 0) as rounds, coalesce(t.time_played_s, 0) as time_played_s,
    coalesce(t.damage_given, 0) as damage_given, coalesce(t.kills, 0) as kills, coalesce(t.deaths, 0) as deaths,
    count(*) over () as players
from slomix.player p
left join stats.player_total t on t.player_id = p.id
where {which}
order by {order}, p.id
limit $1 offset $2
"""

# Sessions before the one that the cursor names; a player may have several segments in one session.
_SESSIONS = MINE.format(
    before="and ($3::text is null or (ended_at, session_id) < (select b.ended_at, b.id from slomix.session b "
    "where b.id = $3))"
)
_ROUNDS = f"""
select {ROUND_COLUMNS}, {PLAYER_COLUMNS}
from slomix.round r
join stats.player_round p on p.round_id = r.id and p.player_id = $1
join slomix.server v on v.id = r.server_id
left join stats.round s on s.round_id = r.id
where r.session_id = any($2::text[])
order by r.ended_at desc, r.id desc
"""


async def listed(db: Db, text: str, sort: PlayerSort, limit: int, offset: int) -> PlayerList:
    """People (no bots) by a name or GUID, or everybody, in an order."""
    wanted = clean_name(text)
    rows: list[Any] = []
    if not wanted:
        rows = await db.fetch(_LIST.format(which="not p.is_bot", order=_ORDERS[sort]), limit, offset)
    else:
        for which, pattern in (begins(wanted), contains(wanted)):
            query = _LIST.format(which=f"not p.is_bot and {which.format('$3')}", order=_ORDERS[sort])
            rows = rows or await db.fetch(query, limit, offset, pattern)
    return PlayerList(
        sort=sort,
        players=rows[0]["players"] if rows else 0,
        offset=offset,
        rows=tuple(_row(row) for row in rows),
    )


def _row(row: Any) -> PlayerRow:
    return PlayerRow(
        who=Who(player_id=row["player_id"], guid=row["guid"], name=row["name"], name_raw=row["name_raw"]),
        first_seen=row["first_seen"].astimezone(UTC),
        last_seen=row["last_seen"].astimezone(UTC),
        rounds=row["rounds"],
        time_played_s=row["time_played_s"],
        dpm=round(dpm(row["damage_given"], row["time_played_s"]), 4),
        kd=round(kd(row["kills"], row["deaths"]), 4),
    )


async def sessions(db: Db, player_id: str, limit: int, before: str | None) -> PlayerSessionPage:
    """A player's sessions, newest first; the cursor is the id of the last one of a page."""
    rows = await db.fetch(_SESSIONS, player_id, limit + 1, before)
    found = tuple(
        PlayerSession(session=session_line(row), line=player_line(row, rounds=row["mine_rounds"]))
        for row in rows[:limit]
    )
    return PlayerSessionPage(sessions=found, next=found[-1].session.session_id if len(rows) > limit and found else None)


async def rounds(db: Db, player_id: str, session_ids: Sequence[str]) -> tuple[PlayerRound, ...]:
    """A player's rounds of some sessions, newest first; those that do not count are among them and say so."""
    rows = await db.fetch(_ROUNDS, player_id, list(session_ids))
    return tuple(PlayerRound(round=round_line(row), line=_of_round(row)) for row in rows)


def _of_round(row: Any) -> PlayerLine:
    return player_line({**row, "rounds": 1})
