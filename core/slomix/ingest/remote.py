"""What is known of files on other machines, and how those machines are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from slomix.ingest.settling import Stamp

if TYPE_CHECKING:
    from slomix.context import Db, Reads

_SECOND_NS = 1_000_000_000

DONE = "select path, size, mtime from slomix.remote_file where source = $1"
MARK = """
insert into slomix.remote_file (source, path, size, mtime) values ($1, $2, $3, $4)
on conflict (source, path) do update set size = excluded.size, mtime = excluded.mtime, done_at = now()
"""
WELL = """
insert into slomix.remote_source (source, checked_at) values ($1, now())
on conflict (source) do update set checked_at = excluded.checked_at, trouble = null, trouble_since = null
"""
TROUBLE = """
insert into slomix.remote_source (source, trouble, trouble_since) values ($1, $2, now())
on conflict (source) do update set trouble = excluded.trouble,
    trouble_since = coalesce(remote_source.trouble_since, excluded.trouble_since)
"""
SOURCES = """
select source, checked_at, trouble, trouble_since from slomix.remote_source where source = any($1) order by source
"""


@dataclass(frozen=True, slots=True)
class RemoteState:
    """A source: when it was listed the last time, and what is wrong since when."""

    source: str
    checked_at: datetime | None
    trouble: str | None
    trouble_since: datetime | None


async def done_files(db: Db, source: str) -> dict[bytes, Stamp]:
    """The files of a source that were dealt with, as they looked then."""
    return {row["path"]: stamp_of(row["size"], row["mtime"]) for row in await db.fetch(DONE, source)}


async def mark_done(db: Db, source: str, path: bytes, stamp: Stamp) -> None:
    """Nothing is to be done for this file while it looks like this."""
    async with db.transaction(durable=False) as tx:
        await tx.execute(MARK, source, path, stamp.size, stamp.mtime_ns // _SECOND_NS)


async def tell(db: Db, source: str, trouble: str | None) -> None:
    """Keep how a source is, for `slomix doctor` and `/api/status`."""
    async with db.transaction(durable=False) as tx:
        if trouble is None:
            await tx.execute(WELL, source)
        else:
            await tx.execute(TROUBLE, source, trouble)


async def states(db: Reads, sources: list[str]) -> list[RemoteState]:
    """How these sources are, by name; those that were never tried are not among them."""
    return [RemoteState(**dict(row)) for row in await db.fetch(SOURCES, sources)]


def stamp_of(size: int, mtime_s: int) -> Stamp:
    """How a file over there looks; its time is in whole seconds."""
    return Stamp(size, mtime_s * _SECOND_NS)
