"""`POST /-/ingest?name=FILE`: a game server sends a file; answers what `slomix ingest --json` prints.

JSON may come without a name: scripts that post their rounds know one address and nothing of names.
"""

from __future__ import annotations

import re
from hashlib import sha256
from time import perf_counter
from typing import TYPE_CHECKING, Protocol

from starlette.requests import Request
from starlette.responses import Response

from slomix.ingest.report import report
from slomix.settings import IngestSettings
from slomix.web.api import json_answer
from slomix.web.gate import ServerGate, read_body
from slomix.web.limits import Limiter, too_many
from slomix.web.problems import BadRequest

if TYPE_CHECKING:
    from slomix.ingest.pipeline import Outcome

_UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\]")
_MAX_NAME = 255
_JSON = "application/json"
_DIGITS = 16


class Pipeline(Protocol):
    """What takes the file (`slomix.ingest.pipeline.Pipeline`)."""

    async def offer(self, name: str, data: bytes, *, source: str, server: str | None = None) -> Outcome: ...


class Upload:
    """Takes files. Refuses before it reads: first who, then what, then how much."""

    def __init__(self, gate: ServerGate, pipeline: Pipeline, settings: IngestSettings) -> None:
        self._gate = gate
        self._pipeline = pipeline
        self._max_bytes = settings.max_upload_bytes
        self._uploads = Limiter(per_minute=settings.uploads_per_minute, burst=settings.upload_burst)

    async def receive(self, request: Request) -> Response:
        """The endpoint. Also a file that is quarantined is 200: it was taken, and the record says so."""
        began = perf_counter()
        server = await self._gate.server(request)
        wait = self._uploads.take(server.id)
        if wait:
            raise too_many(f"The server {server.name!r} sends files faster than it may.", wait)
        name = _name(request)
        too_large = f"The file is over the limit of {self._max_bytes} bytes (setting slomix.ingest.max_upload_bytes)."
        data = await read_body(request, self._max_bytes, too_large)
        name = name or f"posted-{sha256(data).hexdigest()[:_DIGITS]}.json"
        outcome = await self._pipeline.offer(name, data, source="upload", server=server.name)
        return json_answer(request, report([outcome], seconds=perf_counter() - began))


def _name(request: Request) -> str | None:
    """The name of the uploaded file; None for JSON without one."""
    given = request.query_params.get("name")
    posted = request.headers.get("content-type", "").partition(";")[0].strip().lower() == _JSON
    return None if given is None and posted else file_name(given)


def file_name(given: str | None) -> str:
    """The name of the uploaded file. Raises `BadRequest` when it is missing or could be a path."""
    if not given:
        raise BadRequest("The query parameter 'name' is missing: POST /-/ingest?name=FILE.")
    if given in (".", "..") or len(given.encode()) > _MAX_NAME or _UNSAFE.search(given):
        raise BadRequest(
            f"The query parameter 'name' is a plain file name of at most {_MAX_NAME} bytes, without folders."
        )
    return given
