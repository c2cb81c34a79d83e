"""The walls in the database: who may do what, tried by acting as each role; old databases, hosted ones, purge."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from slomix.reading import reading
from slomix.settings import DatabaseSettings
from slomix.storage.database import Database
from slomix.storage.link import lend
from slomix.storage.migrate import MigrationSource, core_migrations, migrate, status
from slomix.storage.purge import purge
from slomix.storage.roles import all_roles_of, is_free
from slomix.testing.cluster import cluster
from slomix.testing.database import fresh_database

CORE = core_migrations()
LOG = """
create table {0}.entry (n integer);
comment on table {0}.entry is 'append-only: what was said';
create table {0}.state (round_id text references slomix.round (id), n integer);
create view {0}.pub_entry as select n from {0}.entry;
create view {0}.own_entry as select n from {0}.entry;
"""
REFUSED = asyncpg.InsufficientPrivilegeError


def source(folder: Path, name: str, up: str = LOG) -> MigrationSource:
    home = folder / name
    home.mkdir()
    (home / f"{name}.0001.tables.sql").write_text(up.format(name))
    (home / f"{name}.0001.tables.rollback.sql").write_text(f"drop table {name}.entry cascade; drop table {name}.state;")
    return MigrationSource(name, name, home)


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> list[MigrationSource]:
    folder = tmp_path_factory.mktemp("walls")
    return [CORE, source(folder, "walls_diary"), source(folder, "walls_other")]


@pytest.fixture
def dsn(sources: list[MigrationSource]) -> Iterator[str]:
    with fresh_database(sources) as address:
        yield address


async def refused(db: Database, *statements: str) -> None:
    for statement in statements:
        with pytest.raises(REFUSED):
            await db.execute(statement)


async def test_a_plugin_reaches_its_own_tables_and_no_others(db: Database) -> None:
    diary, other = db.plugin("walls_diary", schema=True), db.plugin("walls_other", schema=True)
    await diary.execute("insert into walls_diary.entry values (1)")
    await diary.execute("insert into walls_diary.state values (null, 1)")
    await diary.execute("update walls_diary.state set n = 2")
    assert await diary.fetchval("select n from walls_diary.state") == 2
    assert await diary.replica().fetchval("select n from walls_diary.own_entry") == 1
    assert await other.fetchval("select n from walls_diary.pub_entry") == 1
    assert await other.fetch("select * from slomix.round") == []
    await refused(
        diary, "update walls_diary.entry set n = 2", "delete from walls_diary.entry", "truncate walls_diary.entry"
    )
    await refused(diary, "create table walls_diary.more (n integer)", "drop table walls_diary.state")
    for read in ("select n from walls_diary.entry", "select n from walls_diary.own_entry"):
        await refused(other, read)
        with pytest.raises(REFUSED):
            await other.fetch(read)
    await refused(other, "insert into walls_diary.entry values (1)", "insert into walls_diary.pub_entry values (1)")
    await refused(db.core(), "insert into walls_diary.state values (null, 1)", "select * from walls_diary.state")
    await refused(other, "insert into slomix.server (id, name) values ('s', 's')", "delete from slomix.event")
    await refused(other, "select * from slomix.server_token", "select * from slomix.audit")


async def test_single_reads_and_what_answers_a_get_only_read(db: Database) -> None:
    diary = db.plugin("walls_diary", schema=True)
    insert = "insert into walls_diary.entry values (1) returning n"
    with pytest.raises((REFUSED, asyncpg.ReadOnlySQLTransactionError)):
        await diary.fetchval(insert)
    with reading():
        for door in (diary, db.core(), db):
            with pytest.raises((REFUSED, asyncpg.ReadOnlySQLTransactionError)):
                await door.execute("insert into slomix.server (id, name) values ('s', 's')")
        async with diary.transaction() as tx:
            assert await tx.fetchval("select current_user") == "slomix_walls_diary_reader"
            assert await tx.fetchval("select current_setting('transaction_read_only')") == "on"
    assert await diary.fetchval("select current_user") == "slomix_walls_diary_reader"
    assert await db.fetchval("select current_user") == "slomix"
    async with diary.transaction() as tx:
        assert await tx.fetchval("select current_user") == "slomix_walls_diary"
        assert await tx.fetchval(insert) == 1
        async with tx.transaction():
            await tx.execute(insert)
    async with db.transaction() as tx:
        assert await tx.fetchval("select current_user") == "slomix"
        assert await tx.fetchval("select count(*) from walls_diary.entry") == 2


async def test_a_transaction_of_core_is_lent_to_a_plugin(db: Database) -> None:
    db.plugin("walls_diary", schema=True)
    async with db.core().transaction() as tx:
        await tx.execute("insert into slomix.server (id, name) values ('s', 's')")
        async with lend(tx, "walls_diary"):
            await tx.execute("insert into walls_diary.entry values (1)")
            with pytest.raises(REFUSED):
                async with tx.transaction():
                    await tx.execute("insert into slomix.server (id, name) values ('t', 't')")
        await tx.execute("insert into slomix.server (id, name) values ('u', 'u')")
        async with lend(tx, "nobody_wrote_down"):
            assert await tx.fetchval("select current_user") == "slomix_plugin"
    assert await db.fetchval("select count(*) from slomix.server") == 2
    async with db.transaction() as tx, lend(tx, "walls_diary"):
        assert await tx.fetchval("select current_user") == "slomix", "the door of the login has no walls"


async def test_a_migration_stays_in_its_schema(tmp_path: Path) -> None:
    with fresh_database((CORE,)) as dsn:
        for n, up in enumerate(
            (
                "create table public.stray (n integer);",
                "alter table slomix.round add column stray integer;",
                "insert into slomix.server (id, name) values ('s', 's');",
                "create schema stray;",
            )
        ):
            bad = source(tmp_path, f"walls_bad{n}", up)
            (outcome,) = await migrate(dsn, [bad])
            assert outcome.error is not None, up
            assert "permission denied" in outcome.error or "must be owner" in outcome.error


async def test_a_database_from_before_the_walls_is_brought_over(sources: list[MigrationSource]) -> None:
    with fresh_database(()) as dsn:
        await migrate(dsn, sources, roles=False)
        db = await Database.open(DatabaseSettings(), dsn)
        try:
            await db.execute("insert into slomix.event (key, version, payload) values ('k', 1, '{}')")
            assert await owners(db) == {"slomix"}
            standing = await status(dsn, sources)
            assert all("run `slomix migrate`" in (each.error or "") for each in standing)
            assert [outcome.applied for outcome in await migrate(dsn, sources)] == [(), (), ()]
            assert await owners(db) == {"slomix_core_owner", "slomix_walls_diary_owner", "slomix_walls_other_owner"}
            assert [each.error for each in await status(dsn, sources)] == [None, None, None]
            await db.core().execute("insert into slomix.event (key, version, payload) values ('k', 1, '{}')")
            await refused(db.plugin("walls_other", schema=True), "select * from walls_diary.entry")
        finally:
            await db.close()
        off = await Database.open(DatabaseSettings(roles="off"), dsn)
        try:
            await off.plugin("walls_other", schema=True).execute("insert into walls_diary.entry values (1)")
            assert [each.error for each in await status(dsn, sources, roles=False)] == [None, None, None]
        finally:
            await off.close()


OWNERS = """
select distinct relowner::regrole::text from pg_class
where relnamespace::regnamespace::text in ('slomix', 'walls_diary', 'walls_other') and relkind in ('r', 'v', 'S')
union
select nspowner::regrole::text from pg_namespace where nspname in ('slomix', 'walls_diary', 'walls_other')
union
select proowner::regrole::text from pg_proc where pronamespace::regnamespace::text = 'slomix'
"""


async def owners(db: Database) -> set[str]:
    return {row[0] for row in await db.fetch(OWNERS)}


async def test_purge_drops_the_roles_when_no_other_database_needs_them(sources: list[MigrationSource]) -> None:
    mine = MigrationSource("walls_diary", "walls_diary", sources[1].folder)
    with cluster() as server:
        second = server.dsn.replace("/slomix?", "/second?")
        await run(server.dsn, "create database second")
        for dsn in (server.dsn, second):
            assert [outcome.error for outcome in await migrate(dsn, [CORE, mine])] == [None, None]
        roles = all_roles_of("walls_diary")
        assert await purged(server.dsn) == roles
        assert await migrate(server.dsn, [CORE, mine])
        assert await purged(server.dsn) == roles
        assert await purged(second) == ()
        left = await run(second, "select rolname from pg_roles where rolname like 'slomix_walls%'")
        assert left == []
        await hosted(server.dsn, mine)


async def hosted(dsn: str, mine: MigrationSource) -> None:
    """An account that may not create roles, and one that is no superuser but may."""
    for account, rights in (("guest", "nocreaterole"), ("landlord", "createrole")):
        await run(dsn, f"create role {account} login {rights}")
        await run(dsn, f"create database {account} owner {account}")
    address = dsn.replace("slomix@/slomix?", "guest@/guest?")
    with pytest.raises(Exception, match="SLOMIX_DATABASE__ROLES"):
        await migrate(address, [CORE, mine])
    assert [outcome.error for outcome in await migrate(address, [CORE, mine], roles=False)] == [None, None]
    # the roles of this server belong to somebody else, so the landlord has to be let in
    address = dsn.replace("slomix@/slomix?", "landlord@/landlord?")
    names = (*all_roles_of("core"), *all_roles_of("walls_diary"), "slomix_reader", "slomix_plugin")
    for name in names:
        if await run(dsn, f"select 1 from pg_roles where rolname = '{name}'"):
            await run(dsn, f"grant {name} to landlord with admin option")
    assert [outcome.error for outcome in await migrate(address, [CORE, mine])] == [None, None]
    db = await Database.open(DatabaseSettings(), address)
    try:
        await db.plugin("walls_diary", schema=True).execute("insert into walls_diary.entry values (1)")
        await db.core().execute("insert into slomix.server (id, name) values ('s', 's')")
    finally:
        await db.close()
    assert await purged(address) == ()


async def run(dsn: str, statement: str) -> list[Any]:
    connection = await asyncpg.connect(dsn)
    try:
        return list(await connection.fetch(statement))
    finally:
        await connection.close()


async def purged(dsn: str) -> tuple[str, ...]:
    connection = await asyncpg.connect(dsn)
    try:
        return await purge(connection, "walls_diary")
    finally:
        await connection.close()


def test_names_whose_roles_would_be_somebody_elses_are_taken() -> None:
    assert [name for name in ("core", "reader", "plugin", "stats_owner", "stats_reader", "stats") if is_free(name)] == [
        "stats"
    ]
