"""Small limits by name, page views, host names that are ours, and the headers that hang on the public address."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from slomix.contrib import Api, Page
from slomix.settings import WebSettings
from slomix.web.api import answer
from slomix.web.app import build_app
from slomix.web.buckets import MOST_BUCKETS, Buckets, Views, take, visitor
from slomix.web.problems import TooManyRequests

HOME = "192.0.2.7"
PUBLIC = "https://stats.example"


async def _search(request: Request) -> Response:
    take(request, "alpha.search", per_minute=3)
    return PlainTextResponse("found")


async def _page(request: Request) -> Response:
    return answer(request, b"<h1>page</h1>", media_type="text/html")


async def _json(request: Request) -> dict[str, int]:
    return {"one": 1}


RECORDS = (
    Page(path="/search", endpoint=_search, name="search"),
    Page(path="/page", endpoint=_page, name="page"),
    Api(path="/json", endpoint=_json, response=dict[str, int], summary="one"),
)


def application(house: Any, **web: Any) -> Starlette:
    house.host.given = [SimpleNamespace(plugin="alpha", record=record) for record in RECORDS]
    core = house.settings.core.model_copy(update={"web": WebSettings(**web)})
    house.settings = house.settings.model_copy(update={"core": core})
    return build_app(house, None)  # type: ignore[arg-type]


@asynccontextmanager
async def visiting(app: Starlette, address: str = HOME, base: str = PUBLIC) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app, client=(address, 5)), base_url=base) as web:
        yield web


async def test_a_bucket_has_its_own_tokens_for_each_address(without_database: Any) -> None:
    app = application(without_database)
    async with visiting(app) as web, visiting(app, "192.0.2.8") as other:
        assert [(await web.get("/alpha/search")).status_code for _ in range(4)] == [200, 200, 200, 429]
        refused = await web.get("/alpha/search", headers={"Accept": "text/html"})
        assert int(refused.headers["retry-after"]) == 20
        assert "more often than 3 times within a minute" in refused.text
        assert (await web.get("/alpha/page")).status_code == 200
        assert (await other.get("/alpha/search")).status_code == 200


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.7", "192.0.2.7", True),
        ("192.0.2.7", "192.0.2.8", False),
    ],
)
def test_a_home_counts_as_one_visitor(one: str, two: str, same: bool) -> None:
    def who(address: str) -> str:
        return visitor({"type": "http", "client": (address, 1)})

    assert (who(one) == who(two)) is same


def test_buckets_are_not_made_of_what_people_send() -> None:
    buckets = Buckets()
    for number in range(MOST_BUCKETS):
        buckets.limiter(str(number), per_minute=1, burst=1)
    with pytest.raises(RuntimeError, match="buckets"):
        buckets.limiter("one more", per_minute=1, burst=1)


async def test_pages_are_counted_json_and_what_did_not_change_are_not(without_database: Any) -> None:
    async with visiting(application(without_database, views_per_minute=5)) as web:
        etag = (await web.get("/alpha/page")).headers["etag"]
        for _ in range(20):
            assert (await web.get("/alpha/page", headers={"If-None-Match": etag})).status_code == 304
            assert (await web.get("/alpha/api/v1/json")).status_code == 200
        assert [(await web.get("/alpha/page")).status_code for _ in range(5)] == [200] * 4 + [429]
        refused = await web.get("/alpha/page", headers={"Accept": "text/html"})
        assert "more than 5 pages within a minute" in refused.text
        assert 1 <= int(refused.headers["retry-after"]) <= 12
        assert (await web.get("/alpha/api/v1/json")).status_code == 200


async def test_programs_on_this_machine_are_not_counted(without_database: Any) -> None:
    app = application(without_database, views_per_minute=1)
    for address in ("127.0.0.1", "::1"):
        async with visiting(app, address) as web:
            assert {(await web.get("/alpha/page")).status_code for _ in range(5)} == {200}


def test_views_come_back_with_time() -> None:
    now = 0.0
    views = Views(60, clock=lambda: now)
    scope = {"type": "http", "method": "GET", "client": (HOME, 1)}

    async def send(message: Any) -> None:
        """Nowhere."""

    async def look() -> None:
        await views.counting(scope, send)({"type": "http.response.start", "status": 200})

    for _ in range(60):
        _run(look)
    with pytest.raises(TooManyRequests):
        views.counting(scope, send)
    now = 1.0
    _run(look)


def _run(look: Callable[[], Any]) -> None:
    with pytest.raises(StopIteration):
        look().send(None)


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("stats.example", 200), ("STATS.example:443", 200), ("stats.example.", 200), ("old.example", 200),
        ("localhost:8080", 200), ("127.0.0.1", 200), ("[::1]:8080", 200),
        ("evil.example", 421), ("stats.example.evil.example", 421), ("10.0.0.5:8080", 421), ("", 421), ("[", 421),
        ("stats.example@evil.example", 421),
    ],
)  # fmt: skip
async def test_other_hosts_are_refused(without_database: Any, host: str, status: int) -> None:
    app = application(without_database, public_url=f"{PUBLIC}/", hosts=("old.example",))
    async with visiting(app) as web:
        told = await web.get("/alpha/page", headers={"Host": host, "Accept": "text/html"})
        assert told.status_code == status
        if status == 421:
            assert f'href="{PUBLIC}/"' in told.text
            assert (await web.get("/healthz", headers={"Host": host})).status_code == 200
            program = {"Host": host, "Authorization": "Bearer abc"}
            assert (await web.get("/alpha/page", headers=program)).status_code == 200


@pytest.mark.parametrize("public", [None, "http://127.0.0.1:8080", "http://0.0.0.0:8080", "http://localhost"])
async def test_without_a_public_name_every_host_is_answered(without_database: Any, public: str | None) -> None:
    async with visiting(application(without_database, public_url=public), base="http://anything.example") as web:
        assert (await web.get("/alpha/page")).status_code == 200


@pytest.mark.parametrize(("public", "strict"), [(PUBLIC, True), ("http://stats.example", False), (None, False)])
async def test_browsers_stay_with_https_where_that_is_the_address(
    without_database: Any, public: str | None, strict: bool
) -> None:
    async with visiting(application(without_database, public_url=public)) as web:
        for path in ("/alpha/page", "/nothing", "/healthz"):
            headers = (await web.get(path)).headers
            assert ("strict-transport-security" in headers) is strict
            assert "camera=()" in headers["permissions-policy"]


async def test_a_stranger_finds_no_door_of_admins(without_database: Any) -> None:
    async with visiting(application(without_database)) as web:
        assert (await web.get("/metrics")).status_code == 403
        paths = (await web.get("/openapi.json")).json()["paths"]
        assert [path for path in paths if "admin" in path or "token" in path] == []
