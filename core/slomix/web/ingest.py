"""`POST /-/ingest?name=FILE`: a game server sends a file; answers what `slomix ingest --json` prints."""

from __future__ import annotations

import re
from time import perf_counter
from typing import TYPE_CHECKING, Any, Protocol

import structlog
from starlette.requests import Request
from starlette.responses import Response

from slomix.identity.servers import Server, server_of_token
from slomix.ingest.report import report
from slomix.web.api import json_answer
from slomix.web.problems import BadRequest, TooLarge, Unauthorized

if TYPE_CHECKING:
    from slomix.ingest.pipeline import Outcome
    from slomix.storage.database import Database

log = structlog.get_logger("slomix.web")

_BEARER = re.compile(r"bearer +([\x21-\x7e]+) *", re.IGNORECASE)
_UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\]")
_MAX_NAME = 255


class Pipeline(Protocol):
    """What takes the file (`slomix.ingest.pipeline.Pipeline`)."""

    async def offer(self, name: str, data: bytes, *, source: str, server: str | None = None) -> Outcome: ...


class Upload:
    """Takes files. Refuses before it reads: first who, then what, then how much."""

    def __init__(self, db: Database, pipeline: Pipeline, max_bytes: int) -> None:
        self._db = db
        self._pipeline = pipeline
        self._max_bytes = max_bytes

    async def receive(self, request: Request) -> Response:
        """The endpoint. Also a file that is quarantined is 200: it was taken, and the record says so."""
        began = perf_counter()
        server = await self._server(request)
        name = file_name(request.query_params.get("name"))
        data = await read_body(request, self._max_bytes)
        outcome = await self._pipeline.offer(name, data, source="upload", server=server.name)
        return json_answer(request, report([outcome], seconds=perf_counter() - began))

    async def _server(self, request: Request) -> Server:
        """The server whose token this is. The token itself is never written anywhere."""
        match = _BEARER.fullmatch(request.headers.get("authorization", ""))
        server = await server_of_token(self._db, match[1]) if match else None
        if server is None:
            log.warning("upload refused", reason="unknown token" if match else "no token", address=_address(request))
            raise Unauthorized(
                "A server's token is needed (Authorization: Bearer …); `slomix servers token` makes one.",
                headers={"WWW-Authenticate": 'Bearer realm="slomix"', "Connection": "close"},
            )
        return server


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
    async for chunk in request.stream():
        if len(body) + len(chunk) > limit:
            raise _too_large(limit)
        body += chunk
    return bytes(body)


def _too_large(limit: int) -> TooLarge:
    return TooLarge(
        f"The file is over the limit of {limit} bytes (setting slomix.ingest.max_upload_bytes).",
        headers={"Connection": "close"},
    )


def _address(request: Request) -> Any:
    return request.client.host if request.client else None
