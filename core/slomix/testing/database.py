"""A real PostgreSQL for tests: one embedded server per checkout, a migrated template, a fresh clone per test.

The server lives in the temporary folder and is shared by all test processes of a checkout (pytest-xdist's workers
too); the last one out stops it. It does without fsync: what it holds is worth nothing. Names of databases say which
process made them, so that those of a killed one are found.
"""

from __future__ import annotations

import asyncio
import atexit
import hashlib
import os
import stat
import tempfile
import uuid
from collections.abc import Coroutine, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from functools import cache
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar

import asyncpg

from slomix.plugin import ENTRY_POINT_GROUP
from slomix.storage.binaries import find_binaries
from slomix.storage.embedded import Attachment, attach
from slomix.storage.migrate import MigrationSource, core_migrations, migrate
from slomix.storage.sources import read_files
from slomix.storage.walls import VERSION

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
    """The DSN of a new database with these migrations applied; it is dropped after the end, whoever still uses it.

    Works in any thread, inside and outside of a running event loop (it blocks for some 30 ms, or not at all where the
    next database of its kind was made ahead).
    """
    server = _server()
    name = server.take(tuple(sources))
    try:
        yield server.dsn(name)
    finally:
        server.give_back(name)


class _Server:
    """The test server of this checkout, held by this process until it ends.

    A loop in a thread of its own speaks to it (the caller may sit in a running event loop), so that no test waits
    until a database is gone, nor, where that can be foreseen, until one is made.
    """

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        Thread(target=self._loop.run_forever, name="slomix-test-database", daemon=True).start()
        self._attachment: Attachment = self._run(attach(_server_folder(), durable=False))
        self._templates: dict[tuple[MigrationSource, ...], str] = {}
        self._last: tuple[MigrationSource, ...] | None = None
        self._ahead: dict[tuple[MigrationSource, ...], Future[str]] = {}
        self._drops: list[Future[None]] = []
        self._speaker = _Speaker(self._attachment.dsn)
        self._run(self._sweep())
        atexit.register(self._leave)

    def dsn(self, database: str) -> str:
        return self._attachment.dsn.replace("/slomix?", f"/{database}?")

    def take(self, sources: tuple[MigrationSource, ...]) -> str:
        """The name of a new database. Who asks for the same kind twice will do so again, so the next one is begun."""
        self._drops = [drop for drop in self._drops if not drop.done() or drop.result()]
        begun = self._ahead.pop(sources, None)
        name = begun.result() if begun is not None else self._run(self._make(sources))
        if sources == self._last:
            self._ahead[sources] = asyncio.run_coroutine_threadsafe(self._make(sources), self._loop)
        self._last = sources
        return name

    def give_back(self, name: str) -> None:
        """Drop a database, without waiting for it."""
        drop = self._speaker.execute(f"drop database {name} with (force)")
        self._drops.append(asyncio.run_coroutine_threadsafe(drop, self._loop))

    async def _make(self, sources: tuple[MigrationSource, ...]) -> str:
        name = f"t_{os.getpid()}_{uuid.uuid4().hex[:16]}"
        for more in (True, False):
            template = self._templates.get(sources) or await self._template(sources)
            self._templates[sources] = template
            try:
                # files are copied as they are: the log of a copy is worth nothing here
                await self._speaker.execute(f"create database {name} template {template} strategy file_copy")
                break
            except asyncpg.InvalidCatalogNameError:  # somebody tidied up
                del self._templates[sources]
                if not more:
                    raise
        return name

    async def _template(self, sources: tuple[MigrationSource, ...]) -> str:
        """The name of a database with these migrations, made once for their content."""
        content = [
            (source.name, source.schema, file.id, file.sha256) for source in sources for file in read_files(source)
        ]
        name = f"tpl_{hashlib.sha256(repr((VERSION, content)).encode()).hexdigest()[:16]}"
        connection = await asyncpg.connect(self._attachment.dsn)
        try:
            await connection.execute("select pg_advisory_lock($1)", _LOCK)
            if not await connection.fetchval("select true from pg_database where datname = $1", name):
                draft = f"t_{os.getpid()}_{uuid.uuid4().hex[:16]}"
                await connection.execute(f"create database {draft}")
                failed = [outcome for outcome in await migrate(self.dsn(draft), sources) if outcome.error]
                if failed:
                    raise RuntimeError(f"{failed[0].name}: {failed[0].error}")
                await connection.execute(f"alter database {draft} rename to {name}")
        finally:
            await connection.close()
        return name

    async def _sweep(self) -> None:
        """Drop what processes left behind that are gone, and old templates."""
        connection = await asyncpg.connect(self._attachment.dsn)
        try:
            await connection.execute("select pg_advisory_lock($1)", _LOCK)
            names = [row[0] for row in await connection.fetch("select datname from pg_database order by oid")]
            old = [name for name in names if name.startswith("tpl_")][:-_TEMPLATES]
            left = [name for name in names if name.startswith("t_") and not _lives(name.split("_")[1])]
            for name in (*old, *left):
                await connection.execute(f"drop database if exists {name} with (force)")
        finally:
            await connection.close()

    def _leave(self) -> None:
        """Drop what was made ahead, and wait for all that is being dropped."""
        for begun in self._ahead.values():
            self.give_back(begun.result())
        for drop in self._drops:
            drop.result()

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()


class _Speaker:
    """A connection to the maintenance database that does one thing after the other."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._turn = asyncio.Lock()
        self._connection: asyncpg.Connection[Any] | None = None

    async def execute(self, statement: str) -> None:
        """One statement outside of any transaction."""
        async with self._turn:
            if self._connection is None or self._connection.is_closed():
                self._connection = await asyncpg.connect(self._dsn)
            await self._connection.execute(statement)


def _lives(process: str) -> bool:
    """Whether a process of this number runs."""
    try:
        os.kill(int(process), 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:
        return True
    return True


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
