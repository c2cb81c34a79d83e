"""Quarantined files once more, and what the ledger tells of them."""

from __future__ import annotations

from typing import Any

import pytest

from slomix.errors import BadArtifact
from slomix.ingest.history import NotInLedgerError, find, summary
from slomix.ingest.retry import retry
from slomix.storage.database import Database

pytestmark = pytest.mark.plugins("stats")


def refusing(name: str, data: bytes) -> Any:
    raise BadArtifact("unknown_layout", "not yet")


async def test_a_newer_parser_reads_what_an_older_one_refused(
    make_pipeline: Any, db: Database, files: Any, stats: Any
) -> None:
    old, new = make_pipeline(stats(parse=refusing)), make_pipeline(stats(version=2))
    second = files.round("2025-10-19-210800", number=2, limit="8:00")
    first = files.round("2025-10-19-210000")
    for name, data in (second, first):
        assert (await old.offer(name, data, source="upload", server="Pub")).outcome == "quarantined"
    assert await retry(old) == []
    tried = await retry(new)
    assert [(outcome.name, outcome.outcome) for outcome in tried] == [(first[0], "imported"), (second[0], "imported")]
    assert await db.fetchval("select status from slomix.match") == "complete"
    rows = await db.fetch("select source, outcome, reason, parser_version from slomix.artifact")
    assert [tuple(row) for row in rows] == [("upload", "imported", None, 2)] * 2
    assert await retry(new, everything=True) == []
    assert (await new.offer(*first, source="upload")).outcome == "duplicate"


async def test_what_is_refused_again_stays_with_the_reason_of_today(
    make_pipeline: Any, db: Database, files: Any, stats: Any
) -> None:
    name, data = files.round("2025-10-19-210000")
    await make_pipeline(stats(parse=refusing)).offer(name, data[:-1], source="folder")
    pipeline = make_pipeline(stats(version=2))
    (outcome,) = await retry(pipeline)
    assert (outcome.outcome, outcome.reason) == ("quarantined", "truncated")
    assert await retry(pipeline) == []
    (again,) = await retry(pipeline, everything=True)
    assert again.reason == "truncated"
    (named,) = await retry(pipeline, only=[str(again.artifact)])
    assert named.artifact == again.artifact
    assert await retry(pipeline, everything=True, only=["00" * 32]) == []


async def test_the_ledger_tells_what_it_holds(make_pipeline: Any, db: Database, files: Any) -> None:
    pipeline = make_pipeline()
    name, data = files.round("2025-10-19-210000")
    good = await pipeline.offer(name, data, source="folder")
    await pipeline.offer(name, data[:-1], source="folder")
    await pipeline.offer(name, data.splitlines(keepends=True)[0], source="folder")
    found = await summary(db)
    assert (found.imported, found.empty, found.quarantined, found.reasons) == (1, 1, 1, {"truncated": 1})
    assert [(refused.name, refused.reason) for refused in found.latest] == [(name, "truncated")]
    assert len(await find(db, name)) == 3
    (entry,) = await find(db, str(good.artifact)[:10].upper())
    assert (entry.outcome, entry.round_id) == ("imported", good.round_id)
    for unknown in ("nope", str(good.artifact)[:7], "%"):
        with pytest.raises(NotInLedgerError):
            await find(db, unknown)
