"""Watched folders, with real files."""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from slomix.ingest.pipeline import Pipeline
from slomix.ingest.settling import Settling, Stamp
from slomix.ingest.watch import watch
from slomix.settings import FolderSource
from slomix.storage.database import Database

pytestmark = pytest.mark.plugins("stats")

PATIENCE = 90.0


@asynccontextmanager
async def watching(pipeline: Pipeline, folder: Path, **kwargs: Any) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(watch(pipeline, FolderSource(path=folder, server="Pub"), **kwargs))
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until(condition: Callable[[], Awaitable[bool]]) -> float:
    """Seconds until it was true."""
    began = time.monotonic()
    while not await condition():
        assert time.monotonic() - began < PATIENCE
        await asyncio.sleep(0.01)
    return time.monotonic() - began


def handled(db: Database, count: int) -> Callable[[], Awaitable[bool]]:
    async def check() -> bool:
        return bool(await db.fetchval("select count(*) from slomix.artifact") >= count)

    return check


async def outcomes(db: Database) -> list[tuple[str, str, str | None]]:
    rows = await db.fetch("select name, outcome, reason from slomix.artifact order by seq")
    return [tuple(row) for row in rows]


async def test_it_catches_up_in_the_order_of_time_and_goes_on(
    pipeline: Pipeline, db: Database, files: Any, tmp_path: Path
) -> None:
    first, second = files.round("2025-10-19-210000"), files.round("2025-10-19-210800", number=2, limit="8:00")
    third = files.round("2025-10-19-211600", "te_escape2")
    for name, data in (second, first):
        (tmp_path / name).write_bytes(data)
    (tmp_path / "2025-10-19-210000-supply-round-1_engagements.txt").write_bytes(b"x\n")
    async with watching(pipeline, tmp_path):
        await until(handled(db, 2))
        # the way a careful copy arrives: under another name first
        (tmp_path / "incoming.tmp").write_bytes(third[1])
        (tmp_path / "incoming.tmp").rename(tmp_path / third[0])
        await until(handled(db, 3))
    assert await outcomes(db) == [(name, "imported", None) for name, _ in (first, second, third)]
    assert await db.fetchval("select name from slomix.server") == "Pub"


async def test_a_file_in_the_making_is_left_alone_until_it_is_complete(
    make_pipeline: Any, db: Database, files: Any, tmp_path: Path
) -> None:
    name, data = files.round("2025-10-19-210000")
    pipeline = make_pipeline(ingest={"settle_ms": 100})
    async with watching(pipeline, tmp_path):
        with (tmp_path / name).open("wb", buffering=0) as file:
            for part in (data[:40], data[40:90], data[90:-1]):
                file.write(part)
                await asyncio.sleep(0.25)
            assert await outcomes(db) == []
            file.write(data[-1:])
            await until(handled(db, 1))
    assert await outcomes(db) == [(name, "imported", None)]


async def test_a_finished_file_is_soon_a_row(pipeline: Pipeline, db: Database, files: Any, tmp_path: Path) -> None:
    async with watching(pipeline, tmp_path):
        await asyncio.sleep(0.5)
        took = []
        for number in range(5):
            name, data = files.round(f"2025-10-19-21{number}000", kills=number + 1)
            (tmp_path / name).write_bytes(data)
            took.append(await until(handled(db, number + 1)))
    assert min(took) < 5.0  # benchmarks.latency says how soon


async def test_a_new_start_does_not_offer_what_is_known(
    pipeline: Pipeline, db: Database, files: Any, tmp_path: Path
) -> None:
    name, data = files.round("2025-10-19-210000")
    (tmp_path / name).write_bytes(data)
    offered: list[str] = []
    real = pipeline.offer

    async def offer(name: str, data: bytes, **kwargs: Any) -> Any:
        offered.append(name)
        return await real(name, data, **kwargs)

    pipeline.offer = offer  # type: ignore[method-assign]
    async with watching(pipeline, tmp_path):
        await until(handled(db, 1))
    async with watching(pipeline, tmp_path):
        other, data = files.round("2025-10-19-213000", "te_escape2")
        (tmp_path / other).write_bytes(data)
        await until(handled(db, 2))
    assert offered == [name, other]


async def test_it_waits_for_the_folder_and_follows_a_new_one(
    pipeline: Pipeline, db: Database, files: Any, tmp_path: Path
) -> None:
    folder = tmp_path / "gamestats"
    async with watching(pipeline, folder, rescan_s=0.3):
        await asyncio.sleep(0.2)
        for number, stamp in enumerate(("2025-10-19-210000", "2025-10-19-214000"), start=1):
            folder.mkdir()
            name, data = files.round(stamp, kills=number)
            (folder / name).write_bytes(data)
            await until(handled(db, number))
            shutil.rmtree(folder)
    assert len(await outcomes(db)) == 2


async def test_it_goes_on_when_the_database_was_away(
    pipeline: Pipeline, db: Database, files: Any, tmp_path: Path
) -> None:
    async with watching(pipeline, tmp_path):
        await asyncio.sleep(0.3)
        await db.fetch(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where pid <> pg_backend_pid() and datname = current_database()"
        )
        name, data = files.round("2025-10-19-210000")
        (tmp_path / name).write_bytes(data)
        await until(handled(db, 1))


async def test_a_file_that_can_not_be_stored_is_offered_again(
    make_pipeline: Any, db: Database, files: Any, tmp_path: Path, stats: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    healthy = stats().record.store
    calls = 0

    async def moody(tx: Any, record: Any, imported: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise RuntimeError("not today")
        await healthy(tx, record, imported)

    monkeypatch.setattr("slomix.ingest.settling._RETRY_S", 0.2)
    name, data = files.round("2025-10-19-210000")
    (tmp_path / name).write_bytes(data)
    async with watching(make_pipeline(stats(store=moody)), tmp_path):
        await until(handled(db, 1))
    assert calls == 2


def test_a_file_without_its_end_gets_a_minute() -> None:
    settling, path = Settling(0.25), Path("a.txt")
    settling.saw(path, Stamp(5, 1), now=10.0)
    assert settling.due(10.2) == []
    assert settling.due(10.25) == [(path, Stamp(5, 1))]
    assert settling.incomplete(path, 10.3)
    assert settling.due(69.9) == []
    assert settling.due(70.0) == [(path, Stamp(5, 1))]
    assert not settling.incomplete(path, 70.0)
    settling.handled(path, Stamp(5, 1))
    settling.saw(path, Stamp(5, 1), now=80.0)
    assert settling.next_due() is None
    settling.saw(path, Stamp(9, 2), now=90.0)
    assert settling.next_due() == 90.25


def test_a_growing_file_settles_anew() -> None:
    settling, path = Settling(0.25), Path("a.txt")
    settling.saw(path, Stamp(5, 1), now=1.0)
    settling.saw(path, Stamp(6, 2), now=1.2)
    settling.saw(path, Stamp(6, 2), now=1.4)
    assert settling.due(1.3) == []
    assert settling.due(1.45) == [(path, Stamp(6, 2))]
    settling.gone(path)
    assert settling.due(99.0) == []


def test_failures_are_put_off_longer_and_longer() -> None:
    settling, path = Settling(0.0), Path("a.txt")
    settling.saw(path, Stamp(5, 1), now=0.0)
    assert [settling.failed(path, 0.0) for _ in range(9)] == [5, 10, 20, 40, 80, 160, 320, 600, 600]
    assert os.fspath(settling.due(600.0)[0][0]) == "a.txt"
