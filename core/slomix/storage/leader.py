"""One of many: a session lock in PostgreSQL says which process does what only one may do."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import TYPE_CHECKING, Any

import structlog

from slomix.errors import SlomixError

if TYPE_CHECKING:
    import asyncpg

    from slomix.storage.database import Database

#: How often a process that waits asks again, in seconds. A statement that waits would pin a snapshot for hours.
PAUSE = 1.0
_TRY_LOCK = "select pg_try_advisory_lock(hashtextextended('slomix leader ' || $1, 0))"

_log = structlog.get_logger("slomix.storage")


class LeadershipLost(SlomixError):
    """The connection that held the lock broke, so another process may lead by now."""


class Leadership:
    """`async with Leadership(db, "bot"):` waits until this process is the only one in the block of that name.

    The lock goes with its connection. When that breaks, the block is cancelled and the statement raises
    `LeadershipLost`: enter it again to wait for the next turn.
    """

    def __init__(self, db: Database, name: str) -> None:
        self._db = db
        self._name = name
        self._connection: asyncpg.Connection[Any] | None = None
        self._task: asyncio.Task[Any] | None = None
        self._lost = False

    async def __aenter__(self) -> Leadership:
        self._connection = connection = await self._db.direct()
        try:
            await self._wait(connection)
        except BaseException:
            connection.terminate()
            raise
        self._lost = False
        self._task = asyncio.current_task()
        connection.add_termination_listener(self._on_end)
        _log.info("leading", what=self._name)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        connection, task = self._connection, self._task
        assert connection is not None
        assert task is not None
        self._task = None
        if not connection.is_closed():
            await connection.close()
        # the cancellation is ours to swallow, unless somebody else asked for one too
        if self._lost and task.uncancel() == 0 and (kind is None or issubclass(kind, asyncio.CancelledError)):
            raise LeadershipLost(f"The connection that made this process the only {self._name} broke.") from error

    async def _wait(self, connection: asyncpg.Connection[Any]) -> None:
        waiting = False
        while not await connection.fetchval(_TRY_LOCK, self._name):
            if not waiting:
                _log.info("another process leads: waiting", what=self._name)
                waiting = True
            await asyncio.sleep(PAUSE)

    def _on_end(self, _: object) -> None:
        if self._task is not None:
            self._lost = True
            self._task.cancel()
