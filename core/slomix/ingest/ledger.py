"""The ledger: one row per content that was ever offered, with its outcome and its bytes."""

from __future__ import annotations

from collections.abc import Iterable
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
ADD = """
insert into slomix.artifact (
    sha256, name, source, server_id, size, raw, outcome, reason, detail, parser, parser_version, round_id, revision
) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
on conflict (sha256) do nothing
returning seq
"""


async def which_are_known(db: Db, digests: Iterable[bytes]) -> set[bytes]:
    """Those of the contents that were handled before."""
    return {row["sha256"] for row in await db.fetch(WHICH_ARE_KNOWN, list(digests))}


async def handled_names(db: Db, names: Iterable[str]) -> dict[tuple[str, int], datetime]:
    """When a file of this name and size was last received, for those of the names that were."""
    rows = await db.fetch(BY_NAME, list(names))
    return {(row["name"], row["size"]): row["received_at"] for row in rows}


async def add(
    tx: Connection,
    prepared: Prepared,
    *,
    source: str,
    server_id: str | None = None,
    round_id: str | None = None,
    revision: bool = False,
) -> bool:
    """Write the row of a file; False when its content is there already."""
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
    )
    return added is not None
