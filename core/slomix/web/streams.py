"""Open event streams of a process: who reads, how many may, what they are told, how they end.

One subscription of the live feed serves them all. A stream costs one task, which waits for its browser to go; frames
are written by a task that lives while there are any. A browser that does not keep up is disconnected: it comes back by
itself and asks for what it missed.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Any, Protocol

import structlog
from starlette.types import Receive, Scope, Send

from slomix.web.frames import HEARTBEAT, Envelope, Feed, part
from slomix.web.guard import address
from slomix.web.problems import TooManyRequests
from slomix.web.protocol import ABORT

log = structlog.get_logger("slomix.web")

HEARTBEAT_S = 15.0
#: Frames that may wait for one browser.
QUEUE_LENGTH = 256
#: Frames that are written in one go.
AT_ONCE = 16
#: How long one write may take before the browser counts as gone.
PATIENCE_S = 30.0
#: How long the end of a stream may take to leave; a browser that reads nothing is not waited for.
FAREWELL_S = 0.5

HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"vary", b"Accept"),
    (b"x-accel-buffering", b"no"),
]


class Listener(Protocol):
    """Somebody who makes frames of events."""

    def heard(self, envelope: Envelope) -> None:
        """An event or a signal came."""
        ...

    def beat(self) -> None:
        """A heartbeat went out."""
        ...

    def forget(self) -> None:
        """Events may have been missed from now on: what is kept of them is worth nothing."""
        ...


Header = tuple[bytes, bytes]


class Viewer:
    """One connection: frames that wait for it, and whether it is to end."""

    __slots__ = ("_ended", "_leave", "_send", "_told", "_waiting", "_writer", "slow")

    def __init__(self, send: Send) -> None:
        self._send = send
        self._told = 0
        self._waiting: list[bytes] = []
        self._writer: asyncio.Task[None] | None = None
        self._leave: asyncio.Timeout | None = None
        self._ended = False
        self.slow = False

    def begin(self, told: int, data: bytes) -> None:
        """Tell the state at number `told`, whatever was told before; events up to it are old news from now on."""
        self._told = told
        if data:
            self._write_later(data)

    def offer(self, number: int, data: bytes) -> None:
        """Tell one event; nothing happens where its number was told already."""
        if 0 < number <= self._told:
            return
        self._told = max(self._told, number)
        self._write_later(data)

    async def catch_up(self, data: bytes) -> None:
        """Write at once, before anything is offered. Raises `TimeoutError` where the browser takes nothing."""
        async with asyncio.timeout(PATIENCE_S):
            await self._send(part(data))

    async def follow(self, receive: Receive) -> None:
        """Wait until the browser goes, does not keep up, or the program stops."""
        try:
            if not self._ended:
                async with asyncio.timeout(None) as self._leave:
                    await gone(receive)
        except TimeoutError:
            return  # `end` came first
        finally:
            self._leave, self._ended = None, True
            if self._writer is not None:
                self._writer.cancel()
                await asyncio.gather(self._writer, return_exceptions=True)

    def end(self, *, slow: bool = False) -> None:
        """Let `follow` return."""
        if self._ended:
            return
        self._ended, self.slow = True, slow
        if self._leave is not None:
            self._leave.reschedule(0)

    def _write_later(self, data: bytes) -> None:
        if self._ended:
            return
        if len(self._waiting) >= QUEUE_LENGTH:
            self.end(slow=True)
            return
        self._waiting.append(data)
        if self._writer is None:
            self._writer = asyncio.create_task(self._write(), name="stream write")

    async def _write(self) -> None:
        try:
            while self._waiting:
                data = b"".join(self._waiting[:AT_ONCE])
                del self._waiting[:AT_ONCE]
                await self.catch_up(data)
        except TimeoutError:
            self.end(slow=True)
        except Exception:
            log.exception("an event stream could not be written")
            self.end(slow=True)
        finally:
            self._writer = None


#: Tells the beginning and then, without a pause, puts the viewer into the audience that it answers with.
Join = Callable[[Viewer], Awaitable[set[Viewer]]]


class Streams:
    """All streams of an application. `open` and `close` go with its server."""

    def __init__(self, feed: Feed, *, per_address: int, heartbeat_s: float = HEARTBEAT_S) -> None:
        self.feed = feed
        self.listeners: list[Listener] = []
        #: Those that begin when somebody asks for them, and are forgotten with what they heard.
        self.channels: dict[Any, Any] = {}
        #: The number up to which listeners were told everything.
        self.last = 0
        self._per_address = per_address
        self._heartbeat_s = heartbeat_s
        self._viewers: set[Viewer] = set()
        self._addresses: Counter[str] = Counter()
        self._starting = asyncio.Lock()
        self._tasks: list[asyncio.Task[None]] = []
        self._closed = False

    @property
    def count(self) -> int:
        """How many are open."""
        return len(self._viewers)

    def open(self) -> None:
        """Take connections (again). Called when the server starts."""
        self._closed = False

    def close(self) -> None:
        """End all connections; browsers come back when the program does. Called before the server stops."""
        self._closed = True
        self._stop()

    async def ready(self) -> None:
        """Hear of events from now on; raises `DatabaseUnavailable` where that can not begin."""
        async with self._starting:
            if self._tasks:
                return
            known = asyncio.Event()
            clean = contextvars.Context()  # not the one of the request that comes first
            pump = asyncio.create_task(self._tell_all(known), name="stream pump", context=clean)
            try:
                await asyncio.sleep(0)  # the pump subscribes before the number is read, so that nothing lies between
                self.last = await self.feed.latest()
            except BaseException:
                pump.cancel()
                raise
            known.set()
            self._tasks = [pump, asyncio.create_task(self._beat(), name="stream heartbeat", context=clean)]

    async def run(
        self, scope: Scope, receive: Receive, send: Send, *, join: Join, headers: Iterable[Header] = HEADERS
    ) -> None:
        """Answer with a stream until it ends. Raises `TooManyRequests` before anything is sent."""
        with self._place_for(scope):
            await send({"type": "http.response.start", "status": 200, "headers": list(headers)})
            viewer = Viewer(send)
            if scope["method"] != "HEAD" and not self._closed:
                await self._follow(viewer, receive, join)
            await _farewell(viewer, scope, receive, send)

    async def _follow(self, viewer: Viewer, receive: Receive, join: Join) -> None:
        audience: set[Viewer] = set()
        self._viewers.add(viewer)
        try:
            audience = await join(viewer)
            await viewer.follow(receive)
        except TimeoutError:
            viewer.slow = True
        finally:
            audience.discard(viewer)
            self._viewers.discard(viewer)

    @contextlib.contextmanager
    def _place_for(self, scope: Scope) -> Iterator[None]:
        came_from = address(scope)
        if self._addresses[came_from] >= self._per_address:
            raise TooManyRequests(
                f"There are {self._per_address} event streams open to your address; close some tabs.",
                headers={"Retry-After": "30"},
            )
        self._addresses[came_from] += 1
        try:
            yield
        finally:
            self._addresses[came_from] -= 1
            if not self._addresses[came_from]:
                del self._addresses[came_from]

    async def _tell_all(self, known: asyncio.Event) -> None:
        """Hand every event to every listener. When the feed ends, so do the connections."""
        try:
            async for envelope in self.feed.subscribe():
                await known.wait()
                if 0 < envelope.seq <= self.last:
                    continue
                self.last = max(self.last, envelope.seq)
                for listener in (*self.listeners, *self.channels.values()):
                    listener.heard(envelope)
        except Exception:
            log.exception("event streams lost the live feed")
        self._stop()

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(self._heartbeat_s)
            for viewer in self._viewers:
                viewer.offer(0, HEARTBEAT)
            for listener in (*self.listeners, *self.channels.values()):
                listener.beat()

    def _stop(self) -> None:
        for viewer in self._viewers:
            viewer.end()
        for listener in (*self.listeners, *self.channels.values()):
            listener.forget()
        self.channels.clear()
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            if task is not asyncio.current_task():
                task.cancel()


async def gone(receive: Receive) -> None:
    """Return when the browser has closed the connection."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _farewell(viewer: Viewer, scope: Scope, receive: Receive, send: Send) -> None:
    """End the answer. A browser that takes nothing would hold the connection, so that is cut."""
    if not viewer.slow:
        try:
            async with asyncio.timeout(FAREWELL_S):
                await send({"type": "http.response.body", "body": b"", "more_body": False})
            return
        except TimeoutError:
            pass
    log.info("an event stream was cut, its reader did not keep up", address=address(scope))
    if ABORT in scope:
        scope[ABORT]()
        async with asyncio.timeout(FAREWELL_S):
            await gone(receive)
