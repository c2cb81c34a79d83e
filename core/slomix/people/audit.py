"""The audit log: who did what to whom, when and why, with what an undo needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from slomix.context import Reads
    from slomix.storage.database import Connection

NOTE = """
insert into slomix.audit (actor, action, subject, reason, detail, undoes) values ($1, $2, $3, $4, $5, $6) returning id
"""
ENTRIES = """
select a.id, a.at, a.actor, a.action, a.subject, a.reason, a.detail, u.id as undone_by
from slomix.audit a left join slomix.audit u on u.undoes = a.id
where ($1::text is null or a.subject = $1) and ($2::text is null or starts_with(a.action, $2))
    and ($3::bigint is null or a.id = $3)
order by a.id desc
limit $4
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Who asks for a change and why. `actor` is `discord:<id>`, `cli:<account>` or `slomix`."""

    actor: str
    reason: str = ""

    @classmethod
    def on_discord(cls, discord_id: int, reason: str = "") -> Who:
        """A Discord account."""
        return cls(actor=f"discord:{discord_id}", reason=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the log. `undone_by` is the entry that took it back."""

    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    reason: str
    detail: Mapping[str, Any]
    undone_by: int | None


async def note(
    tx: Connection,
    who: Who,
    action: str,
    subject: str,
    detail: Mapping[str, Any] | None = None,
    *,
    undoes: int | None = None,
) -> int:
    """Write a line, in the transaction of what it tells; answers its number."""
    number: int = await tx.fetchval(NOTE, who.actor, action, subject, who.reason, dict(detail or {}), undoes)
    return number


async def entries(
    db: Reads, *, subject: str | None = None, action: str | None = None, number: int | None = None, limit: int = 20
) -> list[Entry]:
    """Lines of the log, the newest first: of a subject, of actions that begin so, or the one with this number."""
    return [Entry(**dict(row)) for row in await db.fetch(ENTRIES, subject, action, number, limit)]
