"""The database door: transactions, values, and a server that goes away for a moment."""

from __future__ import annotations

import asyncpg
import pytest

from slomix.errors import DatabaseUnavailable
from slomix.settings import DatabaseSettings
from slomix.storage.database import Database, direct_dsn, full_dsn, public_dsn


@pytest.fixture
async def numbers(db: Database) -> Database:
    await db.execute("create table public.number (n int, j jsonb)")
    return db


async def test_a_block_commits_and_an_error_rolls_back(numbers: Database) -> None:
    async with numbers.transaction() as tx:
        await tx.execute("insert into public.number (n) values (1)")
    with pytest.raises(RuntimeError):
        async with numbers.transaction() as tx:
            await tx.execute("insert into public.number (n) values (2)")
            raise RuntimeError
    assert [row["n"] for row in await numbers.fetch("select n from public.number")] == [1]


async def test_a_failed_statement_leaves_the_pool_usable(numbers: Database) -> None:
    for _ in range(20):
        with pytest.raises(asyncpg.UndefinedTableError):
            async with numbers.transaction() as tx:
                await tx.execute("select * from public.missing")
    assert await numbers.fetchval("select count(*) from public.number") == 0


async def test_jsonb_is_plain_values_both_ways(numbers: Database) -> None:
    value = {"a": [1, None, 2.5, "ž"], "b": {"c": True}}
    await numbers.execute("insert into public.number (j) values ($1)", value)
    row = await numbers.fetchrow("select j, j->'b' as part from public.number where j @> $1", {"b": {"c": True}})
    assert row is not None
    assert (row["j"], row["part"]) == (value, {"c": True})


async def test_durable_false_touches_this_transaction_only(db: Database) -> None:
    async with db.transaction() as tx:
        usual = await tx.fetchval("show synchronous_commit")
        await tx.execute("set local synchronous_commit to on")
        assert await tx.fetchval("show synchronous_commit") == "on"
    async with db.transaction(durable=False) as tx:
        assert await tx.fetchval("show synchronous_commit") == "off"
    async with db.transaction() as tx:
        assert await tx.fetchval("show synchronous_commit") == usual


async def test_read_only_refuses_writes(numbers: Database) -> None:
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        async with numbers.transaction(read_only=True) as tx:
            await tx.execute("insert into public.number (n) values (1)")


async def test_broken_connections_are_replaced_before_the_first_statement(db: Database, dsn: str) -> None:
    other = await asyncpg.connect(dsn)
    kill = """
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()
    """
    try:
        for _ in range(3):
            await other.execute(kill)
            async with db.transaction() as tx:
                assert await tx.fetchval("select 1") == 1
            await other.execute(kill)
            assert await db.fetchval("select 2") == 2
    finally:
        await other.close()


async def test_nobody_there_is_said_without_the_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("slomix.storage.database.PATIENCE", 0.2)
    settings = DatabaseSettings.model_validate({"password": "hush"})
    with pytest.raises(DatabaseUnavailable, match="bob@/club") as caught:
        await Database.open(settings, "postgresql://bob@/club?host=/nonexistent")
    assert "hush" not in str(caught.value)


def test_addresses_with_and_without_their_password() -> None:
    settings = DatabaseSettings.model_validate({"password": "a/b@c", "direct_url": "postgresql://bob@db:5432/club"})
    assert full_dsn(settings, "postgresql://bob@pool:6432/club") == "postgresql://bob:a%2Fb%40c@pool:6432/club"
    assert direct_dsn(settings, "postgresql://bob@pool:6432/club") == "postgresql://bob:a%2Fb%40c@db:5432/club"
    assert public_dsn("postgresql://bob:secret@pool/club") == "postgresql://bob@pool/club"
    assert public_dsn("postgresql://slomix@/slomix?host=/tmp/x") == "postgresql://slomix@/slomix?host=/tmp/x"


async def test_a_transaction_that_loses_its_connection_says_so_whatever_was_made_of_it(db: Database) -> None:
    cut = "select count(pg_terminate_backend(pid)) from pg_stat_activity where pid = $1"
    for disguise in (False, True):
        with pytest.raises(DatabaseUnavailable, match="went away in the middle of a transaction"):
            async with db.transaction() as tx:
                pid = await tx.fetchval("select pg_backend_pid()")
                await db.fetchval(cut, pid)
                try:
                    await tx.fetchval("select 1")
                except Exception as error:
                    if disguise:
                        raise ValueError("a plugin turns every error into its own") from error
                    raise
    assert await db.fetchval("select 1") == 1


async def test_a_commit_that_loses_its_connection_says_so(db: Database) -> None:
    with pytest.raises(DatabaseUnavailable, match="went away in the middle of a transaction"):
        async with db.transaction() as tx:
            pid = await tx.fetchval("select pg_backend_pid()")
            await db.fetchval("select pg_terminate_backend($1)", pid)
    assert await db.fetchval("select 1") == 1


async def test_a_mistake_of_the_block_stays_what_it_is(db: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with db.transaction():
            raise ZeroDivisionError
    with pytest.raises(FileNotFoundError):
        async with db.transaction():
            raise FileNotFoundError("a file of the block's own")
