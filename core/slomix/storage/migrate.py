"""Brings the database to the version of the program: one yoyo run per source, inside one advisory lock.

yoyo orders and runs the files and keeps its books in the source's schema. We add what it lacks: a lock that the server
releases when a process dies, hashes of what was applied, and the migration, its mark and its hash in one transaction.
Each source is migrated as the role that owns its schema (`slomix.storage.walls`), unless there are to be no roles.
yoyo and psycopg are imported only when there is something to apply.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import asyncpg
import structlog

from slomix.errors import DatabaseUnavailable, MigrationError
from slomix.redact import mask
from slomix.storage import walls
from slomix.storage.database import CONNECTION_ERRORS, public_dsn
from slomix.storage.roles import owner_of
from slomix.storage.sources import (
    Comparison,
    MigrationFile,
    MigrationSource,
    compare,
    core_migrations,
    read_files,
)

if TYPE_CHECKING:
    from yoyo.backends.core.postgresql import PostgresqlPsycopgBackend
    from yoyo.migrations import Migration

__all__ = ["MigrationOutcome", "MigrationSource", "MigrationStatus", "core_migrations", "migrate", "rollback", "status"]

#: The key of the advisory lock ("slomix" in ASCII).
MIGRATION_LOCK = 0x736C6F6D6978
_LOCK_PAUSE = 0.05

_READ_HASHES = """
select h.source, h.migration, h.sha256
from slomix.migration_hash h
where exists (select from pg_catalog.pg_namespace n where n.nspname = h.schema)
"""
_TRY_LOCK = "select pg_try_advisory_lock($1)"
_CREATE_BOOKS = """
create schema if not exists slomix;
create table if not exists slomix.migration_hash (
    source text not null,
    migration text not null,
    schema text not null,
    sha256 text not null,
    applied_at timestamptz not null default now(),
    primary key (source, migration)
);
"""
_WRITE_HASH = """
insert into slomix.migration_hash (source, migration, schema, sha256)
values (%s, %s, %s, %s)
on conflict (source, migration) do update
set schema = excluded.schema, sha256 = excluded.sha256, applied_at = excluded.applied_at
"""
_AS_WHO_LOGGED_IN = "set local role none"
_FORGET_HASH = "delete from slomix.migration_hash where source = %s and migration = %s"

_log = structlog.get_logger("slomix.storage")


@dataclass(frozen=True, slots=True)
class MigrationOutcome:
    """What happened to one source: the ids that were applied now, and the error that stopped it, as a sentence."""

    name: str
    applied: tuple[str, ...]
    error: str | None


@dataclass(frozen=True, slots=True)
class MigrationStatus:
    """Where one source stands. `error`: why it can not be migrated."""

    name: str
    applied: tuple[str, ...]
    pending: tuple[str, ...]
    error: str | None


async def migrate(dsn: str, sources: Sequence[MigrationSource], *, roles: bool = True) -> list[MigrationOutcome]:
    """Apply what is pending, source after source; one outcome each, in order. With `roles` the walls are built too.

    A plugin that fails says so in its outcome and the others go on. Raises `MigrationError` when the core ("core")
    fails, and `DatabaseUnavailable` when the server does not answer. `dsn` must lead past any pooler.
    """
    async with _connected(dsn) as connection:
        plans = await _plans(connection, sources, roles)
        if all(plan.nothing_to_do for plan in plans):
            return [_checked(plan.source, (), plan.error) for plan in plans]
        async with _locked(connection):
            await connection.execute(_CREATE_BOOKS)
            if roles:
                await connection.execute(walls.BOOKS)
            outcomes = []
            for source in sources:
                (plan,) = await _plans(connection, [source], roles)
                applied, error = await _run(connection, dsn, plan)
                outcomes.append(_checked(source, applied, error))
            return outcomes


async def status(dsn: str, sources: Sequence[MigrationSource], *, roles: bool = True) -> list[MigrationStatus]:
    """Where each source stands; changes nothing. With `roles` it is an error when its walls are not up."""
    async with _connected(dsn) as connection:
        plans = await _plans(connection, sources, roles)
    return [MigrationStatus(p.source.name, p.found.applied, p.found.pending, p.error or p.gap) for p in plans]


async def rollback(dsn: str, source: MigrationSource) -> tuple[str, ...]:
    """Undo every migration of a source, newest first; answers their ids. For tests and for removing a plugin."""
    async with _connected(dsn) as connection, _locked(connection):
        owner = owner_of(source.name) if source.name in await walls.standing(connection) else None
        return await asyncio.to_thread(_rollback_with_yoyo, dsn, source, owner)


@dataclass(frozen=True, slots=True)
class _Plan:
    """`walls`: whether they are up; None where there are to be none."""

    source: MigrationSource
    files: Mapping[str, MigrationFile]
    found: Comparison
    error: str | None
    walls: bool | None

    @property
    def nothing_to_do(self) -> bool:
        return self.error is not None or not (self.found.pending or self.walls is False)

    @property
    def gap(self) -> str | None:
        """What is missing of the walls around tables that are there, as a sentence."""
        if self.walls is False and not self.found.pending:
            return f"the database does not have the roles of {self.source.name} yet; run `slomix migrate`"
        return None


async def _plans(connection: asyncpg.Connection[Any], sources: Sequence[MigrationSource], roles: bool) -> list[_Plan]:
    hashes = await _hashes(connection)
    up = await walls.standing(connection) if roles else set()
    return [_plan(source, hashes, source.name in up if roles else None) for source in sources]


def _plan(source: MigrationSource, hashes: Mapping[str, Mapping[str, str]], up: bool | None) -> _Plan:
    try:
        files = read_files(source)
    except MigrationError as error:
        return _Plan(source, {}, Comparison((), (), (), ()), str(error), up)
    found = compare(files, hashes.get(source.name, {}))
    return _Plan(source, {file.id: file for file in files}, found, found.trouble, up)


def _checked(source: MigrationSource, applied: tuple[str, ...], error: str | None) -> MigrationOutcome:
    """The outcome; raises when the core failed. Whoever asked tells what became of a plugin, once."""
    if applied:
        _log.info("migrated", source=source.name, applied=list(applied))
    if error is not None and source.name == "core":
        raise MigrationError(f"The database can not be brought to this version: {error.rstrip('.')}.")
    return MigrationOutcome(source.name, applied, error)


async def _run(connection: asyncpg.Connection[Any], dsn: str, plan: _Plan) -> tuple[tuple[str, ...], str | None]:
    if plan.nothing_to_do:
        return (), plan.error
    applied: list[str] = []
    try:
        if plan.walls is None:
            await connection.execute(f'create schema if not exists "{plan.source.schema}"')
        else:
            await walls.prepare(connection, plan.source)
        if plan.found.pending:
            owner = None if plan.walls is None else owner_of(plan.source.name)
            await asyncio.to_thread(_apply_with_yoyo, dsn, plan, owner, applied.append)
        if plan.walls is not None:
            await walls.finish(connection, plan.source)
    except MigrationError as error:
        return tuple(applied), str(error)
    return tuple(applied), None


@contextlib.asynccontextmanager
async def _connected(dsn: str) -> AsyncIterator[asyncpg.Connection[Any]]:
    try:
        connection = await asyncpg.connect(dsn, timeout=10, server_settings={"application_name": "slomix migrate"})
    except CONNECTION_ERRORS as error:
        raise DatabaseUnavailable(
            f"PostgreSQL does not answer at {public_dsn(dsn)} ({error or type(error).__name__}); start it."
        ) from error
    try:
        yield connection
    finally:
        await connection.close()


@contextlib.asynccontextmanager
async def _locked(connection: asyncpg.Connection[Any]) -> AsyncIterator[None]:
    """The advisory lock; it goes with the connection. Polled, as a waiting statement would hold up `create index
    concurrently` of the one who has the lock."""
    while not await connection.fetchval(_TRY_LOCK, MIGRATION_LOCK):  # noqa: ASYNC110 (another process has it)
        await asyncio.sleep(_LOCK_PAUSE)
    try:
        yield
    finally:
        await connection.execute("select pg_advisory_unlock_all()")


async def _hashes(connection: asyncpg.Connection[Any]) -> dict[str, dict[str, str]]:
    """What was applied: source to migration to hash. Empty in a new database."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    try:
        rows = await connection.fetch(_READ_HASHES)
    except (asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError):
        return found
    for source, migration, sha256 in rows:
        found[source][migration] = sha256
    return found


