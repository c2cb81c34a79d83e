"""Ready answers that are the same for everybody, kept until the data is other data.

A page asked for by ten people after a round is worked out once, compressed once, and told by its ETag from then on. The
ETag is the hash of the content, so that it is right whatever the answer was made from, and equal in every process.
"""

from __future__ import annotations

import asyncio
import gzip
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from time import monotonic
from typing import Protocol, cast

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response

from slomix.web.api import etag_of, same_etag
from slomix.web.compress import SMALLEST_BYTES, depends_on_encoding, takes_gzip
from slomix.web.headers import PRIVATE

#: How old a kept answer may get: "yesterday" and "3 minutes ago" change without any news.
OLDEST_S = 60.0
#: A larger answer is made for each who asks: one export must not push out all pages.
LARGEST_BYTES = 2 << 20
#: A kept answer is compressed once and sent often.
COMPRESS_LEVEL = 6
#: What an entry takes beside its bodies: key, headers and the places in the table.
_OVERHEAD = 1024

Version = tuple[int, int]


class Feed(Protocol):
    """What is needed of `slomix.bus.LiveFeed`."""

    @property
    def listening(self) -> bool: ...
    @property
    def version(self) -> tuple[int, int]: ...
    def moved(self) -> None: ...


@dataclass(slots=True)
class Counts:
    """What became of the questions since the start: answered from memory (as 304 or whole), or made."""

    kept: int = 0
    not_modified: int = 0
    made: int = 0
    evicted: int = 0


class AnswerCache:
    """The kept answers of one process, at `app.state.answers`. Only for answers that are the same for all who ask."""

    def __init__(
        self, feed: Feed, *, most_bytes: int, lag_s: float = 0.0, clock: Callable[[], float] = monotonic
    ) -> None:
        """`lag_s`: for so long after a change, reads may still give what was before it (a read replica)."""
        self._feed = feed
        self._most_bytes = most_bytes
        self._lag_s = lag_s
        self._clock = clock
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()
        self._making: dict[Hashable, _Making] = {}
        self._version: Version = (-1, -1)
        self._since = 0.0
        self.bytes = 0
        self.counts = Counts()

    async def answer(self, request: Request, key: Hashable, make: Callable[[], Awaitable[Response]]) -> Response:
        """The kept answer of `key`, or what `make()` gives; 304 where the reader has it already.

        `make` answers without looking at who asks: whatever it depends on (path, query, language, theme) is in
        `key`, which begins with the plugin's name. Kept is a plain 200 without cookies; anything else goes to the
        one who asked. Readers that come while it is made wait for the same one. What `make` raises is raised.
        Where it did look (`slomix.web.auth`), nothing is kept, and each reader gets an answer of their own.
        """
        version = self._valid_version()
        if version is None:
            self.counts.made += 1
            return _with_etag(request, await make())
        kept = self._kept.get(key)
        if kept is not None and kept.version == version and self._clock() < kept.until:
            self._kept.move_to_end(key)
            return self._tell(request, key, kept, ready=True)
        self.counts.made += 1
        making = self._join(key, version, lambda: _owned(request, make))
        first = not making.readers
        made = await making.wait()
        if isinstance(made, _Kept):
            return self._tell(request, key, made, ready=False)
        return _with_etag(request, made if first else await make())

    def moved(self) -> None:
        """What this process just changed is seen by its next reader, before the news of it has come round."""
        self._feed.moved()

    def _valid_version(self) -> Version | None:
        """The number of the data as it is now; None while nobody would tell that it changes, or nothing is kept."""
        if not self._feed.listening or not self._most_bytes:
            return None
        version = self._feed.version
        if version != self._version:
            self._version, self._since = version, self._clock()
        return version

    def _join(self, key: Hashable, version: Version, make: Callable[[], Awaitable[Response]]) -> _Making:
        """The making of this key that goes on, or a new one. One that began with older data is nobody's any more."""
        making = self._making.get(key)
        if making is None or making.version != version or making.task.cancelling():
            making = self._making[key] = _Making(version, asyncio.ensure_future(self._make(key, version, make)))
            making.task.add_done_callback(lambda task: self._made(key, task))
        return making

    async def _make(self, key: Hashable, version: Version, make: Callable[[], Awaitable[Response]]) -> _Kept | Response:
        began = self._clock()
        response = await make()
        if not _is_for_all(response):
            return response
        lagging = began - self._since < self._lag_s
        kept = _Kept.of(response, version, began + (self._lag_s if lagging else OLDEST_S))
        if len(kept.body) <= LARGEST_BYTES:
            self._drop(key)
            self._kept[key] = kept
            self.bytes += kept.size
            self._trim()
        return kept

    def _made(self, key: Hashable, task: asyncio.Task[_Kept | Response]) -> None:
        making = self._making.get(key)
        if making is not None and making.task is task:
            del self._making[key]
        if not task.cancelled():
            task.exception()  # told to those who wait; with nobody left it is no news

    def _tell(self, request: Request, key: Hashable, kept: _Kept, *, ready: bool) -> Response:
        asked = request.headers
        if same_etag(asked.get("if-none-match"), kept.etag):
            self.counts.not_modified += ready
            return _Ready(304, kept.head, b"")
        self.counts.kept += ready
        if len(kept.body) < SMALLEST_BYTES or not takes_gzip(asked.get("accept-encoding", "")):
            return _Ready(200, [*kept.head, kept.length], kept.body)
        if kept.compressed is None:
            before = kept.size
            kept.compressed = gzip.compress(kept.body, COMPRESS_LEVEL, mtime=0)
            if self._kept.get(key) is kept:
                self.bytes += kept.size - before
                self._trim()
        return _Ready(200, [*kept.head, _GZIP, _length(kept.compressed)], kept.compressed)

    def _drop(self, key: Hashable) -> None:
        old = self._kept.pop(key, None)
        if old is not None:
            self.bytes -= old.size

    def _trim(self) -> None:
        while self.bytes > self._most_bytes:
            self._drop(next(iter(self._kept)))
            self.counts.evicted += 1


