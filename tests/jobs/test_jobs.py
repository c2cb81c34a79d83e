"""Jobs run after the commit that asked for them, again after a failure, and are kept when nothing helps."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pgqueuer.adapters.persistence.schema_ddl import render_install

from slomix.clock import SystemClock
from slomix.errors import PluginError
from slomix.jobs.queue import QUEUE_SETTINGS, JobQueue
from slomix.jobs.worker import Runnable, Worker
from slomix.storage.database import Database

MIGRATIONS = Path(__file__).parents[2] / "migrations"


@contextlib.asynccontextmanager
async def working(worker: Worker) -> AsyncIterator[None]:
    task = asyncio.create_task(worker.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def runnable(run: Any, **more: Any) -> Runnable:
    return Runnable(name="test.job", run=run, timeout=timedelta(seconds=5), retries=more.pop("retries", 3), **more)


def make_queue() -> JobQueue:
    queue = JobQueue(SystemClock())
    queue.declare(["test.job"])
    return queue


async def test_runs_what_was_committed_and_nothing_else(db: Database) -> None:
    done: asyncio.Queue[int] = asyncio.Queue()

    async def run(payload: Mapping[str, Any]) -> None:
        await done.put(payload["n"])

    queue = make_queue()
    with pytest.raises(ZeroDivisionError):
        async with db.transaction() as tx:
            await queue.enqueue(tx, "test.job", {"n": 1})
            raise ZeroDivisionError
    async with working(Worker(db, queue, [runnable(run)])):
        async with db.transaction() as tx:
            await queue.enqueue(tx, "test.job", {"n": 2})
        assert await asyncio.wait_for(done.get(), 60) == 2
    assert done.empty()


async def test_same_key_waits_once(db: Database) -> None:
    queue = make_queue()
    async with db.transaction() as tx:
        await queue.enqueue(tx, "test.job", {}, dedupe="once")
        await queue.enqueue(tx, "test.job", {}, dedupe="once")
    assert await db.fetchval("select count(*) from slomix.pgqueuer") == 1


async def test_later_means_later(db: Database) -> None:
    queue = make_queue()
    async with db.transaction() as tx:
        await queue.enqueue(tx, "test.job", {}, run_at=datetime.now(UTC) + timedelta(hours=1))
    wait = await db.fetchval("select execute_after - now() from slomix.pgqueuer")
    assert timedelta(minutes=59) < wait <= timedelta(hours=1)


async def test_unknown_job_is_refused(db: Database) -> None:
    async with db.transaction() as tx:
        with pytest.raises(PluginError, match=r"no plugin declared the job test\.nothing"):
            await make_queue().enqueue(tx, "test.nothing", {})


async def test_failure_is_tried_again_then_held_with_its_error(db: Database) -> None:
    attempts = 0

    async def run(payload: Mapping[str, Any]) -> None:
        nonlocal attempts
        attempts += 1
        raise ValueError("it never works")

    queue = make_queue()
    async with working(Worker(db, queue, [runnable(run, retries=1)])):
        async with db.transaction() as tx:
            await queue.enqueue(tx, "test.job", {})
        async with asyncio.timeout(60):
            while await db.fetchval("select status::text from slomix.pgqueuer") != "failed":
                await asyncio.sleep(0.05)
    assert attempts == 2
    errors = await db.fetch("select traceback from slomix.pgqueuer_log where status = 'failed'")
    assert "it never works" in str(errors[0]["traceback"])


async def test_worker_comes_back_when_its_connection_is_cut(db: Database) -> None:
    done: asyncio.Queue[int] = asyncio.Queue()

    async def run(payload: Mapping[str, Any]) -> None:
        await done.put(payload["n"])

    queue = make_queue()
    async with working(Worker(db, queue, [runnable(run)])):
        async with db.transaction() as tx:
            await queue.enqueue(tx, "test.job", {"n": 1})
        assert await asyncio.wait_for(done.get(), 60) == 1
        await db.fetchval(
            "select count(pg_terminate_backend(pid)) from pg_stat_activity "
            "where pid <> pg_backend_pid() and datname = current_database()"
        )
        async with db.transaction() as tx:
            await queue.enqueue(tx, "test.job", {"n": 2})
        assert await asyncio.wait_for(done.get(), 60) == 2


async def test_repeating_job_has_one_next_run_for_all_workers(db: Database) -> None:
    ran = asyncio.Event()

    async def run(payload: Mapping[str, Any]) -> None:
        ran.set()

    queue = make_queue()
    entry = runnable(run, every=timedelta(seconds=1))
    async with working(Worker(db, queue, [entry])), working(Worker(db, queue, [entry])):
        await asyncio.wait_for(ran.wait(), 60)
        waiting = await db.fetch("select dedupe_key from slomix.pgqueuer where status = 'queued'")
    assert len({row["dedupe_key"] for row in waiting}) == len(waiting)


def test_migration_holds_what_the_queue_declares() -> None:
    """A new PgQueuer that wants more tables or columns needs a migration of ours."""
    declared = render_install(QUEUE_SETTINGS, create_schema=False).split("\n", 1)[1].strip()
    written = (MIGRATIONS / "core.0003.queue.sql").read_text()
    assert declared in written