def yoyo_uri(dsn: str, schema: str, owner: str | None = None) -> str:
    """The address in yoyo's form: psycopg 3 by name, the schema of the books and the role as arguments."""
    parts = urlsplit(dsn)
    query = dict(parse_qsl(parts.query)) | {"schema": schema}
    if owner is not None:
        query["options"] = f"{query.get('options', '')} -c role={owner}".strip()
    return urlunsplit(("postgresql+psycopg", parts.netloc, parts.path, urlencode(query, safe="/"), ""))


@contextlib.contextmanager
def _yoyo(dsn: str, schema: str, owner: str | None) -> Iterator[PostgresqlPsycopgBackend]:
    """yoyo's backend as `owner`, with its row lock taken from whoever died with it: we hold the lock that counts."""
    from yoyo.backends.core.postgresql import PostgresqlPsycopgBackend
    from yoyo.connections import parse_uri

    backend = PostgresqlPsycopgBackend(parse_uri(yoyo_uri(dsn, schema, owner)), "_yoyo_migration")
    with backend:
        backend.connection.execute("set client_min_messages to warning")
        backend.create_lock_table()
        backend.break_lock()
        backend.ensure_internal_schema_updated()
        yield backend


def _apply_with_yoyo(dsn: str, plan: _Plan, owner: str | None, done: Callable[[str], None]) -> None:
    """Apply the pending files in yoyo's order as `owner`, calling `done` with each id. Raises `MigrationError`."""
    import psycopg
    from yoyo.exceptions import BadMigration, MigrationConflict
    from yoyo.migrations import read_migrations

    source = plan.source
    current = source.name
    try:
        with _yoyo(dsn, source.schema, owner) as backend:
            migrations = read_migrations(str(source.folder))
            for migration in backend.to_apply(migrations):
                current = migration.id
                _apply_one(backend, migration, source, plan.files[migration.id])
                done(migration.id)
    except (psycopg.Error, BadMigration, MigrationConflict) as error:
        raise MigrationError(f"migration {current} failed: {_first_line(error)}") from error


