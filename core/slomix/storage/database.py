"""Connections to PostgreSQL: one asyncpg pool per process, explicit transactions, no ORM."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import asyncpg

from slomix.errors import DatabaseUnavailable
from slomix.reading import is_reading
from slomix.storage.connecting import (
    CONNECTION_ERRORS,
    PATIENCE,
    SESSION,
    Connection,
    direct_dsn,
    full_dsn,
    is_broken,
    is_closed,
    new_pool,
    prepare,
    public_dsn,
)
from slomix.storage.replica import Replica, Replicas
from slomix.storage.roles import CORE, RoleBook, Roles

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    from slomix.context import Reads
    from slomix.settings import DatabaseSettings
    from slomix.storage.link import Link, Method

__all__ = ["CONNECTION_ERRORS", "Connection", "Database", "direct_dsn", "full_dsn", "is_broken", "public_dsn"]

Revive: TypeAlias = Callable[[], Awaitable[None]]

T = TypeVar("T")

_PAUSE = 0.05


class Database:
    """The process's door to PostgreSQL. A server that restarts is waited for, up to `PATIENCE` seconds.

    As it is opened, statements have the rights of the account that logs in. `core` and `plugin` give doors to the same
    connections whose statements go under roles: single reads and read-only transactions under one that may only read.
    """

    def __init__(
        self, settings: DatabaseSettings, dsn: str, revive: Revive | None = None, *, roles: Roles | None = None
    ) -> None:
        self._settings = settings
        self._dsn = dsn
        self._revive = revive
        self._reviving = asyncio.Lock()
        self._pool: asyncpg.Pool[Any] | None = None
        self._root = self
        self._roles = roles
        self._book = RoleBook()
        self._replicas = [Replica(settings, url) for url in settings.read_urls]

    @classmethod
    async def open(cls, settings: DatabaseSettings, dsn: str, *, revive: Revive | None = None) -> Database:
        """Connect. `revive` is awaited when the server refuses (the embedded one starts again with it).

        Raises `DatabaseUnavailable` when nothing answers for `PATIENCE` seconds.
        """
        database = cls(settings, dsn, revive)
        database._pool = await new_pool(settings, full_dsn(settings, dsn))
        await database.fetchval("select 1")
        return database

    def core(self) -> Database:
        """The door of the core's own statements."""
        return self._view(CORE)

    def plugin(self, name: str, *, schema: bool | None = None) -> Database:
        """The door of a plugin; `schema` writes down whether it has tables of its own."""
        if schema is not None:
            self._root._book.write(name, schema=schema)
        return self._view(name)

    def login(self) -> Database:
        """The door without any walls, as it was opened."""
        return self._root

    def _view(self, name: str) -> Database:
        root = self._root
        roles = root._book.of(name) if self._settings.walled else None
        view = Database(self._settings, self._dsn, self._revive, roles=roles)
        view._root, view._book, view._replicas, view._reviving = root, root._book, root._replicas, root._reviving
        return view

    @property
    def dsn(self) -> str:
        """The address that the pool uses, as it was given."""
        return self._dsn

    @property
    def direct_dsn(self) -> str:
        """The address past a pooler, with its password. Keep it out of logs."""
        return direct_dsn(self._settings, self._dsn)

    @property
    def pool_use(self) -> tuple[int, int]:
        """Pooled connections that are open, and how many of them nobody uses."""
        pool = self._root._pool
        return (pool.get_size(), pool.get_idle_size()) if pool is not None else (0, 0)

    async def close(self) -> None:
        """Close every pooled connection; those that do not end within 5 s are cut."""
        for replica in self._replicas:
            await replica.close()
        pool, self._root._pool = self._root._pool, None
        if pool is None:
            return
        try:
            await asyncio.wait_for(pool.close(), 5)
        except CONNECTION_ERRORS:
            pool.terminate()

    @asynccontextmanager
    async def transaction(
        self, *, durable: bool = True, read_only: bool = False, prologue: Sequence[str] = ()
    ) -> AsyncIterator[Connection]:
        """One transaction on one connection: commits at the end of the block, rolls back when it raises.

        `durable=False` does not wait for the disk: a crash may lose the commit, never half of it. `prologue` are
        statements without values that come first, all in one way to the server. While a GET is answered it is
        read-only in any case. A connection that turns out to be broken before that is replaced. One that breaks later
        raises `DatabaseUnavailable`, whatever the block made of it: nothing was written then, unless it broke while it
        was committed, which nobody can know.
        """
        only_reads = read_only or is_reading()
        connection, transaction = await self._patiently(lambda: self._begin(durable, only_reads, prologue))
        try:
            try:
                yield connection
            except BaseException as error:
                if not (is_closed(connection) or is_broken(error)):
                    await transaction.rollback()
                raise
            await transaction.commit()
        except Exception as error:
            if not (is_closed(connection) or is_broken(error)):
                raise
            if not is_closed(connection):
                connection.terminate()
            raise DatabaseUnavailable(
                f"PostgreSQL at {public_dsn(self._dsn)} went away in the middle of a transaction "
                f"({type(error).__name__}); try again."
            ) from error
        finally:
            await self._let_go(connection)

    async def _let_go(self, connection: PoolConnectionProxy[Any]) -> None:
        try:
            await self._opened().release(connection)
        except Exception as error:
            if not is_broken(error):  # else the pool has thrown it away
                raise

    async def fetch(self, query: str, *args: Any) -> list[Any]:
        """All rows of a read. Reads are repeated when the connection breaks: use `transaction` to write."""
        rows: list[Any] = await self._read("fetch", query, args)
        return rows

    async def fetchrow(self, query: str, *args: Any) -> Any | None:
        """The first row of a read, or None."""
        return await self._read("fetchrow", query, args)

    async def fetchval(self, query: str, *args: Any) -> Any:
        """The first value of the first row of a read, or None."""
        return await self._read("fetchval", query, args)

    def replica(self) -> Reads:
        """For reads that may be a moment old: the replicas of `read_urls`, or this database while none answers."""
        return Replicas(self._replicas, self, self._roles.reads if self._roles else None)

    async def execute(self, query: str, *args: Any) -> str:
        """One statement in its own transaction; answers PostgreSQL's command tag (`UPDATE 3`)."""
        async with self.transaction() as tx:
            return str(await tx.execute(query, *args))

    async def direct(self) -> asyncpg.Connection[Any]:
        """An own connection past any pooler, for LISTEN and session locks. The caller closes it."""
        return await self._patiently(self._connect_direct)

    async def _connect_direct(self) -> asyncpg.Connection[Any]:
        session = SESSION | ({"role": self._roles.writes} if self._roles else {})
        connection = await asyncpg.connect(self.direct_dsn, server_settings=session, timeout=PATIENCE)
        await prepare(connection)
        return connection

    def _opened(self) -> asyncpg.Pool[Any]:
        pool = self._root._pool
        if pool is None:
            raise DatabaseUnavailable("The database was used after it was closed; this is a bug in the caller.")
        return pool

    async def _read(self, method: Method, query: str, args: tuple[Any, ...]) -> Any:
        role = self._roles.reads if self._roles else None

        async def attempt() -> Any:
            async with self._opened().acquire() as connection:
                link: Link = connection  # type: ignore[assignment]  # the pool's proxy passes everything on
                return await link.read_one(role, method, query, args, pooled=self._settings.pooled)

        return await self._patiently(attempt)

    async def _begin(
        self, durable: bool, read_only: bool, prologue: Sequence[str]
    ) -> tuple[PoolConnectionProxy[Any], Any]:
        connection = await self._opened().acquire()
        link: Link = connection  # type: ignore[assignment]  # the pool's proxy passes everything on
        role = None
        if self._roles is not None:
            role = self._roles.reads if read_only else self._roles.writes
        first = [*prologue] if durable else ["set local synchronous_commit to off", *prologue]
        try:
            return connection, await link.begin(read_only=read_only, role=role, book=self._book, first=first)
        except BaseException:
            await self._let_go(connection)
            raise

    async def _patiently(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """Await `attempt` until it meets a living server."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return await attempt()
            except CONNECTION_ERRORS as error:
                if time.monotonic() > end:
                    raise DatabaseUnavailable(
                        f"PostgreSQL does not answer at {public_dsn(self._dsn)} ({error or type(error).__name__}); "
                        "start it, or correct slomix.database.url."
                    ) from error
            except Exception as error:
                if not is_broken(error) or time.monotonic() > end:
                    raise
            await self._wait_for_server()

    async def _wait_for_server(self) -> None:
        if self._revive is not None:
            async with self._reviving:
                await self._revive()
        await asyncio.sleep(_PAUSE)
