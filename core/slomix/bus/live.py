"""The live feed: every process LISTENs on one direct connection and catches up from the event table.

A notification only says that there is something new; what it is comes from the table, so a lost connection loses
nothing: after it is back, everything since the last seen number is read. Signals are what is not kept: they come with
their notification, and one that meets a lost connection is gone.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec
import structlog

from slomix.events import DataChanged

if TYPE_CHECKING:
    from slomix.storage.database import Connection, Database

log = structlog.get_logger("slomix.bus")

SINCE = "select seq, key, payload, published_at from slomix.event where seq > $1 order by seq limit $2"
LATEST = "select coalesce(max(seq), 0) from slomix.event"

CHANNEL = "slomix_event"
SIGNALS = "slomix_signal"
BATCH = 500
#: A notification can be lost with its connection before anyone notices; this is how late it may be seen then.
SAFETY_POLL_S = 15.0
#: A subscriber that is this far behind is dropped (it can come back and ask for what it missed).
QUEUE_LENGTH = 1000
_DATA_CHANGED = DataChanged.key()


@dataclass(frozen=True, slots=True)
class Envelope:
    """A published event as it lies in the table; `seq` 0 is a signal, which lies nowhere."""

    seq: int
    key: str
    payload: Mapping[str, Any]
    published_at: datetime


class LiveFeed:
    """Tells subscribers of this process what was published, in order, soon after the commit."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._subscribers: set[asyncio.Queue[Envelope | None]] = set()
        self._wake = asyncio.Event()
        self._last = 0
        self._changes = 0
        self._started = asyncio.Event()

    async def latest(self) -> int:
        """The number of the newest event, 0 if there is none."""
        return int(await self._database.fetchval(LATEST))

    async def since(self, seq: int, limit: int = BATCH) -> list[Envelope]:
        """Events after number `seq`, oldest first."""
        return [Envelope(*row) for row in await self._database.fetch(SINCE, seq, limit)]

    async def subscribe(self) -> AsyncGenerator[Envelope, None]:
        """Events and signals from now on. Ends when the feed stops or when the reader is too slow."""
        queue: asyncio.Queue[Envelope | None] = asyncio.Queue(QUEUE_LENGTH)
        self._subscribers.add(queue)
        try:
            while (envelope := await queue.get()) is not None:
                yield envelope
        finally:
            self._subscribers.discard(queue)

    async def follow(self, seq: int) -> AsyncIterator[Envelope]:
        """Every event after number `seq`, and then those that come; skips none. The feed must run."""
        while True:
            coming = self.subscribe()
            first = asyncio.ensure_future(anext(coming, None))
            try:
                await self.started()
                while page := await self.since(seq):
                    for envelope in page:
                        seq = envelope.seq
                        yield envelope
                envelope_or_end = await first
                while envelope_or_end is not None:
                    if envelope_or_end.seq > seq:
                        seq = envelope_or_end.seq
                        yield envelope_or_end
                    envelope_or_end = await anext(coming, None)
            finally:
                first.cancel()
                await asyncio.gather(first, return_exceptions=True)
                await coming.aclose()

    @property
    def listening(self) -> bool:
        """Whether the feed is connected now."""
        return self._started.is_set()

    @property
    def seen(self) -> int:
        """The number of the newest event that subscribers were told."""
        return self._last

    @property
    def version(self) -> tuple[int, int]:
        """Another pair than before: the data may be other data. It holds only while the feed is `listening`."""
        return self._last, self._changes

    def moved(self) -> None:
        """What this process just changed is news here at once, before it has come round."""
        self._changes += 1

    async def started(self) -> None:
        """Wait until the feed listens: what is published from now on will be seen."""
        await self._started.wait()

    async def run(self) -> None:
        """Listen until cancelled; reconnects with growing delays."""
        delay = 0.1
        known = False
        while True:
            try:
                connection = await self._database.direct()
                try:
                    await connection.add_listener(CHANNEL, self._notified)
                    await connection.add_listener(SIGNALS, self._signalled)
                    if not known:
                        self._last, known = await self.latest(), True
                    delay = 0.1
                    # signals of the time without a connection are gone
                    self._changes += 1
                    self._started.set()
                    await self._pump(connection)
                finally:
                    self._started.clear()
                    with contextlib.suppress(Exception):
                        await asyncio.wait_for(connection.close(), 1)
            except asyncio.CancelledError:
                self._end_all()
                raise
            except Exception as error:
                log.warning("live feed lost its connection", error=str(error), retry_s=delay)
                await asyncio.sleep(delay)
                delay = min(delay * 2, 5.0)

    def _notified(self, *_: object) -> None:
        self._wake.set()

    def _signalled(self, *told: Any) -> None:
        signal = msgspec.json.decode(told[-1])
        self._changes += signal["key"] == _DATA_CHANGED
        self._tell(Envelope(0, signal["key"], signal["payload"], datetime.now(UTC)))

    async def _pump(self, connection: Connection) -> None:
        connection.add_termination_listener(self._notified)
        while not connection.is_closed():
            self._wake.clear()
            while batch := await self.since(self._last, BATCH):
                for envelope in batch:
                    self._last = envelope.seq
                    self._tell(envelope)
            # not wait_for: before Python 3.12 it can swallow a cancellation that meets the notification
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(SAFETY_POLL_S):
                    await self._wake.wait()
        raise ConnectionError("the connection that listens was closed")

    def _tell(self, envelope: Envelope) -> None:
        for queue in list(self._subscribers):
            if queue.full():
                self._end(queue)
            else:
                queue.put_nowait(envelope)

    def _end(self, queue: asyncio.Queue[Envelope | None]) -> None:
        self._subscribers.discard(queue)
        while not queue.empty():
            queue.get_nowait()
        queue.put_nowait(None)

    def _end_all(self) -> None:
        for queue in list(self._subscribers):
            self._end(queue)
