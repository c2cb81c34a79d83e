"""What the checks found, as it is stored: findings of sessions, and the files that were refused whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slomix.context import Db
from slomix_stats.api import DataQuality, FindingCount, SessionFindings, StoredFinding
from slomix_stats.derive.checks import CHECKS, explained

_SELECT = """
select f.code, f.severity, f.round_id, f.match_id, f.session_id, f.player_id, f.text
from stats.finding f
left join slomix.match m on m.id = f.match_id
left join slomix.round r on r.id = f.round_id
left join slomix.session s on s.id = f.session_id
"""
# In the order of time, so that two databases with the same rounds tell the same.
_ORDER = """
order by
    coalesce(m.ended_at, r.ended_at, s.ended_at), f.session_id collate "C", coalesce(r.number, 3), f.code collate "C",
    f.player_id collate "C" nulls first, f.text collate "C"
"""
_ALL = f"{_SELECT} {_ORDER}"
_OF_SESSION = f"{_SELECT} where f.session_id = $1 {_ORDER}"
_UNEXPLAINED = f"{_SELECT} where f.severity = 'invalid' and f.code not like 'V%' {_ORDER} limit $1"
_COUNTS = """
select code, severity, count(*) as findings from stats.finding group by code, severity
order by code collate "C", severity collate "C"
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
#: Most unexplained findings of one answer.
_MOST = 100


async def stored_findings(db: Db, session_id: str | None = None) -> list[StoredFinding]:
    """Findings of one session, or of all, in the order of time."""
    rows = await db.fetch(_ALL) if session_id is None else await db.fetch(_OF_SESSION, session_id)
    return [_finding(row) for row in rows]


async def session_findings(db: Db, session_id: str) -> SessionFindings:
    """Findings of one session, by its present id."""
    found = tuple(await stored_findings(db, session_id))
    return SessionFindings(session_id=session_id, findings=found, unexplained=sum(not each.explained for each in found))


async def data_quality(db: Db) -> DataQuality:
    """What checks noticed anywhere."""
    return DataQuality(
        counts=tuple(
            FindingCount(
                code=row["code"],
                severity=row["severity"],
                looks_at=CHECKS[row["code"]],
                explained=explained(row["code"], row["severity"]),
                findings=row["findings"],
            )
            for row in await db.fetch(_COUNTS)
        ),
        unexplained=tuple(_finding(row) for row in await db.fetch(_UNEXPLAINED, _MOST)),
    )


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
