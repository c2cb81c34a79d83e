"""Rate limits: buckets that fill again, refusals in plain words, a catch-up that is not held up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse

from slomix.contrib import Page
from slomix.identity.servers import add_server, create_token
from slomix.settings import IngestSettings, WebSettings
from slomix.testing.web import client_of
from slomix.web.app import build_app
from slomix.web.gate import STRANGERS_PER_MINUTE
from slomix.web.limits import MOST_KEYS, Limiter

Apps = Callable[..., Starlette]


class Time:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@given(st.lists(st.floats(0, 30), max_size=60), st.integers(1, 20), st.integers(1, 240))
def test_never_more_than_the_burst_and_what_flowed_in(pauses: list[float], burst: int, per_minute: int) -> None:
    time = Time()
    limiter = Limiter(per_minute=per_minute, burst=burst, clock=time)
    passed = 0
    for pause in pauses:
        time.now += pause
        passed += limiter.take("me") == 0
    assert passed <= burst + time.now * per_minute / 60 + 1e-6


def test_the_wait_that_is_told_is_enough() -> None:
    time = Time()
    limiter = Limiter(per_minute=6, burst=1, clock=time)
    assert limiter.take("me") == 0
    wait = limiter.take("me")
    assert 9.9 < wait <= 10
    time.now += wait + 0.001
    assert limiter.wait("me") == 0
    assert limiter.take("me") == 0
    assert limiter.take("other") == 0


def test_the_table_does_not_grow_without_end() -> None:
    limiter = Limiter(per_minute=1, burst=1)
    for number in range(MOST_KEYS + 100):
        limiter.take(number)
    assert len(limiter._buckets) == MOST_KEYS
    assert limiter.take(MOST_KEYS + 99) > 0


def of(house: Any, **changed: Any) -> Any:
    """The house with other settings."""
    core = house.settings.core.model_copy(update=changed)
    house.settings = house.settings.model_copy(update={"core": core})
    return house


class Taking:
    """Takes every file."""

    async def offer(self, name: str, data: bytes, *, source: str, server: str | None = None) -> Any:
        from slomix.ingest.outcome import Outcome

        return Outcome(name=name, outcome="ignored")


@pytest_asyncio.fixture
async def token(house: Any) -> str:
    async with house.db.transaction() as tx:
        await add_server(tx, "puran")
        return await create_token(tx, "puran")


async def test_a_server_that_sends_too_much_is_asked_to_wait(house: Any, token: str) -> None:
    limits = IngestSettings(upload_burst=3, uploads_per_minute=1)
    app = build_app(of(house, ingest=limits), Taking())  # type: ignore[arg-type]
    headers = {"Authorization": f"Bearer {token}"}
    async with client_of(app) as web:
        for _ in range(3):
            assert (await web.post("/-/ingest?name=a.txt", content=b"x", headers=headers)).status_code == 200
        refused = await web.post("/-/ingest?name=a.txt", content=b"x", headers=headers)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 60
    assert refused.json()["detail"].startswith("The server 'puran' sends files faster than it may. Try again in ")


async def test_the_catch_up_of_a_whole_season_passes_with_the_defaults(house: Any, token: str) -> None:
    app = build_app(house, Taking())  # type: ignore[arg-type]
    headers = {"Authorization": f"Bearer {token}"}
    async with client_of(app) as web:
        statuses = [(await web.post("/-/ingest?name=a", content=b"x", headers=headers)).status_code for _ in range(300)]
    assert set(statuses) == {200}


async def test_guessing_tokens_ends_soon_and_locks_nobody_out_who_had_a_good_one(house: Any, token: str) -> None:
    app = build_app(house, Taking())  # type: ignore[arg-type]
    good = {"Authorization": f"Bearer {token}"}
    async with client_of(app) as web:
        assert (await web.post("/-/ingest?name=a", content=b"x", headers=good)).status_code == 200
        wrong = [
            (await web.post("/-/ingest?name=a", headers={"Authorization": f"Bearer {number}"})).status_code
            for number in range(STRANGERS_PER_MINUTE + 5)
        ]
        assert wrong == [401] * STRANGERS_PER_MINUTE + [429] * 5
        assert (await web.post("/-/ingest?name=a", content=b"x", headers=good)).status_code == 200


async def changed(request: Any) -> PlainTextResponse:
    return PlainTextResponse("changed")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_every_unsafe_route_of_a_plugin_is_limited_by_address(without_database: Any, method: str) -> None:
    house = of(without_database, web=WebSettings(changes_per_minute=2))
    page = Page(path="/x", endpoint=changed, name="x", methods=("GET", method))
    given_record: Any = type("Given", (), {"plugin": "alpha", "record": page})
    house.host.given = [given_record]
    async with client_of(build_app(house, None)) as web:  # type: ignore[arg-type]
        statuses = [(await web.request(method, "/alpha/x")).status_code for _ in range(3)]
        refused = await web.request(method, "/alpha/x")
        assert statuses == [200, 200, 429]
        assert int(refused.headers["retry-after"]) > 0
        assert [(await web.get("/alpha/x")).status_code for _ in range(5)] == [200] * 5
