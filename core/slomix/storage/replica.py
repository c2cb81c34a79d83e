"""Reads that may be a moment old: from a read replica, or from the primary while there is none that answers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import asyncpg
import structlog

from slomix.storage.connecting import CONNECTION_ERRORS, full_dsn, is_broken, new_pool, public_dsn

if TYPE_CHECKING:
    from slomix.context import Reads
    from slomix.settings import DatabaseSettings
    from slomix.storage.link import Link, Method

log = structlog.get_logger("slomix.storage")

#: A replica that did not answer is left alone for so long, in seconds.
REST_S = 5.0
#: A replica that hangs must not hold up a page that the primary can answer.
LIMIT_S = 2.0
#: A standby cancels a read that is in the way of what it has to replay.
CONFLICT: tuple[type[Exception], ...] = (asyncpg.SerializationError, asyncpg.QueryCanceledError)


class Replica:
    """One read replica; connects at the first read."""

    def __init__(self, settings: DatabaseSettings, url: str) -> None:
        self._settings = settings
        self._url = url
        self._pool: asyncpg.Pool[Any] | None = None
        self._opening = asyncio.Lock()
        self._rests_until = 0.0

    @property
    def rests(self) -> bool:
        """Whether it did not answer a moment ago."""
        return time.monotonic() < self._rests_until

    async def read(self, role: str | None, method: Method, query: str, args: tuple[Any, ...]) -> Any:
        """One read under a role. Raises what it meets."""
        async with self._opening:
            if self._pool is None:
                self._pool = await new_pool(self._settings, full_dsn(self._settings, self._url))
        async with asyncio.timeout(LIMIT_S), self._pool.acquire() as connection:
            link: Link = connection  # type: ignore[assignment]  # the pool's proxy passes everything on
            return await link.read_one(role, method, query, args, pooled=self._settings.pooled)

    def rest(self, error: Exception) -> None:
        """Leave it alone for a while."""
        self._rests_until = time.monotonic() + REST_S
        log.warning(
            "a read replica does not answer, reading from the primary",
            replica=public_dsn(self._url), error=str(error) or type(error).__name__, again_in_s=REST_S,
        )  # fmt: skip

    async def close(self) -> None:
        """Cut every connection: reads lose nothing."""
        if self._pool is not None:
            self._pool.terminate()


class Replicas:
    """Implements `context.Reads` over all replicas, one after the other, and the primary when none answers."""

    def __init__(self, replicas: Sequence[Replica], primary: Reads, role: str | None) -> None:
        self._replicas = replicas
        self._primary = primary
        self._role = role
        self._turn = 0

    async def fetch(self, query: str, *args: Any) -> list[Any]:
        """All rows of a read that may be a moment old."""
        rows: list[Any] = await self._read("fetch", query, args)
        return rows

    async def fetchrow(self, query: str, *args: Any) -> Any | None:
        """The first row of a read that may be a moment old, or None."""
        return await self._read("fetchrow", query, args)

    async def fetchval(self, query: str, *args: Any) -> Any:
        """The first value of the first row of a read that may be a moment old."""
        return await self._read("fetchval", query, args)

    async def _read(self, method: Method, query: str, args: tuple[Any, ...]) -> Any:
        self._turn += 1
        for n in range(len(self._replicas)):
            replica = self._replicas[(self._turn + n) % len(self._replicas)]
            if replica.rests:
                continue
            try:
                return await replica.read(self._role, method, query, args)
            except CONFLICT:
                break
            except CONNECTION_ERRORS as error:
                replica.rest(error)
            except Exception as error:
                if not is_broken(error):
                    raise
                replica.rest(error)
        return await getattr(self._primary, method)(query, *args)
