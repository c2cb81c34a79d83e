"""Removing what a plugin left in the database, after an export. Knows the plugin by its name only."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import asyncpg

from slomix.errors import PluginError, SlomixError
from slomix.storage import walls
from slomix.storage.binaries import find_binaries
from slomix.storage.database import public_dsn
from slomix.storage.migrate import MIGRATION_LOCK

#: Schemas that are no plugin's.
NOT_PLUGINS = frozenset(("slomix", "core", "public", "information_schema"))
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")

TABLES = """
select c.relname as name, pg_total_relation_size(c.oid) as bytes
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = $1 and c.relkind in ('r', 'p') and not c.relispartition order by c.relname
"""
# What hangs on the schema from outside and would go with it.
OUTSIDE = """
select distinct n.nspname || '.' || v.relname as name
from pg_depend d
join pg_rewrite r on r.oid = d.objid and d.classid = 'pg_rewrite'::regclass
join pg_class v on v.oid = r.ev_class join pg_namespace n on n.oid = v.relnamespace
join pg_class t on t.oid = d.refobjid and d.refclassid = 'pg_class'::regclass
join pg_namespace s on s.oid = t.relnamespace
where s.nspname = $1 and n.nspname <> $1
union
select n.nspname || '.' || t.relname
from pg_constraint k join pg_class t on t.oid = k.conrelid join pg_namespace n on n.oid = t.relnamespace
join pg_class f on f.oid = k.confrelid join pg_namespace s on s.oid = f.relnamespace
where k.contype = 'f' and s.nspname = $1 and n.nspname <> $1
order by 1
"""
HAS_BOOKS = "select to_regclass('slomix.migration_hash') is not null"
KNOWN = "select exists (select from slomix.migration_hash where source = $1)"
HAS_WALLS = "select to_regclass('slomix.wall') is not null"
FORGET_WALL = "delete from slomix.wall where source = $1"
LOCK = "select pg_advisory_xact_lock($1)"
# All that core keeps about a plugin; `$1` is its name. Handlers, jobs and posts are named `<plugin>.<what>`.
FORGET = (
    "delete from slomix.migration_hash where source = $1",
    "delete from slomix.inbox where starts_with(handler, $1 || '.')",
    "delete from slomix.post where starts_with(post, $1 || '.')",
    "delete from slomix.plugin_state where name = $1",
    "delete from slomix.unsettled where starts_with(parser, $1 || '.')",
    """delete from slomix.pgqueuer where starts_with(entrypoint, $1 || '.')
       or (entrypoint = 'slomix.deliver' and starts_with(convert_from(payload, 'UTF8')::jsonb ->> 'handler', $1 || '.'))
    """,
)


@dataclass(frozen=True, slots=True)
class Holdings:
    """What a plugin has: its tables with their sizes in bytes, and what of others hangs on them."""

    tables: tuple[tuple[str, int], ...]
    outside: tuple[str, ...]


async def holdings(connection: asyncpg.Connection[Any], name: str) -> Holdings:
    """What a purge would remove. Raises `PluginError` where there is nothing, or the name is no plugin's."""
    if not _NAME.fullmatch(name) or name in NOT_PLUGINS or name.startswith("pg_"):
        raise PluginError(f"{name!r} is no name of a plugin; `slomix plugins` lists them.")
    tables = tuple((row["name"], row["bytes"]) for row in await connection.fetch(TABLES, name))
    known = await connection.fetchval(HAS_BOOKS) and await connection.fetchval(KNOWN, name)
    if not tables and not known:
        raise PluginError(f"The database holds nothing of a plugin {name}; there is nothing to purge.")
    return Holdings(tables, tuple(row["name"] for row in await connection.fetch(OUTSIDE, name)))


async def export(connection: asyncpg.Connection[Any], dsn: str, name: str, folder: Path) -> Path:
    """Write the plugin's schema below `folder`: one SQL script by pg_dump, or where there is none a CSV per table.

    Answers the new folder. Raises when anything could not be written; then nothing may be removed.
    """
    target = folder / f"{name}-{datetime.now(UTC):%Y%m%dT%H%M%S}"
    target.mkdir(parents=True)
    program = _pg_dump(connection.get_server_version().major)
    if program is not None:
        await _dump(program, dsn, name, target / f"{name}.sql")
        return target
    for row in await connection.fetch(TABLES, name):
        file = target / f"{row['name']}.csv"
        await connection.copy_from_table(row["name"], schema_name=name, output=file, format="csv", header=True)
    return target


async def purge(connection: asyncpg.Connection[Any], name: str) -> tuple[str, ...]:
    """Drop the plugin's schema and roles and forget it, in one transaction, while nobody migrates.

    Answers the roles that stay, because another database of the server uses them.
    """
    async with connection.transaction():
        await connection.execute(LOCK, MIGRATION_LOCK)
        await connection.execute(f'drop schema if exists "{name}" cascade')
        for statement in FORGET:
            await connection.execute(statement, name)
        if await connection.fetchval(HAS_WALLS):
            await connection.execute(FORGET_WALL, name)
        return await walls.tear_down(connection, name)


def _pg_dump(server: int) -> str | None:
    """A pg_dump that is not older than the server."""
    try:
        binaries = find_binaries()
    except SlomixError:
        return None
    program = binaries.folder / "pg_dump"
    return shutil.which(program) if binaries.major >= server else None


async def _dump(program: str, dsn: str, schema: str, file: Path) -> None:
    password = urlsplit(dsn).password
    # not as an argument, which everybody on this machine can read
    environment = {**os.environ, **({"PGPASSWORD": unquote(password)} if password else {})}
    arguments = ("--schema", schema, "--no-owner", "--no-privileges", "--file", str(file), "--dbname", public_dsn(dsn))
    process = await asyncio.create_subprocess_exec(program, *arguments, env=environment, stderr=asyncio.subprocess.PIPE)
    _, told = await process.communicate()
    if process.returncode != 0:
        last = told.decode("utf-8", "replace").strip().splitlines()[-1:] or ["it said nothing"]
        raise PluginError(f"The export of {schema} failed, so nothing was removed: {last[0]}")
