"""One of many: only one is in the block, and who loses the lock leaves it."""

from __future__ import annotations

import asyncio

import pytest

from slomix.storage import leader
from slomix.storage.database import Database
from slomix.storage.leader import Leadership, LeadershipLost

_END_OTHERS = """
select pg_terminate_backend(pid) from pg_locks
where locktype = 'advisory' and granted and database = (select oid from pg_database where datname = current_database())
"""


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leader, "PAUSE", 0.02)


async def test_one_at_a_time(db: Database) -> None:
    inside = 0

    async def work() -> int:
        nonlocal inside
        async with Leadership(db, "bot"):
            inside += 1
            seen = inside
            await asyncio.sleep(0.03)
            inside -= 1
            return seen

    assert await asyncio.gather(*(work() for _ in range(4))) == [1, 1, 1, 1]


async def test_other_names_do_not_wait(db: Database) -> None:
    async with Leadership(db, "bot"), asyncio.timeout(60), Leadership(db, "sweeper"):
        assert await db.fetchval("select count(*) from pg_locks where locktype = 'advisory'") >= 2


async def test_losing_the_connection_ends_the_block(db: Database) -> None:
    with pytest.raises(LeadershipLost, match="bot"):
        async with Leadership(db, "bot"), asyncio.timeout(60):
            await db.fetch(_END_OTHERS)
            await asyncio.sleep(9)
    async with Leadership(db, "bot"):
        pass


async def test_errors_and_cancellation_of_others_pass(db: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with Leadership(db, "bot"):
            raise ZeroDivisionError
    entered = asyncio.Event()

    async def work() -> None:
        async with Leadership(db, "bot"):
            entered.set()
            await asyncio.sleep(10)

    task = asyncio.create_task(work())
    await entered.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
