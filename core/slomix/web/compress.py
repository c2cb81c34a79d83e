"""Answers in gzip for whoever reads it. What is compressed already, small, or of no use is passed on as it is."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import Callable
from functools import lru_cache

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: Smaller bodies gain nothing.
SMALLEST_BYTES = 500
#: Compressing more at once would hold up everybody else: it is done in a thread.
IN_A_THREAD_BYTES = 128 << 10
#: Twice as quick as the usual level, and a tenth larger: everybody waits for it. Kept answers are compressed better.
LEVEL = 2
_TYPES = ("application/json", "application/javascript", "application/xml", "application/x-ndjson", "image/svg+xml")
#: An event is told when it happens, not when there is enough to compress.
_NEVER = "text/event-stream"


class Compressed:
    """Pure ASGI: compresses texts, whole or in parts, and says that the answer depends on `Accept-Encoding`."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            send = _Answer(send, takes_gzip(accepted_by(scope))).send
        await self.app(scope, receive, send)


class _Answer:
    """Holds the head back until the first part of the body says whether there is something to compress."""

    __slots__ = ("_head", "_packer", "_send", "_takes")

    def __init__(self, send: Send, takes: bool) -> None:
        self._send = send
        self._takes = takes
        self._head: Message | None = None
        self._packer: zlib._Compress | None = None

    async def send(self, message: Message) -> None:
        """Pass on one message of the answer."""
        if message["type"] == "http.response.start" and is_text(message):
            self._head = message
        elif self._head is not None:
            head, self._head = self._head, None
            await self._begin(head, message)
        elif self._packer is not None:
            await self._send(await self._packed(self._packer, message))
        else:
            await self._send(message)

    async def _begin(self, head: Message, message: Message) -> None:
        body, more = message.get("body", b""), message.get("more_body", False)
        if len(body) >= SMALLEST_BYTES or more:
            headers = MutableHeaders(raw=list(head["headers"]))
            depends_on_encoding(headers)
            if self._takes:
                headers["Content-Encoding"] = "gzip"
                del headers["Content-Length"]
                if more:
                    self._packer = zlib.compressobj(LEVEL, wbits=31)
                    message = await self._packed(self._packer, message)
                else:
                    packed = await _off_the_loop(gzip.compress, body, LEVEL, mtime=0)
                    headers["Content-Length"] = str(len(packed))
                    message = {**message, "body": packed}
            head = {**head, "headers": headers.raw}
        await self._send(head)
        await self._send(message)

    async def _packed(self, packer: zlib._Compress, message: Message) -> Message:
        body = message.get("body", b"")
        packed = await _off_the_loop(packer.compress, body) if body else b""
        if not message.get("more_body", False):
            packed += packer.flush()
        return {**message, "body": packed}


async def _off_the_loop(pack: Callable[..., bytes], body: bytes, *more: int, **named: int) -> bytes:
    if len(body) < IN_A_THREAD_BYTES:
        return pack(body, *more, **named)
    return await asyncio.to_thread(pack, body, *more, **named)


def is_text(start: Message) -> bool:
    """Whether the body that this head announces is worth compressing, by status and type."""
    if start["status"] in (204, 206, 304):
        return False
    kind = b""
    for name, value in start.get("headers", ()):
        lower = name.lower()
        if lower == b"content-encoding":
            return False
        if lower == b"content-type":
            kind = value
    return _is_text_type(kind)


@lru_cache(maxsize=256)
def _is_text_type(content_type: bytes) -> bool:
    kind = content_type.decode("latin-1").partition(";")[0].strip().lower()
    return (kind.startswith("text/") and kind != _NEVER) or kind in _TYPES or kind.endswith(("+json", "+xml"))


def depends_on_encoding(headers: MutableHeaders) -> None:
    """Say so in `Vary`, once."""
    if "accept-encoding" not in headers.get("vary", "").lower():
        headers.add_vary_header("Accept-Encoding")


def accepted_by(scope: Scope) -> str:
    """The reader's `Accept-Encoding`."""
    return ",".join(value.decode("latin-1") for name, value in scope["headers"] if name == b"accept-encoding")


@lru_cache(maxsize=64)
def takes_gzip(accept_encoding: str) -> bool:
    """Whether a reader with this `Accept-Encoding` reads gzip."""
    for part in accept_encoding.split(","):
        coding, _, weight = part.strip().lower().partition(";")
        if coding.strip() in ("gzip", "*"):
            return weight.replace(" ", "").rstrip("0.") != "q="
    return False
