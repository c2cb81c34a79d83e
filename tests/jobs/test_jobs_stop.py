"""A worker that stops, or loses its connection, loses no job and holds none back."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from slomix.jobs.worker import Worker
from slomix.storage.database import Database

CUT_ALL = """
select count(pg_terminate_backend(pid)) from pg_stat_activity
where pid <> pg_backend_pid() and datname = current_database()
"""


async def put(db: Database, work: Any) -> None:
    async with db.transaction() as tx:
        await work.queue().enqueue(tx, "test.job", {})


async def test_a_job_that_is_cut_off_by_a_stop_runs_in_the_next_worker_at_once(
    db: Database, work: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("slomix.jobs.worker.GRACE_S", 0.2)
    starts, ended = asyncio.Queue[str](), asyncio.Event()

    async def endless(payload: Mapping[str, Any]) -> None:
        await starts.put("first")
        await asyncio.sleep(3600)

    async def short(payload: Mapping[str, Any]) -> None:
        await starts.put("second")
        ended.set()

    await put(db, work)
    async with work.working(Worker(db, work.queue(), [work.runnable(endless)])):
        assert await asyncio.wait_for(starts.get(), 60) == "first"
    assert await db.fetchval("select status::text || attempts from slomix.pgqueuer") == "queued0"
    async with work.working(Worker(db, work.queue(), [work.runnable(short)])):
        await asyncio.wait_for(ended.wait(), 60)
        assert starts.get_nowait() == "second"


async def test_a_job_that_ends_in_time_is_done_when_the_worker_has_stopped(db: Database, work: Any) -> None:
    started = asyncio.Event()

    async def run(payload: Mapping[str, Any]) -> None:
        started.set()
        await asyncio.sleep(0.2)

    await put(db, work)
    async with work.working(Worker(db, work.queue(), [work.runnable(run)])):
        await asyncio.wait_for(started.wait(), 60)
    assert await db.fetchval("select count(*) from slomix.pgqueuer") == 0


async def test_a_job_that_ended_while_the_connection_broke_is_not_run_again(db: Database, work: Any) -> None:
    runs, cut = 0, asyncio.Event()

    async def run(payload: Mapping[str, Any]) -> None:
        nonlocal runs
        runs += 1
        await db.fetchval(CUT_ALL)
        cut.set()

    await put(db, work)
    async with work.working(Worker(db, work.queue(), [work.runnable(run)], heartbeat=timedelta(seconds=1))):
        await asyncio.wait_for(cut.wait(), 60)
        async with asyncio.timeout(60):
            while await db.fetchval("select count(*) from slomix.pgqueuer"):
                await asyncio.sleep(0.05)
    assert runs == 1


async def test_a_job_of_a_silent_worker_goes_to_another_one(db: Database, work: Any) -> None:
    done = asyncio.Event()

    async def run(payload: Mapping[str, Any]) -> None:
        done.set()

    await put(db, work)
    await db.execute(
        "update slomix.pgqueuer set status = 'picked', queue_manager_id = gen_random_uuid(), heartbeat = now()"
    )
    began = asyncio.get_running_loop().time()
    async with work.working(Worker(db, work.queue(), [work.runnable(run)], heartbeat=timedelta(seconds=1))):
        await asyncio.wait_for(done.wait(), 60)
    assert asyncio.get_running_loop().time() - began > 0.8
