"""Writing what was derived of sessions: only what differs from what is stored."""

# ruff: noqa: S608 - SQL is put together from this package's constants; every value is a parameter

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from slomix_stats.derive.model import (
    DERIVATION_VERSION,
    Finding,
    MatchDerived,
    RoundDerived,
    SegmentDerived,
    SessionDerived,
)
from slomix_stats.settle.counting import Counted

if TYPE_CHECKING:
    from slomix.storage.database import Connection

Row = Mapping[str, Any]

_encode = msgspec.json.Encoder().encode

_ROUND = ("status", "valid", "counts", "invalid_reason", "mvp", "counted_session", "counted_segment")
_MATCH = (
    "result", "points_r1_attackers", "points_r2_attackers", "segment", "attackers_r1", "roster_changed", "team_a",
    "team_b", "points_a", "points_b",
)  # fmt: skip
_SEGMENT = (
    "session_id", "number", "name_a", "name_b", "colour_a", "colour_b", "points_a", "points_b", "format", "confidence",
    "first_match_id", "last_match_id", "mvp_a", "mvp_b",
)  # fmt: skip
_MEMBER = ("session_id", "number", "player_id", "team", "joined_match", "left_match", "matches", "replaces")
_FINDING = ("session_id", "match_id", "round_id", "player_id", "code", "severity", "text", "version")


def _set(names: Sequence[str], source: str) -> str:
    return ", ".join(f"{name} = {source}.{name}" for name in names)


def _tuple(names: Sequence[str], source: str) -> str:
    return ", ".join(f"{source}.{name}" for name in names)


ROUNDS = f"""
update stats.round s set {_set(_ROUND, "t")}
from json_populate_recordset(null::stats.round, $1::text::json) as t
where s.round_id = t.round_id
"""
MATCHES = f"""
update stats.match_result x set {_set(_MATCH, "t")}
from json_populate_recordset(null::stats.match_result, $1::text::json) as t
where x.match_id = t.match_id
"""
# $1: sessions; $2: their segments; $3: the players of these
SEGMENTS = f"""
with new as materialized (
    select * from json_populate_recordset(null::stats.segment, $2::text::json)
), member as materialized (
    select * from json_populate_recordset(null::stats.segment_player, $3::text::json)
), left_out as (
    delete from stats.segment_player p
    where p.session_id = any($1::text[]) and not exists (
        select from member n
        where n.session_id = p.session_id and n.number = p.number and n.player_id = p.player_id
    )
), gone as (
    delete from stats.segment s
    where s.session_id = any($1::text[])
        and not exists (select from new n where n.session_id = s.session_id and n.number = s.number)
), segments as (
    insert into stats.segment as s select * from new
    on conflict (session_id, number) do update set {_set(_SEGMENT[2:], "excluded")}
    where ({_tuple(_SEGMENT[2:], "s")}) is distinct from ({_tuple(_SEGMENT[2:], "excluded")})
)
insert into stats.segment_player as p select * from member
on conflict (session_id, number, player_id) do update set {_set(_MEMBER[3:], "excluded")}
where ({_tuple(_MEMBER[3:], "p")}) is distinct from ({_tuple(_MEMBER[3:], "excluded")})
"""
STORED_FINDINGS = f"select {', '.join(_FINDING)} from stats.finding where session_id = any($1::text[])"
DROP_FINDINGS = "delete from stats.finding where session_id = any($1::text[])"
FINDINGS = f"""
insert into stats.finding ({", ".join(_FINDING)})
select {", ".join(_FINDING)} from json_populate_recordset(null::stats.finding, $1::text::json)
"""
# A session that went on: its sums say when it ended, for periods.
ENDED = """
update stats.player_session p set ended_at = e.ended_at
from slomix.session e
where e.id = any($1::text[]) and p.session_id = e.id and p.ended_at <> e.ended_at
"""


