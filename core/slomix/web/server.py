"""The HTTP server: uvicorn in the program's own event loop, with signals left to the program."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
from collections.abc import Callable, Iterator

import uvicorn
from starlette.applications import Starlette

from slomix.errors import NotHealthy
from slomix.web.protocol import LimitedHead
from slomix.web.streams import Streams

#: Answers that are still being written when the program stops get this long.
GRACE_S = 2
BACKLOG = 512


class CannotListen(NotHealthy):
    """The address is taken or not this machine's."""


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, started: Callable[[], None], stopping: Callable[[], None]) -> None:
        super().__init__(config)
        self._tell_started = started
        self._tell_stopping = stopping

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._tell_started()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # Event streams never end by themselves; uvicorn would wait for them.
        self._tell_stopping()
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(app: Starlette, host: str, port: int, *, started: Callable[[str], None]) -> None:
    """Serve until cancelled, then stop within `GRACE_S` seconds. `started(url)` is called once it really listens.

    Port 0 takes a free one. Raises `CannotListen`.
    """
    listener = listen(host, port)
    config = uvicorn.Config(
        app,
        http=LimitedHead,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
    )
    address = url_of(host, listener.getsockname()[1])
    streams: Streams = app.state.streams
    streams.open()
    server = _Server(config, lambda: started(address), streams.close)
    with listener:
        running = asyncio.create_task(server.serve(sockets=[listener]), name="web server")
        try:
            await asyncio.shield(running)
        except asyncio.CancelledError:
            server.should_exit = True
            await running
            raise


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises `CannotListen` with the setting to change.

    Its connections send what they have at once: a body must not wait until the head's arrival is confirmed.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.create_server(address[:2], family=family, backlog=BACKLOG)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            reason = "another program listens there; stop it, or set SLOMIX_WEB__PORT"
        elif error.errno == errno.EACCES:
            reason = "this account may not use that port; set SLOMIX_WEB__PORT to one above 1023"
        else:
            reason = f"{error.strerror or error}; set SLOMIX_WEB__HOST to an address of this machine"
        raise CannotListen(f"The web role can not listen on {host}:{port}: {reason}.") from None
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def url_of(host: str, port: int) -> str:
    """The address to open in a browser."""
    name = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host)  # nosec B104  # noqa: S104
    if name is None:
        name = f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}"
