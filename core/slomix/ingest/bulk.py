"""Many files at once, as `slomix ingest` takes them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from slomix.ingest.ahead import Looked, look_ahead
from slomix.ingest.ledger import which_are_known
from slomix.ingest.outcome import Outcome
from slomix.ingest.pipeline import Pipeline, StoreError
from slomix.ingest.prepare import Prepared

if TYPE_CHECKING:
    from slomix.context import Db
    from slomix.contrib import Parser
    from slomix.host.host import Contributed

log = structlog.get_logger("slomix.ingest")

Progress = Callable[[int], None]

# The log of PostgreSQL is one sequence: a commit that waits for the disk has everything before it on the disk too.
# A transaction that writes nothing would not wait, so this one writes a message that nobody reads.
FLUSH = "select pg_logical_emit_message(true, 'slomix.ingest', 'flush')"


async def import_files(
    pipeline: Pipeline, files: Sequence[Path], *, server: str | None = None, progress: Progress = lambda count: None
) -> list[Outcome]:
    """Import files in the order given; all outcomes are on the disk when this returns.

    Single commits do not wait for the disk. A crash before the end can lose some of them, last ones first, but never
    a part of one, and nobody was told of them: the files are still there. `progress` is told how many more are done.
    A file that fails does not keep the others from being imported. What parsers derive of whole sessions comes at the
    end, with what an import that was killed left over; a session that fails is told as a file that did.
    """
    outcomes: list[Outcome] = []
    limit = pipeline.settings.ingest.max_upload_bytes
    with _wide_awake():
        async for chunk in look_ahead(pipeline.parsers, files, limit, processes=1):
            digests = [each.sha256 for each in chunk if isinstance(each, Prepared) and each.sha256]
            known = await which_are_known(pipeline.db, digests) if digests else set()
            for each in chunk:
                outcomes.append(await _import(pipeline, each, known, server))
                progress(1)
        outcomes += await pipeline.sessions.settle_left(pipeline.db)
    if any(outcome.outcome in ("imported", "empty", "quarantined") for outcome in outcomes):
        await flush(pipeline.db)
    return outcomes


def _cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def _wide_awake() -> Iterator[None]:
    """Keep the event loop from sleeping between statements, where PostgreSQL has a core of its own.

    Waking a core up takes longer than most statements do: measured, a quarter of the time of an import.
    """
    if _cores() < 2:
        yield
        return

    async def never_sleep() -> None:
        while True:  # noqa: ASYNC110 - there is nothing to wait for
            await asyncio.sleep(0)

    task = asyncio.ensure_future(never_sleep())
    try:
        yield
    finally:
        task.cancel()


async def flush(db: Db) -> None:
    """Wait until everything that was committed is on the disk."""
    async with db.transaction(durable=True) as tx:
        await tx.execute(FLUSH)


async def _import(pipeline: Pipeline, looked: Looked, known: set[bytes], server: str | None) -> Outcome:
    if isinstance(looked, Outcome):
        return looked
    if looked.sha256 in known:
        return Outcome(name=looked.name, outcome="duplicate", artifact=looked.sha256.hex())
    try:
        return await pipeline.take(looked, source="command", server=server, durable=False, later=True)
    except StoreError as error:
        return Outcome(name=looked.name, outcome="failed", detail=str(error))


async def dry_run(
    parsers: Sequence[Contributed[Parser]],
    files: Sequence[Path],
    *,
    limit: int,
    progress: Progress = lambda count: None,
) -> list[Outcome]:
    """What would come of these files in an empty ledger. Needs no database."""
    seen: set[bytes] = set()
    outcomes = []
    async for chunk in look_ahead(parsers, files, limit, processes=_cores(), keep=False):
        for each in chunk:
            outcomes.append(each if isinstance(each, Outcome) else _would(each, seen))
        progress(len(chunk))
    return outcomes


def _would(looked: Prepared, seen: set[bytes]) -> Outcome:
    if looked.verdict == "ignored":
        return Outcome(name=looked.name, outcome="ignored")
    artifact = looked.sha256.hex()
    if looked.sha256 in seen:
        return Outcome(name=looked.name, outcome="duplicate", artifact=artifact)
    seen.add(looked.sha256)
    outcome = "imported" if looked.verdict == "round" else looked.verdict
    return Outcome(name=looked.name, outcome=outcome, reason=looked.reason, detail=looked.detail, artifact=artifact)
