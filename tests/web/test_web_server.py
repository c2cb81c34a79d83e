"""Listening, the URL, a port in use, stopping."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from slomix.contrib import Page
from slomix.testing.web import serving
from slomix.web.server import CannotListen, serve, url_of

AppOf = Callable[..., Starlette]


async def test_the_url_is_told_when_it_answers(app_of: AppOf) -> None:
    async with serving(app_of()) as url, httpx2.AsyncClient(base_url=url) as web:
        answer = await web.get("/healthz")
    assert answer.text == "ok\n"
    assert "server" not in answer.headers


async def test_a_port_in_use_is_said_with_the_setting_to_change(app_of: AppOf) -> None:
    told: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotListen, match=rf"127\.0\.0\.1:{port}: another program listens .* SLOMIX_WEB__PORT"):
            await serve(app_of(), "127.0.0.1", port, started=told.append)
    assert told == []


async def test_an_address_of_another_machine_is_refused(app_of: AppOf) -> None:
    with pytest.raises(CannotListen, match="SLOMIX_WEB__HOST"):
        await serve(app_of(), "203.0.113.1", 0, started=print)


async def test_an_answer_in_the_making_is_finished_at_stop(app_of: AppOf) -> None:
    begun = asyncio.Event()

    async def slow(request: Request) -> Response:
        begun.set()
        await asyncio.sleep(0.5)
        return PlainTextResponse("done")

    app = app_of(("alpha", Page(path="/", endpoint=slow, name="slow")))
    async with httpx2.AsyncClient() as web:
        async with serving(app) as url:
            asked = asyncio.create_task(web.get(f"{url}/alpha/"))
            await begun.wait()
        assert (await asked).text == "done"


async def test_an_answer_that_never_comes_does_not_hold_the_stop(app_of: AppOf) -> None:
    begun = asyncio.Event()

    async def never(request: Request) -> Response:
        begun.set()
        await asyncio.Event().wait()
        raise AssertionError("nobody sets it")

    app = app_of(("alpha", Page(path="/", endpoint=never, name="never")))
    clock = asyncio.get_running_loop().time
    async with httpx2.AsyncClient() as web:
        async with serving(app) as url:
            asked: asyncio.Task[Any] = asyncio.create_task(web.get(f"{url}/alpha/"))
            await begun.wait()
            began = clock()
        assert clock() - began < 3
        assert (await asked).status_code == 500


@pytest.mark.parametrize(
    ("host", "url"),
    [("127.0.0.1", "http://127.0.0.1:80"), ("0.0.0.0", "http://127.0.0.1:80"), ("::", "http://[::1]:80"),
     ("fd00::1", "http://[fd00::1]:80"), ("stats.example", "http://stats.example:80")],
)  # fmt: skip
def test_the_url_can_be_opened(host: str, url: str) -> None:
    assert url_of(host, 80) == url