async def cached(request: Request, key: Hashable, make: Callable[[], Awaitable[Response]]) -> Response:
    """`AnswerCache.answer` of the application that answers `request`."""
    answers = cast(AnswerCache, request.app.state.answers)
    return await answers.answer(request, key, make)


_GZIP = (b"content-encoding", b"gzip")


def _length(body: bytes) -> tuple[bytes, bytes]:
    return b"content-length", b"%d" % len(body)


@dataclass(slots=True)
class _Kept:
    """An answer as it leaves; `head` is without what depends on the body's encoding."""

    version: Version
    until: float
    etag: str
    head: list[tuple[bytes, bytes]]
    length: tuple[bytes, bytes]
    body: bytes
    compressed: bytes | None = None

    @classmethod
    def of(cls, response: Response, version: Version, until: float) -> _Kept:
        body = bytes(response.body)
        etag = etag_of(body)
        headers = MutableHeaders(raw=[pair for pair in response.raw_headers if pair[0] != b"content-length"])
        headers["ETag"] = etag
        headers.setdefault("Cache-Control", "no-cache")
        depends_on_encoding(headers)
        return cls(version, until, etag, headers.raw, _length(body), body)

    @property
    def size(self) -> int:
        return _OVERHEAD + len(self.body) + len(self.compressed or b"")


class _Making:
    """An answer in the making. It ends with the last reader who waits for it."""

    def __init__(self, version: Version, task: asyncio.Task[_Kept | Response]) -> None:
        self.version = version
        self.task = task
        self.readers = 0

    async def wait(self) -> _Kept | Response:
        self.readers += 1
        try:
            return await asyncio.shield(self.task)
        finally:
            self.readers -= 1
            if not self.readers:
                self.task.cancel()


class _Ready(Response):
    """An answer whose headers are put together already."""

    def __init__(self, status: int, head: list[tuple[bytes, bytes]], body: bytes) -> None:
        self.status_code = status
        self.raw_headers = list(head)
        self.body = body
        self.background = None


async def _owned(request: Request, make: Callable[[], Awaitable[Response]]) -> Response:
    """What `make` gives, marked as this reader's own where it looked at who that is."""
    response = await make()
    if PRIVATE in request.scope:
        response.headers["Cache-Control"] = "private, no-cache"
    return response


def _is_for_all(response: Response) -> bool:
    """Whether an answer may be kept: a whole 200 in memory, without cookies, that may be shared."""
    if response.status_code != 200 or response.background is not None or not _is_whole(response):
        return False
    headers = response.headers
    control = headers.get("cache-control", "")
    return {"set-cookie", "content-encoding"}.isdisjoint(headers) and not any(
        word in control for word in ("private", "no-store")
    )


def _is_whole(response: Response) -> bool:
    """Whether the body is in memory: that of a stream or a file is not."""
    return isinstance(getattr(response, "body", None), bytes)


def _with_etag(request: Request, response: Response) -> Response:
    """The same for an answer that is not kept."""
    if response.status_code != 200 or not _is_whole(response):
        return response
    etag = etag_of(bytes(response.body))
    response.headers["ETag"] = etag
    response.headers.setdefault("Cache-Control", "no-cache")
    if not same_etag(request.headers.get("if-none-match"), etag):
        return response
    head = [pair for pair in response.raw_headers if pair[0] not in (b"content-length", b"content-type")]
    return _Ready(304, head, b"")