def _apply_one(
    backend: PostgresqlPsycopgBackend, migration: Migration, source: MigrationSource, file: MigrationFile
) -> None:
    """The statements, yoyo's mark and our hash, all or nothing; `-- transactional: false` runs its statements first."""
    migration.load()
    with contextlib.redirect_stdout(sys.stderr):  # yoyo prints the rows of a select
        if not migration.use_transactions:
            with backend.copy() as other:
                migration.process_steps(other, "apply")
        with backend.transaction():
            if migration.use_transactions:
                migration.process_steps(backend, "apply")
            backend.execute(f"set search_path to {source.schema}")  # a file may have changed it
            backend.mark_one(migration, log=False)
            backend.execute(_AS_WHO_LOGGED_IN)  # the hashes are not the owner's
            backend.connection.execute(_WRITE_HASH, (source.name, file.id, source.schema, file.sha256))


def _rollback_with_yoyo(dsn: str, source: MigrationSource, owner: str | None) -> tuple[str, ...]:
    from yoyo.migrations import read_migrations

    undone: list[str] = []
    with _yoyo(dsn, source.schema, owner) as backend, contextlib.redirect_stdout(sys.stderr):
        for migration in backend.to_rollback(read_migrations(str(source.folder))):
            with backend.transaction():
                migration.process_steps(backend, "rollback")
                backend.unmark_one(migration, log=False)
                backend.execute(_AS_WHO_LOGGED_IN)
                backend.connection.execute(_FORGET_HASH, (source.name, migration.id))
            undone.append(migration.id)
    return tuple(undone)


def _first_line(error: BaseException) -> str:
    text = str(error).strip() or type(error).__name__
    return mask(text.splitlines()[0])
