"""LISTEN on a direct connection, so that a post leaves within milliseconds of its commit."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

import asyncpg
import structlog

if TYPE_CHECKING:
    from slomix.storage.database import Database

log = structlog.get_logger("slomix.bot")

RECONNECT_SECONDS = 2.0


class Wakeup:
    """An alarm that a NOTIFY rings. `run` keeps the connection; `wait` sleeps until it rings or time is up."""

    def __init__(self, db: Database, channel: str) -> None:
        self._db = db
        self._channel = channel
        self._rung = asyncio.Event()

    async def wait(self, seconds: float) -> None:
        """Until the next NOTIFY, at most so long."""
        # not wait_for: before Python 3.12 it can swallow a cancellation that meets the alarm
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._rung.wait()
        self._rung.clear()

    async def run(self) -> None:
        """Listen until cancelled; a lost connection is made anew, and rings, since something may have been missed."""
        while True:
            try:
                await self._listen()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("listening for posts was interrupted", error=str(error))
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _listen(self) -> None:
        connection = await self._db.direct()
        lost = asyncio.Event()
        try:
            connection.add_termination_listener(lambda _: lost.set())
            await connection.add_listener(self._channel, self._ring)
            self._rung.set()
            await lost.wait()
        finally:
            connection.terminate()

    def _ring(self, *_: Any) -> None:
        self._rung.set()
