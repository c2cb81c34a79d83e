"""The tables of `slomix export`: player-rounds, matches, sessions. Streamed in a fixed order, unknown is null."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from slomix.contrib import Export

if TYPE_CHECKING:
    from slomix.context import Db

Row = Mapping[str, Any]

_PREFETCH = 500

_PLAYER_ROUNDS = """
select
    v.name as server, r.map, r.number as round_number, r.ended_local, r.utc_offset_s, r.id as round_id, r.match_id,
    r.session_id, p.guid, p.name, p.side, p.kills, p.deaths, p.damage_given, p.damage_received, p.team_damage_given,
    p.headshot_hits, p.hits, p.shots, p.time_played_s, p.revives_given, p.times_revived, p.xp, p.flags
from stats.player_round p
join slomix.round r on r.id = p.round_id
join slomix.server v on v.id = r.server_id
order by v.name collate "C", r.ended_at, r.number, r.id, p.guid collate "C", p.name collate "C", p.key collate "C"
"""

_MATCHES = """
select
    m.id as match_id, m.session_id, v.name as server, m.map, last.ended_local, last.utc_offset_s, m.r1_round_id,
    m.r2_round_id, x.r1_outcome, x.r2_outcome, x.r1_seconds, x.r2_seconds, x.points_r1_attackers,
    x.points_r2_attackers, m.status
from slomix.match m
join slomix.server v on v.id = m.server_id
join slomix.round last on last.id = coalesce(m.r2_round_id, m.r1_round_id)
left join stats.match_result x on x.match_id = m.id
order by v.name collate "C", last.ended_at, last.number, last.id
"""

_SESSIONS = """
select
    s.id as session_id, v.name as server,
    first.ended_local as started_local, first.utc_offset_s as started_offset_s, last.ended_local, last.utc_offset_s,
    (select count(*) from slomix.round r where r.session_id = s.id) as rounds,
    (select count(*) from slomix.match m where m.session_id = s.id and m.status = 'complete') as matches,
    (
        select count(distinct p.player_id)
        from slomix.round r
        join stats.player_round p on p.round_id = r.id
        where r.session_id = s.id
    ) as players
from slomix.session s
join slomix.server v on v.id = s.server_id
cross join lateral (
    select r.ended_local, r.utc_offset_s from slomix.round r
    where r.session_id = s.id order by r.ended_at, r.number, r.id limit 1
) as first
cross join lateral (
    select r.ended_local, r.utc_offset_s, r.ended_at from slomix.round r
    where r.session_id = s.id order by r.ended_at desc, r.number desc, r.id desc limit 1
) as last
order by v.name collate "C", last.ended_at, s.id
"""

_PLAYER_ROUND_COLUMNS = (
    "server", "map", "round_number", "ended_at", "round_id", "match_id", "session_id", "guid", "name", "side",
    "kills", "deaths", "damage_given", "damage_received", "team_damage_given", "headshot_hits", "hits", "shots",
    "time_played_s", "revives_given", "times_revived", "xp", "flags",
)  # fmt: skip
_MATCH_COLUMNS = (
    "match_id", "session_id", "server", "map", "ended_at", "r1_round_id", "r2_round_id", "r1_outcome", "r2_outcome",
    "r1_seconds", "r2_seconds", "points_r1_attackers", "points_r2_attackers", "status",
)  # fmt: skip
_SESSION_COLUMNS = ("session_id", "server", "started_at", "ended_at", "rounds", "matches", "players")


def exports() -> Iterator[Export]:
    """What stats lets people take away."""
    from slomix_stats.inputs.exports import exports as of_inputs

    yield Export(
        kind="player-rounds",
        columns=_PLAYER_ROUND_COLUMNS,
        rows=stream(_PLAYER_ROUNDS, _player_round),
        summary="one row per player and round; round 2 without what round 1 counted",
    )
    yield Export(
        kind="matches",
        columns=_MATCH_COLUMNS,
        rows=stream(_MATCHES, _match),
        summary="one row per play of a map, with outcomes, seconds and points",
    )
    yield Export(
        kind="sessions",
        columns=_SESSION_COLUMNS,
        rows=stream(_SESSIONS, _session),
        summary="one row per evening on a server",
    )
    yield from of_inputs()


def stream(query: str, shape: Callable[[Row], dict[str, Any]]) -> Callable[[Db], AsyncIterator[Row]]:
    """The rows of a query, each as `shape` makes it, within one transaction."""

    async def rows(db: Db) -> AsyncIterator[Row]:
        async with db.transaction(read_only=True) as tx:
            async for row in tx.cursor(query, prefetch=_PREFETCH):
                yield shape(row)

    return rows


def _player_round(row: Row) -> dict[str, Any]:
    moment = file_time(row["ended_local"], row["utc_offset_s"])
    return pick(row, _PLAYER_ROUND_COLUMNS, ended_at=moment, flags="|".join(row["flags"]))


def _match(row: Row) -> dict[str, Any]:
    return pick(
        row,
        _MATCH_COLUMNS,
        ended_at=file_time(row["ended_local"], row["utc_offset_s"]),
        r1_seconds=plain_number(row["r1_seconds"]),
        r2_seconds=plain_number(row["r2_seconds"]),
    )


def _session(row: Row) -> dict[str, Any]:
    return pick(
        row,
        _SESSION_COLUMNS,
        started_at=file_time(row["started_local"], row["started_offset_s"]),
        ended_at=file_time(row["ended_local"], row["utc_offset_s"]),
    )


def pick(row: Row, columns: tuple[str, ...], **made: Any) -> dict[str, Any]:
    """The row's values in the order of `columns`; `made` are those that need more than a look at the row."""
    return {column: made[column] if column in made else row[column] for column in columns}


def file_time(local: datetime, utc_offset_s: int) -> str:
    """A file's wall clock as ISO 8601 with its offset: `2025-10-02T21:18:08+02:00`."""
    return local.replace(tzinfo=timezone(timedelta(seconds=utc_offset_s))).isoformat(timespec="seconds")


def plain_number(value: float | None) -> float | None:
    """A whole number without its decimal."""
    return int(value) if value is not None and value == int(value) else value
