"""`POST /-/ingest?name=FILE`: a game server sends a file; answers what `slomix ingest --json` prints."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import suppress
from hashlib import sha256
from time import perf_counter
from typing import TYPE_CHECKING, Protocol

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from slomix.identity.servers import Server, server_of_token
from slomix.ingest.report import report
from slomix.settings import IngestSettings
from slomix.web.api import json_answer
from slomix.web.guard import address
from slomix.web.limits import Limiter, too_many
from slomix.web.problems import BadRequest, TooLarge, Unauthorized

if TYPE_CHECKING:
    from slomix.ingest.pipeline import Outcome
    from slomix.storage.database import Database

log = structlog.get_logger("slomix.web")

_BEARER = re.compile(r"bearer +([\x21-\x7e]+) *", re.IGNORECASE)
_UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\]")
_MAX_NAME = 255
#: How long the rest of a body that is too large may come before it is answered.
LINGER_S = 1.0
#: Uploads with a wrong token or none, from one address.
STRANGERS_PER_MINUTE = 30


class Pipeline(Protocol):
    """What takes the file (`slomix.ingest.pipeline.Pipeline`)."""

    async def offer(self, name: str, data: bytes, *, source: str, server: str | None = None) -> Outcome: ...


class Upload:
    """Takes files. Refuses before it reads: first who, then what, then how much."""

    def __init__(self, db: Database, pipeline: Pipeline, settings: IngestSettings) -> None:
        self._db = db
        self._pipeline = pipeline
        self._max_bytes = settings.max_upload_bytes
        self._uploads = Limiter(per_minute=settings.uploads_per_minute, burst=settings.upload_burst)
        self._strangers = Limiter(per_minute=STRANGERS_PER_MINUTE, burst=STRANGERS_PER_MINUTE)
        self._known: set[bytes] = set()

    async def receive(self, request: Request) -> Response:
        """The endpoint. Also a file that is quarantined is 200: it was taken, and the record says so."""
        began = perf_counter()
        server = await self._server(request)
        wait = self._uploads.take(server.id)
        if wait:
            raise too_many(f"The server {server.name!r} sends files faster than it may.", wait)
        name = file_name(request.query_params.get("name"))
        data = await read_body(request, self._max_bytes)
        outcome = await self._pipeline.offer(name, data, source="upload", server=server.name)
        return json_answer(request, report([outcome], seconds=perf_counter() - began))

    async def _server(self, request: Request) -> Server:
        """The server whose token this is. The token itself is never written anywhere.

        An address that tried many wrong tokens is refused before the database is asked, unless its token was good
        before.
        """
        match = _BEARER.fullmatch(request.headers.get("authorization", ""))
        digest = sha256(match[1].encode()).digest() if match else b""
        came_from = address(request.scope)
        if digest not in self._known and (wait := self._strangers.wait(came_from)):
            raise too_many("There were many uploads without a good token from your address.", wait)
        server = await server_of_token(self._db, match[1]) if match else None
        if server is not None:
            self._known.add(digest)
            return server
        self._known.discard(digest)
        self._strangers.take(came_from)
        log.warning("upload refused", reason="unknown token" if match else "no token", address=came_from)
        raise Unauthorized(
            "A server's token is needed (Authorization: Bearer …); `slomix servers token` makes one.",
            headers={"WWW-Authenticate": 'Bearer realm="slomix"', "Connection": "close"},
        )


def file_name(given: str | None) -> str:
    """The name of the uploaded file. Raises `BadRequest` when it is missing or could be a path."""
    if not given:
        raise BadRequest("The query parameter 'name' is missing: POST /-/ingest?name=FILE.")
    if given in (".", "..") or len(given.encode()) > _MAX_NAME or _UNSAFE.search(given):
        raise BadRequest(
            f"The query parameter 'name' is a plain file name of at most {_MAX_NAME} bytes, without folders."
        )
    return given


async def read_body(request: Request, limit: int) -> bytes:
    """The body. Raises `TooLarge` by its announced length, or as soon as more than `limit` bytes have come."""
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > limit:
        raise _too_large(limit)
    body = bytearray()
    stream = request.stream()
    async for chunk in stream:
        if len(body) + len(chunk) > limit:
            await _linger(stream)
            raise _too_large(limit)
        body += chunk
    return bytes(body)


async def _linger(stream: AsyncIterator[bytes]) -> None:
    """Let the rest come for a moment: who closes on unread bytes resets the connection, and the answer with it."""
    with suppress(TimeoutError, ClientDisconnect):
        async with asyncio.timeout(LINGER_S):
            async for _ in stream:
                pass


def _too_large(limit: int) -> TooLarge:
    return TooLarge(
        f"The file is over the limit of {limit} bytes (setting slomix.ingest.max_upload_bytes).",
        headers={"Connection": "close"},
    )
