"""`POST /-/ingest`: who may, what is refused, what is answered; over a real server where the wire matters."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from slomix.clock import SystemClock
from slomix.contrib import Parser
from slomix.errors import BadArtifact
from slomix.identity.servers import add_server, create_token, revoke_tokens
from slomix.ingest.pipeline import Pipeline
from slomix.testing.web import client_of, serving
from slomix.web.app import build_app

from .conftest import MAX_UPLOAD, Given


def refuse(name: str, data: bytes) -> Any:
    raise BadArtifact("bad_line", "no number where one must be", line=2)


async def never(*_: Any) -> None:
    raise AssertionError("a refused file is not stored")


NOTES = Parser(
    name="notes",
    version=1,
    sniff=lambda name, head: 1.0,
    parse=refuse,
    sighting=refuse,
    store=never,  # type: ignore[arg-type]
)


@pytest.fixture
def app(house: Any) -> Any:
    parsers: Any = [Given("notes", NOTES)]
    return build_app(house, Pipeline(house.db, parsers, house.bus, SystemClock(), house.settings.core))


@pytest_asyncio.fixture
async def token(house: Any) -> str:
    async with house.db.transaction() as tx:
        await add_server(tx, "puran")
        return await create_token(tx, "puran")


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def test_a_file_is_taken_and_the_answer_says_what_became_of_it(app: Any, token: str, house: Any) -> None:
    async with client_of(app) as web:
        first = await web.post("/-/ingest?name=one.notes", content=b"a\nb\n", headers=bearer(token))
        again = await web.post("/-/ingest?name=one.notes", content=b"a\nb\n", headers=bearer(token))
        left = await web.post("/-/ingest?name=.hidden", content=b"a\n", headers=bearer(token))
    record = first.json()
    assert first.status_code == again.status_code == left.status_code == 200
    assert {key: record[key] for key in ("received", "imported", "duplicate", "empty", "quarantined", "ignored")} == {
        "received": 1, "imported": 0, "duplicate": 0, "empty": 0, "quarantined": 1, "ignored": 0,
    }  # fmt: skip
    assert record["files"] == [{"name": "one.notes", "outcome": "quarantined", "reason": "bad_line"}]
    assert again.json()["duplicate"] == left.json()["ignored"] == 1
    row = await house.db.fetchrow(
        "select a.source, s.name from slomix.artifact a join slomix.server s on s.id = a.server_id"
    )
    assert tuple(row) == ("upload", "puran")


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer nobody", "Basic {token}", "Bearer {token}x", "{token}"])
async def test_without_a_servers_token_nothing_is_read(app: Any, token: str, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header.format(token=token)}
    with capture_logs() as logs:
        async with client_of(app) as web:
            refused = await web.post("/-/ingest?name=one.notes", content=b"a\n", headers=headers)
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"].startswith("Bearer")
    assert refused.headers["content-type"] == "application/problem+json"
    assert [log["event"] for log in logs] == ["upload refused"]
    assert token not in str(logs)


async def test_a_revoked_token_is_refused(app: Any, token: str, house: Any) -> None:
    async with house.db.transaction() as tx:
        await revoke_tokens(tx, "puran")
    async with client_of(app) as web:
        assert (await web.post("/-/ingest?name=a.notes", content=b"a\n", headers=bearer(token))).status_code == 401


@pytest.mark.parametrize(
    "name", [None, "", "..", ".", "a/b.txt", "..%2Fb.txt", "a%5Cb.txt", "a%00b", "a%0Ab", "x" * 256]
)
async def test_a_name_that_is_missing_or_a_path_is_400(app: Any, token: str, name: str | None) -> None:
    query = "" if name is None else f"?name={name}"
    async with client_of(app) as web:
        refused = await web.post(f"/-/ingest{query}", content=b"a\n", headers=bearer(token))
    assert refused.status_code == 400
    assert "name" in refused.json()["detail"]


async def test_json_may_come_without_a_name(app: Any, token: str) -> None:
    """Scripts that post their rounds know one address."""
    headers = {**bearer(token), "Content-Type": "application/json; charset=utf-8"}
    async with client_of(app) as web:
        first = await web.post("/-/ingest", content=b"{}", headers=headers)
        again = await web.post("/-/ingest", content=b"{}", headers=headers)
        empty = await web.post("/-/ingest?name=", content=b"{}", headers=headers)
    (file,) = first.json()["files"]
    assert (file["name"], file["outcome"]) == ("posted-44136fa355b3678a.json", "quarantined")
    assert again.json()["duplicate"] == 1
    assert empty.status_code == 400


async def test_only_post_is_answered(app: Any) -> None:
    async with client_of(app) as web:
        assert (await web.get("/-/ingest?name=a.txt")).status_code == 405


async def test_a_body_that_is_announced_too_large_is_413_before_it_comes(app: Any, token: str) -> None:
    head = f"POST /-/ingest?name=a.notes HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
    async with serving(app) as url:
        answer = await _send(url, f"{head}Content-Length: {MAX_UPLOAD + 1}\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 413 ")


async def test_a_body_that_grows_too_large_is_413_while_it_comes(app: Any, token: str) -> None:
    head = f"POST /-/ingest?name=a.notes HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
    piece = b"10000\r\n" + b"a" * 0x10000 + b"\r\n"  # the body never ends, the answer comes all the same
    async with serving(app) as url:
        answer = await _send(url, head.encode() + b"Transfer-Encoding: chunked\r\n\r\n" + piece * 4)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"max_upload_bytes" in answer


async def test_a_body_of_exactly_the_limit_is_taken(app: Any, token: str) -> None:
    async def body() -> AsyncIterator[bytes]:
        for _ in range(MAX_UPLOAD // 1000):
            yield b"a" * 999 + b"\n"

    async with serving(app) as url, httpx2.AsyncClient(base_url=url) as web:
        taken = await web.post("/-/ingest?name=a.notes", content=body(), headers=bearer(token))
    assert taken.status_code == 200
    assert taken.json()["quarantined"] == 1


async def test_without_the_database_the_sender_is_told_to_come_back(without_database: Any) -> None:
    async with client_of(build_app(without_database, None)) as web:  # type: ignore[arg-type]
        answer = await web.post("/-/ingest?name=a.txt", content=b"a\n", headers=bearer("slx_x"))
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


async def _send(url: str, data: bytes) -> bytes:
    """Send raw bytes, and return what comes back until the server closes."""
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(data)
    async with asyncio.timeout(60):
        answer = await reader.read()
    writer.close()
    return answer
