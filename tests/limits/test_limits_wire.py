"""What a request may be before anybody reads its meaning: a real server, bytes written by hand."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest
import pytest_asyncio

from slomix.testing.running import Running
from slomix.testing.web import serving
from slomix.web.protocol import MOST_HEAD_BYTES, MOST_HEADERS

Address = tuple[str, int]


@pytest_asyncio.fixture
async def address(program: Running) -> AsyncIterator[Address]:
    async with serving(program.app) as url:
        parts = urlsplit(url)
        assert parts.hostname is not None
        assert parts.port is not None
        yield parts.hostname, parts.port


async def answer(address: Address, *pieces: bytes) -> bytes:
    """All that comes back for these bytes, written one piece after the other."""
    reader, writer = await asyncio.open_connection(*address)
    with contextlib.suppress(ConnectionError):
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)
    said = b""
    with contextlib.suppress(ConnectionError):
        async with asyncio.timeout(60):
            said = await reader.read()
    writer.close()
    return said


def head(*headers: bytes, path: bytes = b"/healthz") -> bytes:
    return b"\r\n".join((b"GET " + path + b" HTTP/1.1", b"Host: a", b"Connection: close", *headers, b"", b""))


async def test_an_ordinary_and_a_large_but_allowed_head_are_answered(address: Address) -> None:
    assert (await answer(address, head())).startswith(b"HTTP/1.1 200")
    assert (await answer(address, head(b"X-A: " + b"a" * (MOST_HEAD_BYTES - 500)))).startswith(b"HTTP/1.1 200")
    assert (await answer(address, head(*[b"X-A: a"] * (MOST_HEADERS - 2)))).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "request_",
    [
        head(b"X-A: " + b"a" * MOST_HEAD_BYTES),
        head(*[b"X-A: " + b"a" * 1000] * 40),
        head(*[b"X-A: a"] * MOST_HEADERS),
        head(path=b"/?" + b"a" * MOST_HEAD_BYTES),
    ],
    ids=["one header", "many large headers", "many headers", "address"],
)
async def test_a_head_over_the_limit_is_431(address: Address, request_: bytes) -> None:
    said = await answer(address, request_)
    assert said.startswith(b"HTTP/1.1 431")
    assert b"limited to 32 KiB" in said


@pytest.mark.parametrize("start", [b"GET /", b"GET / HTTP/1.1\r\nX-A: ", b"GET / HTTP/1.1\r\nX-"])
async def test_a_head_that_never_ends_is_cut_off(address: Address, start: bytes) -> None:
    said = await answer(address, start, *[b"a" * 4096] * 64)
    assert said == b"" or said.split(b" ")[1] in (b"431", b"400")


async def test_many_requests_of_one_connection_are_counted_one_by_one(address: Address) -> None:
    again = head(b"X-A: " + b"a" * (MOST_HEAD_BYTES // 2)).replace(b"close", b"keep-alive")
    said = await answer(address, *[again] * 5, head())
    assert said.count(b"HTTP/1.1 200") == 6


async def test_what_is_no_http_is_400(address: Address) -> None:
    assert (await answer(address, b"\x16\x03\x01\x02\x00\x01\r\n\r\n")).startswith(b"HTTP/1.1 400")


async def test_a_body_that_nobody_asked_for_is_not_collected(address: Address) -> None:
    start = b"POST /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 1000000000\r\n\r\n"
    assert (await answer(address, start)).split(b" ")[1] in (b"405", b"403")


async def test_a_socket_upgrade_is_not_offered(address: Address) -> None:
    wanted = head(b"Upgrade: websocket", b"Sec-WebSocket-Key: a").replace(b"close", b"Upgrade")
    assert b" 101 " not in (await answer(address, wanted.replace(b"Upgrade\r\n", b"Upgrade, close\r\n", 1)))[:20]