class Standing:
    """The rounds of settled sessions as they are now beside as they were: what is written, and what is counted."""

    def __init__(self, sessions: Iterable[SessionDerived], stored: Mapping[str, Row]) -> None:
        self.rows: list[dict[str, Any]] = []
        self.out: list[Counted] = []
        self.into: list[Counted] = []
        for session in sessions:
            segments = {match.match_id: match.segment for match in session.matches}
            for each in session.rounds:
                row = stored[each.round_id]
                if row["valid"] is not None:  # else no stats file told of the round
                    self._compare(session.session_id, segments.get(row["match_id"]) or 0, each, row)

    def _compare(self, session_id: str, segment: int, now: RoundDerived, was: Row) -> None:
        counted = (session_id, segment) if now.valid else (None, None)
        before = (was["counted_session"], was["counted_segment"])
        row = {
            "status": now.status, "valid": now.valid, "counts": now.counts, "invalid_reason": now.invalid_reason,
            "mvp": now.mvp, "counted_session": counted[0], "counted_segment": counted[1],
        }  # fmt: skip
        if any(row[name] != was[name] for name in _ROUND):
            self.rows.append({"round_id": now.round_id, **row})
        if counted != before:
            if before[0] is not None:
                self.out.append(Counted(now.round_id, *before))
            if now.valid:
                self.into.append(Counted(now.round_id, session_id, segment))


async def write_rounds(tx: Connection, standing: Standing) -> None:
    """Write how rounds stand now."""
    if standing.rows:
        await tx.execute(ROUNDS, _encode(standing.rows).decode())


async def write_matches(tx: Connection, matches: Iterable[MatchDerived], stored: Mapping[str, Row]) -> None:
    """Write what matches ended in and who played them, where a stats file told of the match."""
    rows = [_match(each) for each in matches]
    changed = [
        row
        for row in rows
        if (was := stored[row["match_id"]])["stored"] and any(row[name] != was[name] for name in _MATCH)
    ]
    if changed:
        await tx.execute(MATCHES, _encode(changed).decode())


async def write_segments(tx: Connection, session_ids: Sequence[str], sessions: Sequence[SessionDerived]) -> None:
    """Write the line-ups of sessions."""
    segments = [_segment(session.session_id, each) for session in sessions for each in session.segments]
    members = [row for session in sessions for each in session.segments for row in _members(session.session_id, each)]
    await tx.execute(SEGMENTS, session_ids, _encode(segments).decode(), _encode(members).decode())


async def write_findings(tx: Connection, session_ids: Sequence[str], sessions: Sequence[SessionDerived]) -> None:
    """Write what checks noticed in sessions."""
    found = [_finding(session.session_id, each) for session in sessions for each in session.findings]
    stored = [tuple(row.values()) for row in await tx.fetch(STORED_FINDINGS, session_ids)]
    if sorted(map(repr, stored)) == sorted(repr(tuple(row[name] for name in _FINDING)) for row in found):
        return
    await tx.execute(DROP_FINDINGS, session_ids)
    await tx.execute(FINDINGS, _encode(found).decode())


async def write_ends(tx: Connection, session_ids: Sequence[str]) -> None:
    """Let the sums of sessions say when they ended."""
    await tx.execute(ENDED, session_ids)


def _match(each: MatchDerived) -> dict[str, Any]:
    row = {name: getattr(each, name) for name in _MATCH}
    return {"match_id": each.match_id, **row, "team_a": list(each.team_a), "team_b": list(each.team_b)}


def _segment(session_id: str, each: SegmentDerived) -> dict[str, Any]:
    return {"session_id": session_id, **{name: getattr(each, name) for name in _SEGMENT[1:]}}


def _members(session_id: str, each: SegmentDerived) -> list[dict[str, Any]]:
    return [
        {"session_id": session_id, "number": each.number, **{name: getattr(member, name) for name in _MEMBER[2:]}}
        for member in each.members
    ]


def _finding(session_id: str, each: Finding) -> dict[str, Any]:
    row = {name: getattr(each, name) for name in _FINDING[1:-1]}
    return {"session_id": session_id, **row, "version": DERIVATION_VERSION}
