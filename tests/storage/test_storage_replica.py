"""A read replica answers what may be a moment old; the primary does while it is away."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest
import pytest_asyncio

from slomix.settings import DatabaseSettings
from slomix.storage.database import Database
from slomix.testing.cluster import Cluster, cluster

ON_REPLICA = "select pg_is_in_recovery()"


@pytest.fixture(scope="module")
def primary() -> Iterator[Cluster]:
    with cluster() as server:
        yield server


@pytest.fixture(scope="module")
def standby(primary: Cluster) -> Iterator[Cluster]:
    with cluster(of=primary) as server:
        yield server


@pytest_asyncio.fixture
async def both(primary: Cluster, standby: Cluster) -> AsyncIterator[Database]:
    database = await Database.open(DatabaseSettings(read_urls=(standby.dsn,)), primary.dsn)
    try:
        yield database
    finally:
        await database.close()


async def test_without_one_the_primary_answers(db: Database) -> None:
    assert await db.replica().fetchval(ON_REPLICA) is False


async def test_reads_go_there_and_see_what_was_written(both: Database) -> None:
    assert await both.fetchval(ON_REPLICA) is False
    assert await both.replica().fetchval(ON_REPLICA) is True
    async with both.transaction() as tx:
        await tx.execute("create table club (name text); insert into club values ('one'), ('two')")
    async with asyncio.timeout(60):
        while not await both.replica().fetchval("select count(*) from pg_class where relname = 'club'"):
            await asyncio.sleep(0.01)
    assert [row["name"] for row in await both.replica().fetch("select name from club order by name")] == ["one", "two"]
    assert (await both.replica().fetchrow("select name from club where name = $1", "two"))["name"] == "two"
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        await both.replica().fetch("insert into club values ('three')")


async def test_a_mistake_in_a_statement_is_the_callers(both: Database) -> None:
    with pytest.raises(asyncpg.UndefinedTableError):
        await both.replica().fetch("select from nothing_there")


async def test_the_primary_steps_in_while_it_is_away(
    both: Database, standby: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("slomix.storage.replica.REST_S", 0.3)
    assert await both.replica().fetchval(ON_REPLICA) is True
    standby.stop()
    try:
        for _ in range(3):
            assert await both.replica().fetchval(ON_REPLICA) is False
    finally:
        standby.start()
    async with asyncio.timeout(60):
        while not await both.replica().fetchval(ON_REPLICA):
            await asyncio.sleep(0.05)


async def test_of_two_the_one_that_answers_is_read(primary: Cluster, standby: Cluster) -> None:
    settings = DatabaseSettings(read_urls=("postgresql://slomix@/slomix?host=/nowhere", standby.dsn))
    database = await Database.open(settings, primary.dsn)
    try:
        assert [await database.replica().fetchval(ON_REPLICA) for _ in range(4)] == [True] * 4
    finally:
        await database.close()


def test_a_version_that_is_not_there_is_said() -> None:
    with pytest.raises(LookupError, match="no PostgreSQL 9"), cluster(major=9):
        pass


def test_what_a_program_complains_of_is_in_the_error() -> None:
    with cluster() as server, pytest.raises(subprocess.CalledProcessError) as caught:
        server.make()
    assert "is not empty" in caught.value.output
