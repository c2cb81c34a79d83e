"""What the ledger says: counts, refused files, one file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from slomix.errors import SlomixError

if TYPE_CHECKING:
    from slomix.context import Db

COUNTS = "select outcome, reason, count(*) as files from slomix.artifact group by outcome, reason order by 1, 2"
REFUSED = """
select name, reason, detail, encode(sha256, 'hex') as artifact, received_at
from slomix.artifact where outcome = 'quarantined' order by received_at desc, seq desc limit $1
"""
FIND = """
select a.name, encode(a.sha256, 'hex') as artifact, a.source, s.name as server, a.size, a.received_at, a.outcome,
       a.reason, a.detail, a.parser, a.parser_version, a.round_id, a.revision, a.raw
from slomix.artifact a left join slomix.server s on s.id = a.server_id
where a.name = $1 or (length($1) >= 8 and encode(a.sha256, 'hex') like $2)
order by a.received_at, a.seq
"""


class NotInLedgerError(SlomixError):
    """No file of that name or hash was ever kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A quarantined file."""

    name: str
    reason: str
    detail: str | None
    artifact: str
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Counts by outcome and by reason, and the latest quarantined files."""

    imported: int
    empty: int
    quarantined: int
    reasons: dict[str, int]
    latest: tuple[Refused, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row of the ledger. `raw` is zlib, None where the file was too large to keep."""

    name: str
    artifact: str
    source: str
    server: str | None
    size: int
    received_at: datetime
    outcome: str
    reason: str | None
    detail: str | None
    parser: str | None
    parser_version: int | None
    round_id: str | None
    revision: bool
    raw: bytes | None


async def summary(db: Db, *, latest: int = 20) -> Summary:
    """Counts of everything that was kept, with the latest quarantined files."""
    rows = await db.fetch(COUNTS)
    counts = {name: sum(row["files"] for row in rows if row["outcome"] == name) for name in _KEPT}
    return Summary(
        **counts,
        reasons={row["reason"]: row["files"] for row in rows if row["reason"] is not None},
        latest=tuple(Refused(**dict(row)) for row in await db.fetch(REFUSED, latest)),
    )


_KEPT = ("imported", "empty", "quarantined")


async def find(db: Db, name_or_hash: str) -> list[Entry]:
    """The rows of a file name, or of a hash or its beginning (eight digits or more), oldest first.

    Raises `NotInLedgerError` when there is none.
    """
    given = name_or_hash.strip()
    digits = given.lower() if all(digit in "0123456789abcdef" for digit in given.lower()) else ""
    rows = await db.fetch(FIND, given, (digits + "%") if digits else "")
    if not rows:
        raise NotInLedgerError(
            f"The ledger knows no file {given!r}: give its name, or at least 8 digits of its SHA-256. "
            "Ignored files are not kept."
        )
    return [Entry(**dict(row)) for row in rows]
