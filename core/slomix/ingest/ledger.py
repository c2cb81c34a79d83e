"""The ledger: one row per content that was ever offered, with its outcome and its bytes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from slomix.ingest.prepare import Prepared

if TYPE_CHECKING:
    from slomix.context import Db
    from slomix.storage.database import Connection

WHICH_ARE_KNOWN = "select sha256 from slomix.artifact where sha256 = any($1)"
BY_NAME = """
select name, size, max(received_at) as received_at from slomix.artifact where name = any($1) group by name, size
"""
# With the marks of sessions that are settled later, as each way to the server and back costs more than its work.
ADD = """
with added as (
    insert into slomix.artifact (
        sha256, name, source, server_id, size, raw, outcome, reason, detail, parser, parser_version, round_id, revision
    ) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
    on conflict (sha256) do nothing
    returning seq
), marked as (
    insert into slomix.unsettled (parser, session_id, server)
    select parser, session_id, $16
    from unnest($14::text[]) as parser cross join unnest($15::text[]) as session_id
    on conflict do nothing
)
select seq from added
"""


async def which_are_known(db: Db, digests: Iterable[bytes]) -> set[bytes]:
    """Those of the contents that were handled before."""
    return {row["sha256"] for row in await db.fetch(WHICH_ARE_KNOWN, list(digests))}


async def handled_names(db: Db, names: Iterable[str]) -> dict[tuple[str, int], datetime]:
    """When a file of this name and size was last received, for those of the names that were."""
    rows = await db.fetch(BY_NAME, list(names))
    return {(row["name"], row["size"]): row["received_at"] for row in rows}


@dataclass(frozen=True, slots=True)
class Marks:
    """Sessions of a server that these parsers settle later (see `slomix.ingest.sessions`)."""

    parsers: tuple[str, ...] = ()
    sessions: tuple[str, ...] = ()
    server: str = ""


NO_MARKS = Marks()


async def add(
    tx: Connection,
    prepared: Prepared,
    *,
    source: str,
    server_id: str | None = None,
    round_id: str | None = None,
    revision: bool = False,
    marks: Marks = NO_MARKS,
) -> bool:
    """Write the row of a file, and the marks; False when its content is there already."""
    added = await tx.fetchval(
        ADD,
        prepared.sha256,
        prepared.name,
        source,
        server_id,
        prepared.size,
        prepared.raw,
        "imported" if prepared.verdict == "round" else prepared.verdict,
        prepared.reason,
        prepared.detail,
        prepared.parser,
        prepared.version,
        round_id,
        revision,
        marks.parsers,
        marks.sessions,
        marks.server,
    )
    return added is not None
