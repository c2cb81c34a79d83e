"""The tables of `slomix export`: player-rounds, matches, sessions. Streamed in a fixed order, unknown is null.

Lists are JSON arrays, in CSV as JSON text.
"""

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
    x.points_r2_attackers, m.status, x.result, x.team_a, x.team_b, x.points_a, x.points_b,
    r1.aborted or s1.status = 'aborted' as r1_aborted, s1.ended_early as r1_early,
    r2.aborted or s2.status = 'aborted' as r2_aborted, s2.ended_early as r2_early
from slomix.match m
join slomix.server v on v.id = m.server_id
join slomix.round last on last.id = coalesce(m.r2_round_id, m.r1_round_id)
left join slomix.round r1 on r1.id = m.r1_round_id
left join slomix.round r2 on r2.id = m.r2_round_id
left join stats.round s1 on s1.round_id = m.r1_round_id
left join stats.round s2 on s2.round_id = m.r2_round_id
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
    ) as players,
    (select array_agg(m.map order by m.ended_at, m.id) from slomix.match m where m.session_id = s.id) as maps,
    (
        select jsonb_agg(
            jsonb_build_object(
                'number', g.number, 'format', g.format, 'name_a', g.name_a, 'name_b', g.name_b,
                'points_a', g.points_a, 'points_b', g.points_b, 'team_a', member.team_a, 'team_b', member.team_b
            ) order by g.number
        )
        from stats.segment g
        cross join lateral (
            select
                array_agg(q.guid order by q.guid collate "C") filter (where q.team = 'A') as team_a,
                array_agg(q.guid order by q.guid collate "C") filter (where q.team = 'B') as team_b
            from (
                select p.team, who.guid ->> p.player_id as guid from stats.segment_player p
                where p.session_id = g.session_id and p.number = g.number
            ) as q
        ) as member
        where g.session_id = s.id
    ) as segments
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
cross join lateral (
    select jsonb_object_agg(k.player_id, k.guid) as guid
    from (
        select distinct on (p.player_id) p.player_id, p.guid
        from slomix.round r
        join stats.player_round p on p.round_id = r.id
        where r.session_id = s.id
        order by p.player_id, r.ended_at desc, r.id, p.key
    ) as k
) as who
order by v.name collate "C", last.ended_at, s.id
"""

_PLAYER_ROUND_COLUMNS = (
    "server", "map", "round_number", "ended_at", "round_id", "match_id", "session_id", "guid", "name", "side",
    "kills", "deaths", "damage_given", "damage_received", "team_damage_given", "headshot_hits", "hits", "shots",
    "time_played_s", "revives_given", "times_revived", "xp", "flags",
)  # fmt: skip
_MATCH_COLUMNS = (
    "match_id", "session_id", "server", "map", "ended_at", "r1_round_id", "r2_round_id", "r1_outcome", "r2_outcome",
    "r1_seconds", "r2_seconds", "points_r1_attackers", "points_r2_attackers", "status", "result", "team_a", "team_b",
    "points_a", "points_b",
)  # fmt: skip
_SESSION_COLUMNS = (
    "session_id", "server", "started_at", "ended_at", "rounds", "matches", "players", "maps", "segments",
)  # fmt: skip
_SEGMENT_KEYS = ("number", "format", "name_a", "name_b", "team_a", "team_b", "points_a", "points_b")


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
        r1_outcome=_outcome(row, "r1"),
        r2_outcome=_outcome(row, "r2"),
        r1_seconds=plain_number(row["r1_seconds"]),
        r2_seconds=plain_number(row["r2_seconds"]),
        result=row["result"] or "unscored",
        team_a=list(row["team_a"] or ()),
        team_b=list(row["team_b"] or ()),
    )


def _outcome(row: Row, half: str) -> str | None:
    """How a half ended: `objective`, `hold`, `surrender` of the attackers, `aborted`, `unknown`; None without it."""
    if row[f"{half}_round_id"] is None:
        return None
    if row[f"{half}_aborted"]:
        return "aborted"
    if row[f"{half}_outcome"] == "hold" and row[f"{half}_early"]:
        return "surrender"
    return row[f"{half}_outcome"] or "unknown"


def _session(row: Row) -> dict[str, Any]:
    return pick(
        row,
        _SESSION_COLUMNS,
        started_at=file_time(row["started_local"], row["started_offset_s"]),
        ended_at=file_time(row["ended_local"], row["utc_offset_s"]),
        maps=list(row["maps"] or ()),
        segments=[_segment(segment) for segment in row["segments"] or ()],
    )


def _segment(segment: Row) -> dict[str, Any]:
    return {**pick(segment, _SEGMENT_KEYS), "team_a": segment["team_a"] or [], "team_b": segment["team_b"] or []}


def pick(row: Row, columns: tuple[str, ...], **made: Any) -> dict[str, Any]:
    """The row's values in the order of `columns`; `made` are those that need more than a look at the row."""
    return {column: made[column] if column in made else row[column] for column in columns}


def file_time(local: datetime, utc_offset_s: int) -> str:
    """A file's wall clock as ISO 8601 with its offset: `2025-10-02T21:18:08+02:00`."""
    return local.replace(tzinfo=timezone(timedelta(seconds=utc_offset_s))).isoformat(timespec="seconds")


def plain_number(value: float | None) -> float | None:
    """A whole number without its decimal."""
    return int(value) if value is not None and value == int(value) else value
