"""`/readyz` and `/metrics`: what a load balancer and Prometheus are told, and who may ask."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx2
from pydantic import SecretStr
from starlette.responses import PlainTextResponse

from slomix.contrib import Page
from slomix.host.state import PluginState
from slomix.settings import WebSettings
from slomix.testing.web import client_of
from slomix.web.app import build_app


def client_from(app: Any, address: str) -> httpx2.AsyncClient:
    transport = httpx2.ASGITransport(app=app, client=(address, 5))
    return httpx2.AsyncClient(transport=transport, base_url="http://slomix.test")


async def test_ready_when_the_feed_listens_and_not_before(house: Any) -> None:
    async with client_of(build_app(house, None)) as web:  # type: ignore[arg-type]
        before = await web.get("/readyz")
        assert (before.status_code, before.text) == (503, "The live feed does not listen yet.\n")
        feed = asyncio.create_task(house.bus.live.run())
        await house.bus.live.started()
        ready = await web.get("/readyz")
        assert (ready.status_code, ready.text) == (200, "ready\n")
        feed.cancel()
        await asyncio.gather(feed, return_exceptions=True)
        assert (await web.get("/readyz")).status_code == 503


async def test_not_ready_without_the_database(without_database: Any) -> None:
    async with client_of(build_app(without_database, None)) as web:  # type: ignore[arg-type]
        answer = await web.get("/readyz")
        assert answer.status_code == 503
        assert answer.text == "The database can not be reached: DatabaseUnavailable.\n"
        assert answer.headers["retry-after"] == "5"
        assert (await web.get("/healthz")).status_code == 200


async def test_not_ready_on_another_version_of_the_database(house: Any, live: Any) -> None:
    async with client_of(build_app(house, None)) as web:  # type: ignore[arg-type]
        await house.db.execute("delete from slomix.migration_hash where migration = 'core.0003.queue'")
        assert "core.0003.queue is not applied; run `slomix migrate`" in (await web.get("/readyz")).text
        add = "insert into slomix.migration_hash (source, migration, schema, sha256) values ('core', $1, 'slomix', '0')"
        await house.db.execute(add, "core.0003.queue")
        assert "core.0003.queue is not the one that was applied" in (await web.get("/readyz")).text
        await house.db.execute(add, "core.9999.later")
        answer = await web.get("/readyz")
        assert (answer.status_code, answer.text) == (
            503,
            "The database is newer than this program: it has core.9999.later.\n",
        )


def numbers(text: str) -> dict[str, float]:
    pairs = (line.rsplit(" ", 1) for line in text.splitlines() if line and not line.startswith("#"))
    return {name: float(value) for name, value in pairs}


async def fine(request: Any) -> PlainTextResponse:
    return PlainTextResponse("fine")


async def test_metrics_count_routes_by_their_template_and_nothing_that_people_send(house: Any, live: Any) -> None:
    page: Any = type("Given", (), {"plugin": "alpha", "record": Page(path="/p/{name}", endpoint=fine, name="p")})
    house.host.given = [page]
    house.host.states["alpha"] = PluginState(name="alpha", state="degraded", reason="x")
    async with house.db.transaction() as tx:
        await tx.execute(
            "insert into slomix.artifact (sha256, name, source, size, outcome) values ('\\x00', 'a', 't', 1, 'empty')"
        )
        await tx.execute(
            "insert into slomix.pgqueuer (priority, status, entrypoint) values (0, 'queued', 'a'), (0, 'failed', 'b')"
        )
    async with client_of(build_app(house, None)) as web:  # type: ignore[arg-type]
        for number in range(50):
            await web.get(f"/alpha/p/{number}")
            await web.get(f"/nowhere/{number}")
            await web.request(f"ODD{number}", f"/alpha/p/{number}")
        answer = await web.get("/metrics")
    found = numbers(answer.text)
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert found['slomix_requests_total{method="GET",route="/alpha/p/{name}",status="200"}'] == 50
    assert found['slomix_requests_total{method="GET",route="none",status="404"}'] == 50
    assert found['slomix_requests_total{method="other",route="/alpha/p/{name}",status="405"}'] == 50
    assert found['slomix_plugin_state{plugin="alpha",state="degraded"}'] == 1
    assert found['slomix_files{outcome="empty"}'] == 1
    assert (found['slomix_jobs{state="waiting"}'], found['slomix_jobs{state="buried"}']) == (1, 1)
    assert found["slomix_database_up"] == 1
    assert found["slomix_event_lag"] == 0
    assert found['slomix_pool_connections{state="idle"}'] >= 1
    assert len(found) < 100


async def test_metrics_without_the_database_say_so_and_tell_no_old_numbers(without_database: Any) -> None:
    async with client_of(build_app(without_database, None)) as web:  # type: ignore[arg-type]
        found = numbers((await web.get("/metrics")).text)
    assert found["slomix_database_up"] == 0
    assert not any(name.startswith("slomix_jobs") for name in found)


async def test_metrics_are_for_this_machine_or_with_the_token(without_database: Any) -> None:
    house = without_database
    async with client_from(build_app(house, None), "192.0.2.7") as web:  # type: ignore[arg-type]
        refused = await web.get("/metrics", headers={"Accept": "application/json"})
        assert refused.status_code == 403
        assert "slomix.web.metrics_token" in refused.json()["detail"]
    web_settings = WebSettings(metrics_token=SecretStr("the-token"))
    core = house.settings.core.model_copy(update={"web": web_settings})
    house.settings = house.settings.model_copy(update={"core": core})
    async with client_from(build_app(house, None), "192.0.2.7") as web:  # type: ignore[arg-type]
        assert (await web.get("/metrics")).status_code == 401
        assert (await web.get("/metrics", headers={"Authorization": "Bearer the-tokem"})).status_code == 401
        assert (await web.get("/metrics", headers={"Authorization": "Bearer the-token"})).status_code == 200
    for loopback in ("127.0.0.1", "127.8.0.1", "::1"):
        async with client_from(build_app(house, None), loopback) as web:  # type: ignore[arg-type]
            assert (await web.get("/metrics")).status_code == 200
