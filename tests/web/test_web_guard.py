"""The boundary around a plugin's page: whatever it does, the answer is a sentence and the others do not notice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route, Router

from slomix.testing.web import client_of, serving
from slomix.web.guard import LARGEST_PART, Guard, allow_time

Endpoint = Callable[[Request], Any]


def app_of(endpoint: Endpoint, **limits: Any) -> Starlette:
    """One page behind the guard of a plugin."""
    from starlette.routing import Mount

    guard = Guard(Router([Route("/", endpoint)]), "alpha", foreign=True, **limits)
    return Starlette(routes=[Mount("/alpha", app=guard)])


async def exits(request: Request) -> Response:
    raise SystemExit(1)


async def group(request: Request) -> Response:
    raise BaseExceptionGroup("many", [ValueError(1), SystemExit(2)])


async def nothing(request: Request) -> Any:
    return None


async def huge(request: Request) -> Response:
    return PlainTextResponse(b"x" * (LARGEST_PART + 1))


@pytest.mark.parametrize("endpoint", [exits, group, nothing, huge])
async def test_what_goes_wrong_is_an_answer_with_an_incident(endpoint: Endpoint) -> None:
    async with client_of(app_of(endpoint)) as web:
        answer = await web.get("/alpha/", headers={"Accept": "application/json"})
    assert answer.status_code == 500
    assert answer.json()["incident"]
    assert len(answer.content) < 500


async def test_a_page_that_takes_too_long_is_given_up(caplog: pytest.LogCaptureFixture) -> None:
    async def hangs(request: Request) -> Response:
        await asyncio.sleep(60)
        raise AssertionError

    async with client_of(app_of(hangs, answer_s=0.1)) as web:
        answer = await web.get("/alpha/", headers={"Accept": "application/json"})
    assert answer.status_code == 503
    assert answer.json()["detail"] == "A page of 'alpha' took longer than 0.1 s."
    assert answer.headers["retry-after"]


async def test_a_page_may_ask_for_more_time() -> None:
    async def patient(request: Request) -> Response:
        allow_time(request, 10)
        await asyncio.sleep(0.3)
        return PlainTextResponse("in time")

    async with client_of(app_of(patient, answer_s=0.1)) as web:
        assert (await web.get("/alpha/")).text == "in time"


async def test_a_timeout_of_the_pages_own_is_an_incident() -> None:
    async def slow(request: Request) -> Response:
        raise TimeoutError

    async with client_of(app_of(slow)) as web:
        assert (await web.get("/alpha/")).status_code == 500


async def test_a_stream_may_take_as_long_as_it_takes_and_be_as_long_as_it_is() -> None:
    async def parts() -> AsyncIterator[bytes]:
        for _ in range(6):
            await asyncio.sleep(0.05)
            yield b"x" * (LARGEST_PART // 4)

    async def stream(request: Request) -> Response:
        return StreamingResponse(parts())

    async with client_of(app_of(stream, answer_s=0.2)) as web:
        answer = await web.get("/alpha/")
    assert answer.status_code == 200
    assert len(answer.content) > LARGEST_PART


async def test_a_large_file_in_parts_passes() -> None:
    async def parts() -> AsyncIterator[bytes]:
        for _ in range(8):
            yield b"x" * LARGEST_PART

    async def download(request: Request) -> Response:
        return StreamingResponse(parts(), headers={"Content-Length": str(8 * LARGEST_PART)})

    async with client_of(app_of(download)) as web:
        assert len((await web.get("/alpha/")).content) == 8 * LARGEST_PART


async def test_a_page_that_cancels_itself_ends_its_own_answer_only() -> None:
    """Over a real server: the connection's task is the one that is cancelled."""
    import httpx2

    from slomix.host.contain import contained
    from slomix.web.streams import Streams

    async def cancels(request: Request) -> Response:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        await asyncio.sleep(1)
        raise AssertionError

    app = app_of(contained(cancels))
    feed: Any = None
    app.state.streams = Streams(feed, per_address=1)
    async with serving(app) as url, httpx2.AsyncClient(base_url=url) as web:
        for _ in range(2):
            assert (await web.get("/alpha/")).status_code == 500
