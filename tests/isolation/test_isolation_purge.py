"""`slomix plugins purge`: exports, asks back, removes one plugin's traces and nothing else; imports no plugin."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from slomix.storage.database import Database
from slomix.storage.migrate import MigrationSource, migrate
from slomix.storage.purge import export, purge

from .conftest import Install

Slomix = Callable[..., subprocess.CompletedProcess[str]]

UP = "create table {0}.thing (x int, word text); insert into {0}.thing values (1, 'one'), (2, 'a,\"b\"');"
KILLER = "import os; os._exit(7)"


async def prepared(install: Install, site: Path, db: Database, dsn: str) -> None:
    """Two plugins with tables and traces; importing either would end the process."""
    for name in ("old", "older"):
        install(name, KILLER, migrations={"0001.thing": (UP.format(name), f"drop table {name}.thing;")})
        folder = site / f"slomix_{name}" / "migrations"
        outcomes = await migrate(dsn, [MigrationSource(name, name, folder)])
        assert outcomes[0].error is None
        async with db.transaction() as tx:
            seq = await tx.fetchval(
                "insert into slomix.event (key, version, payload) values ('a.B', 1, '{}') returning seq"
            )
            await tx.execute("insert into slomix.inbox (handler, event_seq) values ($1, $2)", f"{name}.on_b", seq)
            await tx.execute("insert into slomix.post (post, subject, nonce) values ($1, 's', 'n')", f"{name}.post")
            await tx.execute("insert into slomix.plugin_state (name, state) values ($1, 'failed')", name)
            await tx.execute(
                "insert into slomix.pgqueuer (priority, status, entrypoint, payload) values (0, 'failed', $1, null),"
                " (0, 'failed', 'slomix.deliver', convert_to($2, 'UTF8'))",
                f"{name}.work",
                f'{{"handler": "{name}.on_b", "event": {seq}}}',
            )


async def traces(db: Database, name: str) -> dict[str, Any]:
    return dict(
        await db.fetchrow(
            """
            select to_regclass($1 || '.thing') is not null as tables,
                (select count(*) from slomix.migration_hash where source = $1) as migrations,
                (select count(*) from slomix.inbox where handler like $1 || '.%') as inbox,
                (select count(*) from slomix.post where post like $1 || '.%') as posts,
                (select count(*) from slomix.plugin_state where name = $1) as states,
                (select count(*) from slomix.pgqueuer where entrypoint like $1 || '.%'
                    or convert_from(payload, 'UTF8') like '%"' || $1 || '.%') as jobs
            """,
            name,
        )
    )


ALL = {"tables": True, "migrations": 1, "inbox": 1, "posts": 1, "states": 1, "jobs": 2}
NONE = {"tables": False, "migrations": 0, "inbox": 0, "posts": 0, "states": 0, "jobs": 0}


async def test_it_exports_and_removes_one_plugin_and_leaves_the_other(
    install: Install, site: Path, db: Database, dsn: str, slomix: Slomix, tmp_path: Path
) -> None:
    await prepared(install, site, db, dsn)
    done = slomix("plugins", "purge", "old", "--yes")
    assert done.returncode == 0, done.stderr
    assert await traces(db, "old") == NONE
    assert await traces(db, "older") == ALL
    (script,) = (tmp_path / "var" / "purged").glob("old-*/old.sql")
    assert "CREATE TABLE old.thing" in script.read_text()
    assert 'a,"b"' in script.read_text()
    again = slomix("plugins", "purge", "old", "--yes")
    assert again.returncode == 1
    assert "holds nothing of a plugin old" in again.stderr


async def test_it_asks_back(
    install: Install, site: Path, db: Database, dsn: str, slomix: Slomix, tmp_path: Path
) -> None:
    await prepared(install, site, db, dsn)
    done = slomix("plugins", "purge", "old")  # nobody answers
    assert done.returncode != 0
    assert "old.thing" in done.stdout
    assert await traces(db, "old") == ALL
    assert not (tmp_path / "var" / "purged").exists()


def test_core_is_no_plugin(slomix: Slomix) -> None:
    for name in ("slomix", "public", "pg_catalog", "core", "x; drop schema slomix"):
        done = slomix("plugins", "purge", name, "--yes")
        assert done.returncode == 1
        assert "is no name of a plugin" in done.stderr


async def test_without_pg_dump_each_table_is_a_csv(
    install: Install, site: Path, db: Database, dsn: str, tmp_path: Path, monkeypatch: Any
) -> None:
    await prepared(install, site, db, dsn)
    empty = tmp_path / "bin"
    empty.mkdir()
    for program in ("postgres", "initdb"):
        (empty / program).write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 18.0'\n")
        (empty / program).chmod(0o755)
    monkeypatch.setenv("SLOMIX_PG_BINDIR", str(empty))
    connection = await db.direct()
    try:
        folder = await export(connection, dsn, "old", tmp_path / "purged")
        await purge(connection, "old")
    finally:
        await connection.close()
    assert (folder / "thing.csv").read_text() == 'x,word\n1,one\n2,"a,""b"""\n'
    assert await traces(db, "old") == NONE


async def test_migrate_status_imports_no_plugin(install: Install, slomix: Slomix, tmp_path: Path) -> None:
    install("old", KILLER, migrations={"0001.thing": (UP.format("old"), "drop table old.thing;")})
    (tmp_path / "plugins.toml").write_text("[plugins]\nold = true\n")
    done = slomix("migrate", "--status")
    assert done.returncode == 0, done.stderr
    assert "pending  old.0001.thing" in done.stdout
