"""Which game server sends a request, by its bearer token; for everything that core and plugins take from servers."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import suppress
from hashlib import sha256
from typing import TYPE_CHECKING

import structlog
from starlette.requests import ClientDisconnect, Request

from slomix.identity.servers import Server, server_of_token
from slomix.web.guard import address
from slomix.web.limits import Limiter, too_many
from slomix.web.problems import TooLarge, Unauthorized

if TYPE_CHECKING:
    from slomix.storage.database import Database

__all__ = ["STRANGERS_PER_MINUTE", "Server", "ServerGate", "read_body", "sending_server"]

log = structlog.get_logger("slomix.web")

_BEARER = re.compile(r"bearer +([\x21-\x7e]+) *", re.IGNORECASE)
#: Requests with a wrong token or none, from one address.
STRANGERS_PER_MINUTE = 30
#: How long the rest of a body that is too large may come before it is answered.
LINGER_S = 1.0


class ServerGate:
    """Knows servers by their tokens. There is one for all of an application, so that guessing is counted once."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._strangers = Limiter(per_minute=STRANGERS_PER_MINUTE, burst=STRANGERS_PER_MINUTE)
        self._known: set[bytes] = set()

    async def server(self, request: Request) -> Server:
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


async def sending_server(request: Request) -> Server:
    """The game server that sends this request, for endpoints of plugins.

    Raises `Unauthorized` without a good token, and `TooManyRequests` for an address that guesses.
    """
    gate: ServerGate = request.app.state.gate
    return await gate.server(request)


async def read_body(request: Request, limit: int, too_large: str) -> bytes:
    """The body. Raises `TooLarge` with that sentence by its announced length, or as soon as more bytes have come."""
    announced = request.headers.get("content-length", "")
    refusal = TooLarge(too_large, headers={"Connection": "close"})
    if announced.isdigit() and int(announced) > limit:
        raise refusal
    body = bytearray()
    stream = request.stream()
    async for chunk in stream:
        if len(body) + len(chunk) > limit:
            await _linger(stream)
            raise refusal
        body += chunk
    return bytes(body)


async def _linger(stream: AsyncIterator[bytes]) -> None:
    """Let the rest come for a moment: who closes on unread bytes resets the connection, and the answer with it."""
    with suppress(TimeoutError, ClientDisconnect):
        async with asyncio.timeout(LINGER_S):
            async for _ in stream:
                pass
