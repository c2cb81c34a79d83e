"""`GET /-/events`: what happened, as server-sent events, resumed from the event table where a browser left off.

One subscription of the live feed serves all browsers of a process; each has a short queue of encoded frames. A
browser that does not keep up is disconnected: it comes back by itself and asks for what it missed.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Protocol

import msgspec
import structlog
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from slomix.events import Event
from slomix.web.problems import BadRequest, TooManyRequests

log = structlog.get_logger("slomix.web")

HEARTBEAT_S = 15.0
PER_ADDRESS = 20
QUEUE_LENGTH = 256
PAGE = 200
RECONNECT_MS = 2000
#: How long the end of a stream may take to leave; a browser that reads nothing is not waited for.
FAREWELL_S = 0.5

_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


class Envelope(Protocol):
    """An event as the bus tells it (`slomix.bus.Envelope`)."""

    @property
    def seq(self) -> int: ...
    @property
    def key(self) -> str: ...
    @property
    def payload(self) -> Mapping[str, Any]: ...
    @property
    def published_at(self) -> datetime: ...


class Feed(Protocol):
    """The bus's live feed."""

    async def latest(self) -> int: ...
    async def since(self, seq: int, limit: int) -> list[Any]: ...
    def subscribe(self) -> AsyncIterator[Any]: ...


def public_keys(base: type[Event] = Event) -> frozenset[str]:
    """The keys of all events that are known now and that anyone may see (`Event.public`)."""
    found: set[str] = set()
    for kind in base.__subclasses__():
        if kind.public:
            found.add(kind.key())
        found |= public_keys(kind)
    return frozenset(found)


def frame(envelope: Envelope) -> bytes:
    """One event on the wire: number, key, payload. A signal has no number, so nobody resumes after it."""
    number = b"id: %d\n" % envelope.seq if envelope.seq else b""
    return b"%bevent: %b\ndata: %b\n\n" % (number, envelope.key.encode(), msgspec.json.encode(envelope.payload))


class _Browser:
    """One connection: frames that wait for it, and whether it is to end."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[tuple[int, bytes]] = asyncio.Queue(QUEUE_LENGTH)
        self.ended = asyncio.Event()

    def offer(self, seq: int, data: bytes) -> None:
        if self.queue.full():
            self.ended.set()
        else:
            self.queue.put_nowait((seq, data))


class EventStream:
    """The endpoint, and everything it shares between connections."""

    def __init__(self, feed: Feed, keys: frozenset[str], *, heartbeat_s: float = HEARTBEAT_S) -> None:
        self._feed = feed
        self._keys = keys
        self._heartbeat_s = heartbeat_s
        self._browsers: set[_Browser] = set()
        self._addresses: Counter[str] = Counter()
        self._pump: asyncio.Task[None] | None = None
        self._closed = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises `TooManyRequests` or `BadRequest`; a database that is away is raised before anything is sent."""
        with self._place_for(scope):
            asked = _resume_point(Request(scope))
            start = await self._feed.latest() if asked is None else asked
            page = await self._feed.since(start, PAGE)
            await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
            await send(_part(b"retry: %d\nid: %d\n\n" % (RECONNECT_MS, start)))
            if scope["method"] != "HEAD" and not self._closed:
                await self._serve(_Browser(), page, start if asked is None else 0, receive, send)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(FAREWELL_S):
                    await send({"type": "http.response.body", "body": b"", "more_body": False})

    def open(self) -> None:
        """Take connections (again). Called when the server starts."""
        self._closed = False

    def close(self) -> None:
        """End all connections; browsers come back when the program does. Called before the server stops."""
        self._closed = True
        self._end_all()
        if self._pump is not None:
            self._pump.cancel()

    @contextlib.contextmanager
    def _place_for(self, scope: Scope) -> Iterator[None]:
        address = (scope.get("client") or ("", 0))[0]
        if self._addresses[address] >= PER_ADDRESS:
            raise TooManyRequests(
                f"There are {PER_ADDRESS} event streams open to your address; close some tabs.",
                headers={"Retry-After": "30"},
            )
        self._addresses[address] += 1
        try:
            yield
        finally:
            self._addresses[address] -= 1
            if not self._addresses[address]:
                del self._addresses[address]

    async def _serve(self, browser: _Browser, page: list[Envelope], told: int, receive: Receive, send: Send) -> None:
        """Write until the browser goes, does not keep up, or the program stops."""
        work = [
            asyncio.create_task(self._write(browser, page, told, send), name="sse write"),
            asyncio.create_task(_gone(receive), name="sse gone"),
            asyncio.create_task(browser.ended.wait(), name="sse end"),
        ]
        try:
            done, _ = await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            self._browsers.discard(browser)
            for task in work:
                task.cancel()
            await asyncio.gather(*work, return_exceptions=True)

    async def _write(self, browser: _Browser, page: list[Envelope], told: int, send: Send) -> None:
        """First what is in the table, then what comes. `told` is the number up to which live events are old news."""
        while page:
            told = page[-1].seq
            for data in self._frames(page):
                await send(_part(data))
            if len(page) < PAGE:
                break
            page = await self._feed.since(told, PAGE)
        self._join(browser)
        while late := await self._feed.since(told, PAGE):
            told = late[-1].seq
            for data in self._frames(late):
                await send(_part(data))
        while True:
            try:
                async with asyncio.timeout(self._heartbeat_s):
                    seq, data = await browser.queue.get()
            except TimeoutError:
                await send(_part(b": \n\n"))
                continue
            if seq > told or not seq:
                await send(_part(data))

    def _frames(self, page: Iterable[Envelope]) -> Iterator[bytes]:
        return (frame(envelope) for envelope in page if envelope.key in self._keys)

    def _join(self, browser: _Browser) -> None:
        if self._closed:
            browser.ended.set()
            return
        self._browsers.add(browser)
        if self._pump is None or self._pump.done():
            self._pump = asyncio.create_task(self._tell_all(), name="sse pump")

    async def _tell_all(self) -> None:
        """Encode every public event once and hand it to every browser. When the feed ends, so do the connections."""
        try:
            async for envelope in self._feed.subscribe():
                if envelope.key in self._keys:
                    data = frame(envelope)
                    for browser in self._browsers:
                        browser.offer(envelope.seq, data)
        except Exception:
            log.exception("event stream lost the live feed")
        finally:
            self._end_all()

    def _end_all(self) -> None:
        for browser in self._browsers:
            browser.ended.set()


async def _gone(receive: Receive) -> None:
    """Return when the browser has closed the connection."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _part(data: bytes) -> dict[str, Any]:
    return {"type": "http.response.body", "body": data, "more_body": True}


def _resume_point(request: Request) -> int | None:
    """The number of the last event that the browser saw: header `Last-Event-ID`, else `?last=`; None for a new one."""
    text = request.headers.get("last-event-id") or request.query_params.get("last")
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise BadRequest(f"the last event's number must be a whole number, not {text[:40]!r}")
    return int(text)
