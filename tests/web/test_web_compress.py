"""What leaves in gzip and what does not, whole and in parts; which route answers where many could."""

from __future__ import annotations

import asyncio
import gzip
import socket
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from slomix.contrib import Page
from slomix.testing.web import client_of
from slomix.web.compress import IN_A_THREAD_BYTES, SMALLEST_BYTES, takes_gzip
from slomix.web.server import listen
from slomix.web.table import first_part

AppOf = Callable[..., Starlette]
TEXT = "attack and hold " * 400


async def parts() -> AsyncIterator[bytes]:
    for _ in range(100):
        yield TEXT.encode()


def answering(make: Callable[[], Response]) -> Page:
    async def page(request: Request) -> Response:
        return make()

    return Page(path="/it", endpoint=page, name="it")


@pytest.mark.parametrize(
    ("make", "encoding"),
    [
        (lambda: PlainTextResponse(TEXT), "gzip"),
        (lambda: PlainTextResponse("x" * (IN_A_THREAD_BYTES + 1)), "gzip"),
        (lambda: Response(TEXT, media_type="application/problem+json"), "gzip"),
        (lambda: StreamingResponse(parts(), media_type="text/csv"), "gzip"),
        (lambda: PlainTextResponse("x" * (SMALLEST_BYTES - 1)), None),
        (lambda: Response(TEXT, media_type="image/png"), None),
        (lambda: Response(TEXT), None),
        (lambda: PlainTextResponse(TEXT, 206), None),
        (lambda: PlainTextResponse(gzip.compress(TEXT.encode()), headers={"Content-Encoding": "gzip"}), "gzip"),
    ],
)
async def test_texts_are_compressed_once(app_of: AppOf, make: Callable[[], Response], encoding: str | None) -> None:
    async with client_of(app_of(("alpha", answering(make)))) as web:
        packed = await web.get("/alpha/it", headers={"Accept-Encoding": "gzip"})
        plain = await web.get("/alpha/it", headers={"Accept-Encoding": "identity"})
    assert packed.headers.get("content-encoding") == encoding
    assert packed.content == plain.content


async def test_nobody_gets_what_they_do_not_read_and_caches_know_it_depends(app_of: AppOf) -> None:
    async with client_of(app_of(("alpha", answering(lambda: PlainTextResponse(TEXT))))) as web:
        answers = [
            await web.get("/alpha/it", headers={"Accept-Encoding": header}) for header in ("identity", "gzip;q=0", "br")
        ]
        packed = await web.get("/alpha/it", headers={"Accept-Encoding": "gzip"})
    assert {answer.headers.get("content-encoding") for answer in answers} == {None}
    assert {answer.headers["vary"] for answer in (*answers, packed)} == {"Accept-Encoding"}
    assert int(packed.headers["content-length"]) < len(TEXT) / 10


@pytest.mark.parametrize(
    ("header", "takes"),
    [
        ("gzip", True),
        ("br;q=1, gzip;q=0.5", True),
        ("*", True),
        ("", False),
        ("gzip; q=0.0", False),
        ("gzipped", False),
    ],
)
def test_who_reads_gzip(header: str, takes: bool) -> None:
    assert takes_gzip(header) is takes


@pytest.mark.parametrize(
    ("path", "part"),
    [("/players/{id}", "players"), ("/", ""), ("/{page}", None), ("/players.{ext}", None), ("", None), ("/a", "a")],
)
def test_the_first_part_of_a_path(path: str, part: str | None) -> None:
    assert first_part(path) == part


async def test_among_many_routes_the_first_that_matches_answers(app_of: AppOf) -> None:
    def named(path: str, name: str, **more: Any) -> tuple[str, Page]:
        async def page(request: Request) -> Response:
            return PlainTextResponse(f"{name} {request.url_for(f'webui:{name}', **request.path_params).path}")

        return "webui", Page(path=path, endpoint=page, name=name, root=True, **more)

    app = app_of(
        named("/", "home"),
        named("/players/best", "best"),
        named("/players/{id}", "player"),
        named("/{word}", "any"),
        named("/late", "late"),
    )
    paths = ("/", "/players/best", "/players/p1", "/late", "/players")
    async with client_of(app) as web:
        told = [(await web.get(path)).text for path in paths]
        refused = await web.post("/players/p1")
        nowhere = await web.get("/players/p1/x")
    assert told == ["home /", "best /players/best", "player /players/p1", "any /late", "any /players"]
    assert (refused.status_code, nowhere.status_code) == (405, 404)


def test_connections_send_what_they_have_at_once() -> None:
    with listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


async def test_a_long_text_does_not_hold_up_others(app_of: AppOf) -> None:
    """While a body of megabytes is packed, the loop still turns."""
    large = "".join(f"{n * 7919 % 100_003} " for n in range(500_000))
    turns = 0

    async def turn() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0.001)

    async with client_of(app_of(("alpha", answering(lambda: PlainTextResponse(large))))) as web:
        turning = asyncio.create_task(turn())
        answer = await web.get("/alpha/it", headers={"Accept-Encoding": "gzip"})
        turning.cancel()
    assert answer.text == large
    assert turns > 5
