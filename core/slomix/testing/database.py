"""A real PostgreSQL for tests: one embedded server per checkout, a migrated template, a fresh clone per test.

The server lives in the temporary folder and is shared by all test processes of a checkout (pytest-xdist's workers
too); the last one out stops it. It does without fsync: what it holds is worth nothing.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import stat
import tempfile
import uuid
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

import asyncpg

from slomix.plugin import ENTRY_POINT_GROUP
from slomix.storage.binaries import find_binaries
from slomix.storage.embedded import Attachment, attach
from slomix.storage.migrate import MigrationSource, core_migrations, migrate
from slomix.storage.sources import read_files

T = TypeVar("T")

_LOCK = 0x74657374
#: Templates of older migrations are dropped when there are more than this.
_TEMPLATES = 12


def plugin_migrations(name: str) -> MigrationSource | None:
    """The migrations of an installed plugin, found by its metadata without importing it; None when it has none."""
    found = [point for point in entry_points(group=ENTRY_POINT_GROUP) if point.name == name]
    if not found:
        raise LookupError(f"no installed distribution offers the plugin {name!r}; install it editable")
    spec = find_spec(found[0].module.split(".")[0])
    for place in (spec.submodule_search_locations or ()) if spec else ():
        folder = Path(place, "migrations")
        if folder.is_dir():
            return MigrationSource(name, name, folder)
    return None


def sources_for(plugins: Iterable[str]) -> tuple[MigrationSource, ...]:
    """The core's migrations and those of the named plugins, in this order."""
    found = (plugin_migrations(name) for name in plugins)
    return (core_migrations(), *(source for source in found if source is not None))


@contextmanager
def fresh_database(sources: Sequence[MigrationSource]) -> Iterator[str]:
    """The DSN of a new database with these migrations applied; it is dropped at the end, whoever still uses it.

    Works in any thread, inside and outside of a running event loop (it blocks for some 30 ms).
    """
    server = _server()
    template = server.template(tuple(sources))
    name = f"t_{uuid.uuid4().hex[:16]}"
    server.command(f"create database {name} template {template}")
    try:
        yield server.dsn(name)
    finally:
        server.command(f"drop database {name} with (force)")


class _Server:
    """The test server of this checkout, held by this process until it ends."""

    def __init__(self) -> None:
        # an own thread: the caller may sit in a running event loop
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="slomix-test-database")
        self._attachment: Attachment = self._run(lambda: attach(_server_folder(), durable=False))
        self._templates: dict[tuple[MigrationSource, ...], str] = {}
        if self._attachment.how == "started":
            self._run(self._sweep)

    def dsn(self, database: str) -> str:
        return self._attachment.dsn.replace("/slomix?", f"/{database}?")

    def command(self, statement: str) -> None:
        """One statement outside of any transaction, in the maintenance database."""

        async def run() -> None:
            connection = await self._connect()
            try:
                await connection.execute(statement)
            finally:
                await connection.close()

        self._run(run)

    def template(self, sources: tuple[MigrationSource, ...]) -> str:
        """The name of a database with these migrations, made once for their content."""
        if sources not in self._templates:
            self._templates[sources] = self._run(lambda: self._make_template(sources))
        return self._templates[sources]

    async def _make_template(self, sources: tuple[MigrationSource, ...]) -> str:
        content = [
            (source.name, source.schema, file.id, file.sha256) for source in sources for file in read_files(source)
        ]
        name = f"tpl_{hashlib.sha256(repr(content).encode()).hexdigest()[:16]}"
        connection = await self._connect()
        try:
            await connection.execute("select pg_advisory_lock($1)", _LOCK)
            if not await connection.fetchval("select true from pg_database where datname = $1", name):
                draft = f"new_{uuid.uuid4().hex[:16]}"
                await connection.execute(f"create database {draft}")
                failed = [outcome for outcome in await migrate(self.dsn(draft), sources) if outcome.error]
                if failed:
                    raise RuntimeError(f"{failed[0].name}: {failed[0].error}")
                await connection.execute(f"alter database {draft} rename to {name}")
        finally:
            await connection.close()
        return name

    async def _sweep(self) -> None:
        """Drop what killed runs left behind; nobody else is here."""
        connection = await self._connect()
        try:
            names = [row[0] for row in await connection.fetch("select datname from pg_database order by oid")]
            templates = [name for name in names if name.startswith("tpl_")]
            old = templates if len(templates) > _TEMPLATES else []
            for name in [*old, *(name for name in names if name.startswith(("t_", "new_")))]:
                await connection.execute(f"drop database {name} with (force)")
        finally:
            await connection.close()

    async def _connect(self) -> asyncpg.Connection[Any]:
        return await asyncpg.connect(self._attachment.dsn)

    def _run(self, work: Callable[[], Awaitable[T]]) -> T:
        async def main() -> T:
            return await work()

        return self._thread.submit(lambda: asyncio.run(main())).result()


@cache
def _server() -> _Server:
    return _Server()


def _server_folder() -> Path:
    """One folder per checkout and PostgreSQL; it must be ours, as the temporary folder is everybody's."""
    key = f"{Path(__file__).resolve().parent} {find_binaries().folder}"
    digest = hashlib.sha256(key.encode()).hexdigest()[:12]
    folder = Path(tempfile.gettempdir(), f"slomix-tests-{os.geteuid()}-{digest}")
    folder.mkdir(mode=0o755, exist_ok=True)
    entry = os.lstat(folder)
    if not stat.S_ISDIR(entry.st_mode) or entry.st_uid != os.geteuid():
        raise RuntimeError(f"{folder} is not ours; remove it")
    return folder
