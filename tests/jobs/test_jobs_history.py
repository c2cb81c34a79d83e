"""What a person sees of the queue, and what she does about it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import pytest

from slomix.jobs.history import Counts, NoSuchJob, bury, cancel, counts, job, jobs, retry, retry_all
from slomix.jobs.worker import Worker
from slomix.storage.database import Database


async def put(db: Database, work: Any, *numbers: int) -> list[int]:
    async with db.transaction() as tx:
        for n in numbers:
            await work.queue().enqueue(tx, "test.job", {"n": n})
    return [row["id"] for row in await db.fetch("select id from slomix.pgqueuer order by id")]


async def until_buried(db: Database, how_many: int) -> None:
    async with asyncio.timeout(60):
        while (await counts(db)).buried < how_many:
            await asyncio.sleep(0.05)


async def test_a_buried_job_tells_why_and_runs_again(db: Database, work: Any) -> None:
    broken, done = True, asyncio.Event()

    async def run(payload: Mapping[str, Any]) -> None:
        if broken:
            raise ValueError("the file is gone")
        done.set()

    (number,) = await put(db, work, 7)
    async with work.working(Worker(db, work.queue(), [work.runnable(run, retries=0)])):
        await until_buried(db, 1)
        assert await counts(db) == Counts(due=0, later=0, running=0, buried=1)
        entry, log = await job(db, number)
        assert (entry.name, entry.state, entry.payload) == ("test.job", "buried", {"n": 7})
        assert entry.error == "ValueError: the file is gone"
        assert [line.status for line in log] == ["queued", "picked", "failed"]
        assert log[-1].traceback is not None
        assert 'raise ValueError("the file is gone")' in log[-1].traceback
        broken = False
        async with db.transaction() as tx:
            await retry(tx, number)
        await asyncio.wait_for(done.wait(), 60)
    assert await counts(db) == Counts(0, 0, 0, 0)


async def test_all_buried_jobs_run_again_together(db: Database, work: Any) -> None:
    first, second, third = await put(db, work, 1, 2, 3)
    async with db.transaction() as tx:
        for number in (first, third):
            await bury(tx, number)
    assert [entry.id for entry in await jobs(db, buried=True)] == [first, third]
    assert [(entry.id, entry.error) for entry in await jobs(db)] == [
        (first, "Buried: by hand"),
        (third, "Buried: by hand"),
        (second, None),
    ]
    async with db.transaction() as tx:
        assert await retry_all(tx) == [first, third]
        assert await retry_all(tx) == []
    assert await counts(db) == Counts(due=3, later=0, running=0, buried=0)


async def test_two_buried_jobs_of_one_key_may_both_run_again(db: Database, work: Any) -> None:
    for _ in range(2):
        async with db.transaction() as tx:
            await work.queue().enqueue(tx, "test.job", {}, dedupe="once")
            await bury(tx, await tx.fetchval("select max(id) from slomix.pgqueuer"))
    async with db.transaction() as tx:
        assert len(await retry_all(tx)) == 2


async def test_a_cancelled_job_is_gone(db: Database, work: Any) -> None:
    (number,) = await put(db, work, 1)
    async with db.transaction() as tx:
        await cancel(tx, number)
    assert await jobs(db) == []
    with pytest.raises(NoSuchJob, match=f"no job {number} "):
        await job(db, number)


async def test_what_does_not_fit_is_refused_with_the_reason(db: Database, work: Any) -> None:
    running, end = asyncio.Event(), asyncio.Event()

    async def run(payload: Mapping[str, Any]) -> None:
        running.set()
        await end.wait()

    (number,) = await put(db, work, 1)
    async with db.transaction() as tx:
        with pytest.raises(NoSuchJob, match=f"Job {number} is waiting: retry works on buried jobs"):
            await retry(tx, number)
    async with work.working(Worker(db, work.queue(), [work.runnable(run)])):
        await asyncio.wait_for(running.wait(), 60)
        async with db.transaction() as tx:
            with pytest.raises(NoSuchJob, match="is running: cancel works on waiting and buried jobs"):
                await cancel(tx, number)
            with pytest.raises(NoSuchJob, match="is running: bury works on waiting jobs"):
                await bury(tx, number)
        end.set()


async def test_the_commands(db: Database, work: Any, slomix: Any) -> None:
    first, second = await put(db, work, 1, 2)
    assert f"Job {first} is buried" in slomix("jobs", "bury", str(first)).stdout
    told = json.loads(slomix("jobs", "--json").stdout)
    assert told["counts"] == {"due": 1, "later": 0, "running": 0, "buried": 1}
    assert [(entry["id"], entry["state"]) for entry in told["jobs"]] == [(first, "buried"), (second, "waiting")]
    listed = slomix("jobs", "list", "--buried").stdout
    assert "due 1, later 0, running 0, buried 1" in listed
    assert "Buried: by hand" in listed
    assert "failed" in slomix("jobs", "show", str(first)).stdout
    assert slomix("jobs", "retry").returncode == 2
    assert "1 jobs are on the queue again" in slomix("jobs", "retry", "--all").stdout
    assert slomix("jobs", "cancel", str(second)).returncode == 0
    refused = slomix("jobs", "cancel", str(second))
    assert refused.returncode == 1
    assert f"There is no job {second}" in refused.stderr
