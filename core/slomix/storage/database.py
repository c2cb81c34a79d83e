"""Connections to PostgreSQL: one asyncpg pool per process, explicit transactions, no ORM."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg
import msgspec

from slomix.errors import DatabaseUnavailable

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    from slomix.settings import DatabaseSettings

Connection: TypeAlias = "asyncpg.Connection[Any] | PoolConnectionProxy[Any]"
Revive: TypeAlias = Callable[[], Awaitable[None]]

T = TypeVar("T")

#: How long a broken or refused connection is tried again, in seconds.
PATIENCE = 5.0
_PAUSE = 0.05
_SESSION = {"application_name": "slomix", "timezone": "UTC"}

#: What asyncpg raises when the server is away, going away or coming up.
CONNECTION_ERRORS: tuple[type[Exception], ...] = (
    OSError,  # and its TimeoutError
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
)


def full_dsn(settings: DatabaseSettings, dsn: str) -> str:
    """`dsn` with the password of the settings put in, for libraries that take one string. Keep it out of logs."""
    if settings.password is None:
        return dsn
    parts = urlsplit(dsn)
    user = parts.netloc.rpartition("@")[0].partition(":")[0]
    host = parts.netloc.rpartition("@")[2]
    secret = quote(settings.password.get_secret_value(), safe="")
    return urlunsplit(parts._replace(netloc=f"{user}:{secret}@{host}"))


def direct_dsn(settings: DatabaseSettings, dsn: str) -> str:
    """The address past a pooler, with its password: what migrations, LISTEN and session locks need."""
    return full_dsn(settings, settings.direct_url or dsn)


def public_dsn(dsn: str) -> str:
    """`dsn` without its password, for messages."""
    parts = urlsplit(dsn)
    user, at, host = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{user.partition(':')[0]}{at}{host}"))


class Database:
    """The process's door to PostgreSQL. A server that restarts is waited for, up to `PATIENCE` seconds."""

    def __init__(self, settings: DatabaseSettings, dsn: str, revive: Revive | None = None) -> None:
        self._settings = settings
        self._dsn = dsn
        self._revive = revive
        self._reviving = asyncio.Lock()
        self._pool: asyncpg.Pool[Any] | None = None

    @classmethod
    async def open(cls, settings: DatabaseSettings, dsn: str, *, revive: Revive | None = None) -> Database:
        """Connect. `revive` is awaited when the server refuses (the embedded one starts again with it).

        Raises `DatabaseUnavailable` when nothing answers for `PATIENCE` seconds.
        """
        database = cls(settings, dsn, revive)
        await database._make_pool()
        await database.fetchval("select 1")
        return database

    @property
    def dsn(self) -> str:
        """The address that the pool uses, as it was given."""
        return self._dsn

    @property
    def direct_dsn(self) -> str:
        """The address past a pooler, with its password. Keep it out of logs."""
        return direct_dsn(self._settings, self._dsn)

    async def close(self) -> None:
        """Close every pooled connection; those that do not end within 5 s are cut."""
        pool, self._pool = self._pool, None
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
        statements without values that come first, all in one way to the server. A connection that turns out to be
        broken before that is replaced; later failures are the caller's.
        """
        connection, transaction = await self._patiently(lambda: self._begin(durable, read_only, prologue))
        try:
            try:
                yield connection
            except BaseException:
                if not connection.is_closed():
                    await transaction.rollback()
                raise
            await transaction.commit()
        finally:
            await self._opened().release(connection)

    async def fetch(self, query: str, *args: Any) -> list[Any]:
        """All rows of a read. Reads are repeated when the connection breaks: use `transaction` to write."""
        return await self._patiently(lambda: self._opened().fetch(query, *args))

    async def fetchrow(self, query: str, *args: Any) -> Any | None:
        """The first row of a read, or None."""
        return await self._patiently(lambda: self._opened().fetchrow(query, *args))

    async def fetchval(self, query: str, *args: Any) -> Any:
        """The first value of the first row of a read, or None."""
        return await self._patiently(lambda: self._opened().fetchval(query, *args))

    async def execute(self, query: str, *args: Any) -> str:
        """One statement in its own transaction; answers PostgreSQL's command tag (`UPDATE 3`)."""
        async with self.transaction() as tx:
            return str(await tx.execute(query, *args))

    async def direct(self) -> asyncpg.Connection[Any]:
        """An own connection past any pooler, for LISTEN and session locks. The caller closes it."""
        return await self._patiently(self._connect_direct)

    async def _connect_direct(self) -> asyncpg.Connection[Any]:
        connection = await asyncpg.connect(self.direct_dsn, server_settings=_SESSION, timeout=PATIENCE)
        await _prepare(connection)
        return connection

    async def _make_pool(self) -> None:
        self._pool = await asyncpg.create_pool(
            full_dsn(self._settings, self._dsn),
            min_size=0,  # else the pool keeps its own restarts, and tells the log of each with a traceback
            max_size=self._settings.pool_size,
            statement_cache_size=0 if self._settings.pooled else 200,
            server_settings=_SESSION,
            init=_prepare,
            reset=_reset,
            timeout=PATIENCE,
        )

    def _opened(self) -> asyncpg.Pool[Any]:
        if self._pool is None:
            raise DatabaseUnavailable("The database was used after it was closed; this is a bug in the caller.")
        return self._pool

    async def _begin(
        self, durable: bool, read_only: bool, prologue: Sequence[str]
    ) -> tuple[PoolConnectionProxy[Any], Any]:
        connection = await self._opened().acquire()
        try:
            transaction = connection.transaction(readonly=read_only)
            await transaction.start()
            first = [*prologue] if durable else ["set local synchronous_commit to off", *prologue]
            if first:
                await connection.execute("; ".join(first))
        except BaseException:
            await self._opened().release(connection)
            raise
        return connection, transaction

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
            except (asyncpg.InterfaceError, asyncpg.InternalClientError) as error:
                if not _means_closed(error) or time.monotonic() > end:
                    raise
            await self._wait_for_server()

    async def _wait_for_server(self) -> None:
        if self._revive is not None:
            async with self._reviving:
                await self._revive()
        await asyncio.sleep(_PAUSE)


def _means_closed(error: Exception) -> bool:
    """Whether asyncpg means a dead connection: it has no class of its own for one that died while it was idle."""
    return any(words in str(error) for words in ("connection is closed", "cannot switch to state"))


async def _prepare(connection: Connection) -> None:
    """Read and write jsonb as plain values."""
    await connection.set_type_codec(
        "jsonb", schema="pg_catalog", encoder=_encode_jsonb, decoder=_decode_jsonb, format="binary"
    )


async def _reset(connection: Connection) -> None:
    """Leave the session clean. Only transactions touch it (SET LOCAL), so a finished one left nothing behind."""
    if connection.is_in_transaction():
        await connection.reset()


def _encode_jsonb(value: Any) -> bytes:
    return b"\x01" + msgspec.json.encode(value)


def _decode_jsonb(data: bytes) -> Any:
    return msgspec.json.decode(data[1:])
