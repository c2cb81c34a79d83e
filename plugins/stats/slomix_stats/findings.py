"""What the checks found, as it is stored: findings of sessions, and the files that were refused whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from slomix.context import Db
from slomix_stats.derive.checks import explained
from slomix_stats.derive.model import Severity

# In the order of time, so that two databases with the same rounds tell the same.
_FINDINGS = """
select f.code, f.severity, f.round_id, f.match_id, f.session_id, f.player_id, f.text
from stats.finding f
left join slomix.match m on m.id = f.match_id
left join slomix.round r on r.id = f.round_id
left join slomix.session s on s.id = f.session_id
where ($1::text is null or f.session_id = $1)
order by
    coalesce(m.ended_at, r.ended_at, s.ended_at), f.session_id collate "C", coalesce(r.number, 3), f.code collate "C",
    f.player_id collate "C" nulls first, f.text collate "C"
"""
_REFUSED = """
select a.name, a.reason, a.detail
from slomix.artifact a
where a.outcome = 'quarantined' and a.parser = 'stats.stats'
order by a.name collate "C", a.seq
"""

#: Why a file is refused, and the check that says so.
_CODES: Mapping[str, str] = {
    "bad_name": "F1",
    "bad_header": "F2",
    "header_mismatch": "F3",
    "weapon_count": "F4",
    "unknown_layout": "F5",
    "duplicate_guid": "F6",
    "truncated": "F7",
    "impossible_value": "F10",
}
_UNREADABLE = "F0"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFinding:
    """A finding with where it belongs. `round`, `match`, `session` and `player` are ids."""

    code: str
    severity: Severity
    round: str | None
    match: str | None
    session: str | None
    player: str | None
    text: str
    explained: bool


async def stored_findings(db: Db, session_id: str | None = None) -> list[StoredFinding]:
    """Findings of one session, or of all, in the order of time."""
    return [_finding(row) for row in await db.fetch(_FINDINGS, session_id)]


async def refused_files(db: Db) -> list[StoredFinding]:
    """A finding for every stats file in quarantine."""
    return [
        StoredFinding(
            code=_CODES.get(row["reason"], _UNREADABLE),
            severity="fatal",
            round=None,
            match=None,
            session=None,
            player=None,
            text=f"{row['name']} was refused ({row['reason']}): {row['detail'] or 'no detail'}.",
            explained=True,
        )
        for row in await db.fetch(_REFUSED)
    ]


def _finding(row: Mapping[str, Any]) -> StoredFinding:
    return StoredFinding(
        code=row["code"],
        severity=row["severity"],
        round=row["round_id"],
        match=row["match_id"],
        session=row["session_id"],
        player=row["player_id"],
        text=row["text"],
        explained=explained(row["code"], row["severity"]),
    )
