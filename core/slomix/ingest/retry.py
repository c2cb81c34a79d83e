"""Quarantined files once more, by the parsers of today."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from slomix.ingest.outcome import Outcome
from slomix.ingest.prepare import HEAD_BYTES, Prepared, choose, parser_name, prepare

if TYPE_CHECKING:
    from slomix.ingest.pipeline import Pipeline

# Older files first: a first half comes before its second half.
QUARANTINED = """
select a.sha256, a.name, a.source, a.parser, a.parser_version, s.name as server
from slomix.artifact a left join slomix.server s on s.id = a.server_id
where a.outcome = 'quarantined' and a.raw is not null
order by a.name, a.seq
"""
RAW = "select raw from slomix.artifact where sha256 = $1"
TAKE_OUT = "delete from slomix.artifact where sha256 = $1 and outcome = 'quarantined' returning true"


async def retry(pipeline: Pipeline, *, everything: bool = False, only: Sequence[str] = ()) -> list[Outcome]:
    """Read quarantined files again that another or a newer parser may read now; answers those that were tried.

    `everything` tries all of them, `only` the given hashes (hex). A file that is refused again stays in quarantine,
    with the reason of today.
    """
    outcomes = []
    for row in await pipeline.db.fetch(QUARANTINED):
        chosen = bool(only) and row["sha256"].hex() in only
        if only and not chosen:
            continue
        raw = zlib.decompress(await pipeline.db.fetchval(RAW, row["sha256"]))
        if everything or chosen or _may_be_read(pipeline, row, raw):
            outcome = await _again(pipeline, row, prepare(pipeline.parsers, row["name"], raw))
            outcomes += [outcome] if outcome is not None else []
    return outcomes


def _may_be_read(pipeline: Pipeline, row: Any, raw: bytes) -> bool:
    """Whether the parser that takes the file today is another one than the one that refused it, or a newer one."""
    parser = choose(pipeline.parsers, row["name"], raw[:HEAD_BYTES])
    if parser is None:
        return False
    if parser_name(parser) != row["parser"]:
        return True
    return bool(parser.record.version > row["parser_version"])


async def _again(pipeline: Pipeline, row: Any, prepared: Prepared) -> Outcome | None:
    """The new outcome; None for a file that no plugin reads any more, or that somebody else took meanwhile."""
    if prepared.verdict == "ignored":
        return None
    async with pipeline.db.transaction(prologue=pipeline.prologue(prepared, row["server"])) as tx:
        if not await tx.fetchval(TAKE_OUT, row["sha256"]):
            return None
        return await pipeline.take_in(tx, prepared, source=row["source"], server=row["server"])
