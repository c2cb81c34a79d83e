"""A web client for tests: in-process for pages and JSON, a real server where the wire matters."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import httpx2
from starlette.applications import Starlette

from slomix.web.server import serve

#: Where the application seems to be for in-process requests.
ORIGIN = "http://slomix.test"


def client_of(app: Starlette) -> httpx2.AsyncClient:
    """A client that talks to the application without a network, at its public address where the settings have one.
    Use it as an async context manager.

    It reads whole answers: for `/-/events` use `serving`.
    """
    return httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=app), base_url=getattr(app.state, "origin", None) or ORIGIN
    )


@asynccontextmanager
async def serving(app: Starlette) -> AsyncIterator[str]:
    """Serve the application on a free port of this machine; gives the URL, stops at the end."""
    ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    server = asyncio.create_task(serve(app, "127.0.0.1", 0, started=ready.set_result))
    either: set[asyncio.Future[Any]] = {server, ready}
    await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
    if not ready.done():
        await server
    try:
        yield ready.result()
    finally:
        server.cancel()
        with suppress(asyncio.CancelledError):
            await server
