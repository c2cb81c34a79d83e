"""Migrations: up, down, up; changed and unknown files; a plugin that fails; two at once."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from slomix.errors import DatabaseUnavailable, MigrationError
from slomix.storage.migrate import MigrationSource, core_migrations, migrate, rollback, status, yoyo_uri
from slomix.storage.sources import compare, read_files
from slomix.testing.database import fresh_database

CORE = core_migrations()

_TABLES = """
select table_schema || '.' || table_name from information_schema.tables
where table_schema not in ('pg_catalog', 'information_schema') order by 1
"""
_BOOKS = {"_yoyo_log", "_yoyo_migration", "_yoyo_version", "yoyo_lock", "migration_hash", "wall"}


def write(folder: Path, name: str, up: str, down: str = "select 1;") -> MigrationSource:
    """One more migration of a source called like its folder."""
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.sql").write_text(up)
    (folder / f"{name}.rollback.sql").write_text(down)
    return MigrationSource(folder.name, folder.name, folder)


@pytest.fixture
def maps(tmp_path: Path) -> MigrationSource:
    """A plugin with two migrations: a function with semicolons, a reference to core, a statement with % and :."""
    write(
        tmp_path / "maps",
        "maps.0001.tables",
        """create table maps.map (name text primary key, note text default '100 % :sure', n int);
        create function maps.twice() returns trigger language plpgsql as $$
        begin new.n := new.n * 2; return new; end; $$;
        create trigger twice before insert on maps.map for each row execute function maps.twice();""",
        "drop table maps.map; drop function maps.twice();",
    )
    return write(
        tmp_path / "maps",
        "maps.0002.rounds",
        "-- depends: maps.0001.tables\nselect 'a row to print';\n"
        "create table maps.seen (round_id text references slomix.round (id), map text references maps.map (name));",
        "drop table maps.seen;",
    )


async def tables(dsn: str) -> set[str]:
    connection = await asyncpg.connect(dsn)
    try:
        return {row[0] for row in await connection.fetch(_TABLES) if row[0].split(".")[1] not in _BOOKS}
    finally:
        await connection.close()


async def run_sql(dsn: str, statement: str) -> str:
    connection = await asyncpg.connect(dsn)
    try:
        return str(await connection.execute(statement))
    finally:
        await connection.close()


async def test_up_down_up_on_an_empty_database(maps: MigrationSource, capsys: pytest.CaptureFixture[str]) -> None:
    with fresh_database(()) as dsn:
        outcomes = await migrate(dsn, [CORE, maps])
        assert [outcome.error for outcome in outcomes] == [None, None]
        assert outcomes[1].applied == ("maps.0001.tables", "maps.0002.rounds")
        after = await tables(dsn)
        assert {"slomix.round", "slomix.event", "maps.map", "maps.seen"} <= after
        assert await rollback(dsn, maps) == ("maps.0002.rounds", "maps.0001.tables")
        assert len(await rollback(dsn, CORE)) == len(read_files(CORE))
        assert await tables(dsn) == set()
        assert [outcome.applied for outcome in await migrate(dsn, [CORE, maps])] == [o.applied for o in outcomes]
        assert await tables(dsn) == after
    assert "a row to print" not in capsys.readouterr().out


async def test_up_down_up_on_a_filled_database(maps: MigrationSource) -> None:
    with fresh_database((CORE, maps)) as dsn:
        await run_sql(dsn, "insert into maps.map (name, n) values ('supply', 21)")
        connection = await asyncpg.connect(dsn)
        rows = await connection.fetch("select note, n from maps.map")
        assert [tuple(row) for row in rows] == [("100 % :sure", 42)]
        await connection.execute("insert into slomix.server (id, name) values ('s', 'one')")
        await connection.execute("insert into slomix.event (key, version, payload) values ('k', 1, '{}')")
        await connection.close()
        for source in (maps, CORE):
            await rollback(dsn, source)
        assert await tables(dsn) == set()
        assert all(outcome.error is None for outcome in await migrate(dsn, [CORE, maps]))


async def test_nothing_to_do_is_told_from_hashes_alone(maps: MigrationSource) -> None:
    code = (
        "import asyncio, sys; from pathlib import Path; from slomix.storage.migrate import *\n"
        "sources = [core_migrations(), MigrationSource('maps', 'maps', Path(sys.argv[2]))]\n"
        "outcomes = asyncio.run(migrate(sys.argv[1], sources))\n"
        "print([o.applied for o in outcomes], [m for m in ('yoyo', 'psycopg') if m in sys.modules])"
    )
    with fresh_database((CORE, maps)) as dsn:
        command = [sys.executable, "-c", code, dsn, str(maps.folder)]
        done = await asyncio.to_thread(subprocess.run, command, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[(), ()] []"


async def test_a_file_that_changed_after_it_was_applied(maps: MigrationSource) -> None:
    with fresh_database((CORE, maps)) as dsn:
        path = maps.folder / "maps.0001.tables.sql"
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
        assert (await migrate(dsn, [CORE, maps]))[1].error is None
        path.write_text(path.read_text() + "\n-- another word")
        write(maps.folder, "maps.0003.more", "create table maps.more ();")
        outcome = (await migrate(dsn, [CORE, maps]))[1]
        assert outcome.error is not None
        assert "maps.0001.tables was changed" in outcome.error
        assert outcome.applied == ()
        standing = (await status(dsn, [maps]))[0]
        assert standing.pending == ("maps.0003.more",)
        assert standing.error == outcome.error
        assert "maps.more" not in await tables(dsn)


async def test_a_database_that_is_newer_than_the_program(maps: MigrationSource) -> None:
    with fresh_database((CORE, maps)) as dsn:
        for name in ("maps.0002.rounds.sql", "maps.0002.rounds.rollback.sql"):
            (maps.folder / name).unlink()
        outcome = (await migrate(dsn, [CORE, maps]))[1]
        assert outcome.error is not None
        assert "maps.0002.rounds, which this program does not know" in outcome.error


async def test_the_core_that_fails_stops_everything(tmp_path: Path, maps: MigrationSource) -> None:
    folder = tmp_path / "core"
    write(folder, "core.0001.broken", "create table slomix.half (); create table nowhere.full ();")
    with fresh_database(()) as dsn:
        with pytest.raises(MigrationError, match=r"core\.0001\.broken.*nowhere"):
            await migrate(dsn, [MigrationSource("core", "slomix", folder), maps])
        assert await tables(dsn) == set()


async def test_a_failing_plugin_keeps_what_worked_and_stops_nobody(tmp_path: Path, maps: MigrationSource) -> None:
    write(tmp_path / "bad", "bad.0001.fine", "create table bad.fine ();")
    bad = write(tmp_path / "bad", "bad.0002.broken", "create table bad.half ();\nselect 1/0;")
    write(tmp_path / "bad", "bad.0003.never", "create table bad.never ();")
    with fresh_database(()) as dsn:
        core, failed, fine = await migrate(dsn, [CORE, bad, maps])
        assert core.error is fine.error is None
        assert failed.applied == ("bad.0001.fine",)
        assert failed.error == "migration bad.0002.broken failed: division by zero"
        there = await tables(dsn)
        assert {"bad.fine", "maps.map"} <= there
        assert not {"bad.half", "bad.never"} & there
        write(tmp_path / "bad", "bad.0002.broken", "create table bad.half ();")
        assert (await migrate(dsn, [CORE, bad, maps]))[1].applied == ("bad.0002.broken", "bad.0003.never")


async def test_a_dropped_schema_is_migrated_anew(maps: MigrationSource) -> None:
    with fresh_database((CORE, maps)) as dsn:
        await run_sql(dsn, "drop schema maps cascade")
        assert (await status(dsn, [maps]))[0].pending == ("maps.0001.tables", "maps.0002.rounds")
        assert len((await migrate(dsn, [CORE, maps]))[1].applied) == 2


async def test_two_migrators_at_once(maps: MigrationSource) -> None:
    with fresh_database(()) as dsn:
        every = await asyncio.gather(*(migrate(dsn, [CORE, maps]) for _ in range(3)))
        applied = [sum(len(outcome.applied) for outcome in outcomes) for outcomes in every]
        assert sorted(applied) == [0, 0, len(read_files(CORE)) + 2]
        assert all(outcome.error is None for outcomes in every for outcome in outcomes)


async def test_the_lock_of_a_migrator_that_died_is_no_obstacle(maps: MigrationSource) -> None:
    with fresh_database((CORE, maps)) as dsn:
        await run_sql(dsn, "insert into maps.yoyo_lock (locked, ctime, pid) values (1, now(), 1)")
        write(maps.folder, "maps.0003.more", "create table maps.more ();")
        assert (await migrate(dsn, [CORE, maps]))[1].applied == ("maps.0003.more",)


async def test_an_index_made_outside_of_a_transaction(maps: MigrationSource) -> None:
    write(
        maps.folder,
        "maps.0003.index",
        "-- transactional: false\ncreate index concurrently if not exists map_by_n on maps.map (n);",
        "drop index maps.map_by_n;",
    )
    with fresh_database((CORE,)) as dsn:
        every = await asyncio.gather(*(migrate(dsn, [CORE, maps]) for _ in range(2)))
        assert {outcomes[1].error for outcomes in every} == {None}
        assert sorted(len(outcomes[1].applied) for outcomes in every) == [0, 3]


async def test_nobody_there() -> None:
    with pytest.raises(DatabaseUnavailable, match="/nonexistent"):
        await migrate("postgresql://slomix@/slomix?host=/nonexistent", [CORE])


def test_the_cores_migrations_keep_the_rules() -> None:
    files = read_files(CORE)
    assert [file.id.split(".")[1] for file in files] == [f"{n:04}" for n in range(1, len(files) + 1)]


@pytest.mark.parametrize(
    ("name", "rollback_name", "told"),
    [
        ("other.0001.x.sql", "other.0001.x.rollback.sql", "not named"),
        ("maps.1.x.sql", "maps.1.x.rollback.sql", "not named"),
        ("maps.0003.Big.sql", "maps.0003.Big.rollback.sql", "not named"),
        ("maps.0002.again.sql", "maps.0002.again.rollback.sql", "two migrations have the number 0002"),
        ("maps.0003.x.sql", "nothing.rollback.sql", "no maps.0003.x.rollback.sql"),
    ],
)
def test_file_names(maps: MigrationSource, name: str, rollback_name: str, told: str) -> None:
    (maps.folder / name).write_text("select 1;")
    (maps.folder / rollback_name).write_text("select 1;")
    with pytest.raises(MigrationError, match=told):
        read_files(maps)


def test_bad_sources(tmp_path: Path) -> None:
    with pytest.raises(MigrationError, match="missing"):
        read_files(MigrationSource("maps", "maps", tmp_path / "none"))
    with pytest.raises(MigrationError, match="plain schema name"):
        read_files(MigrationSource("maps", 'ma"ps', tmp_path))


def test_comparison(maps: MigrationSource) -> None:
    files = read_files(maps)
    found = compare(files, {files[0].id: "other", "maps.0009.new": "x"})
    assert found.applied == found.changed == (files[0].id,)
    assert found.pending == (files[1].id,)
    assert found.unknown == ("maps.0009.new",)
    assert compare(files, {}).trouble is None


def test_addresses_in_yoyos_form() -> None:
    assert (
        yoyo_uri("postgresql://slomix@/t_1?host=/tmp/s-1", "stats")
        == "postgresql+psycopg://slomix@/t_1?host=/tmp/s-1&schema=stats"
    )
    assert yoyo_uri("postgres://bob:a%2Fb@db:5432/club", "x") == "postgresql+psycopg://bob:a%2Fb@db:5432/club?schema=x"
