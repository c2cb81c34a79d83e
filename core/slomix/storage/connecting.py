"""Reaching PostgreSQL: addresses with and without secrets, what a broken connection looks like, and pools."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg
import msgspec

from slomix.storage.link import Link

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    from slomix.settings import DatabaseSettings

Connection: TypeAlias = "asyncpg.Connection[Any] | PoolConnectionProxy[Any]"

#: How long a broken or refused connection is tried again, in seconds.
PATIENCE = 5.0
_CLOSED = ("connection is closed", "cannot switch to state", "the underlying connection")
SESSION = {"application_name": "slomix", "timezone": "UTC"}

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


async def new_pool(settings: DatabaseSettings, dsn: str) -> asyncpg.Pool[Any]:
    """A pool that connects when it is first used. `dsn` has its password."""
    return await asyncpg.create_pool(
        dsn,
        min_size=0,  # else the pool keeps its own restarts, and tells the log of each with a traceback
        max_size=settings.pool_size,
        connection_class=Link,
        statement_cache_size=0 if settings.pooled else 200,
        max_cacheable_statement_size=0,  # long statements take longest to plan
        server_settings=SESSION,
        init=prepare,
        reset=_reset,
        timeout=PATIENCE,
    )


def is_broken(error: BaseException) -> bool:
    """Whether asyncpg means a dead or dying connection. It has no class of its own for one that died while it was
    idle, or whose answer was cut off."""
    if isinstance(error, asyncpg.InterfaceError | asyncpg.InternalClientError):
        return any(words in str(error) for words in _CLOSED)
    return isinstance(error, asyncpg.PostgresError | ConnectionError) and isinstance(error, CONNECTION_ERRORS)


def is_closed(connection: PoolConnectionProxy[Any]) -> bool:
    """Whether a pooled connection has ended, also when the pool has taken it back for that."""
    try:
        return connection.is_closed()
    except asyncpg.InterfaceError:
        return True


async def prepare(connection: Connection) -> None:
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
