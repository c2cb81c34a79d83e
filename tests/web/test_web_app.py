"""Mounts, the error boundary, headers and answers, with plugins that a test declares."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response, StreamingResponse
from structlog.testing import capture_logs

from slomix.contrib import Api, Page
from slomix.errors import DatabaseUnavailable
from slomix.testing.web import client_of
from slomix.web.api import NotFound, query

AppOf = Callable[..., Starlette]


@dataclass(frozen=True)
class Thing:
    id: str
    seen: datetime
    size: int | None = None


@dataclass(frozen=True)
class Limits:
    limit: Annotated[int, msgspec.Meta(ge=1, le=100)] = 20
    since: datetime | None = None


async def one_thing(request: Request) -> Thing:
    if request.path_params["id"] == "none":
        raise NotFound("there is no thing 'none'")
    return Thing(request.path_params["id"], datetime(2026, 8, 1, 20, 30, tzinfo=UTC))


async def things(request: Request) -> list[int]:
    return [query(request, Limits).limit]


async def hello(request: Request) -> Response:
    return HTMLResponse(f"<p>{request.url.path}</p>")


async def broken(request: Request) -> Response:
    raise ZeroDivisionError("the secret of the plugin")


async def away(request: Request) -> Response:
    raise DatabaseUnavailable("PostgreSQL does not answer at postgresql://somewhere")


def page(path: str, endpoint: Any, **more: Any) -> Page:
    return Page(path=path, endpoint=endpoint, name=path.strip("/") or "home", **more)


def api(path: str, endpoint: Any, response: Any = Any, **more: Any) -> Api:
    return Api(path=path, endpoint=endpoint, response=response, summary="a thing", **more)


async def test_a_page_and_its_json_are_below_the_plugins_name(app_of: AppOf) -> None:
    app = app_of(("alpha", page("/hello", hello)), ("alpha", api("/things/{id}", one_thing, Thing)))
    async with client_of(app) as web:
        assert (await web.get("/alpha/hello")).text == "<p>/alpha/hello</p>"
        answer = await web.get("/alpha/api/v1/things/a1")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {"id": "a1", "seen": "2026-08-01T20:30:00Z", "size": None}


async def test_an_answer_that_the_reader_has_already_is_304(app_of: AppOf) -> None:
    async with client_of(app_of(("alpha", api("/things/{id}", one_thing, Thing)))) as web:
        first = await web.get("/alpha/api/v1/things/a1")
        again = await web.get("/alpha/api/v1/things/a1", headers={"If-None-Match": f'"x", {first.headers["etag"]}'})
        other = await web.get("/alpha/api/v1/things/a2", headers={"If-None-Match": first.headers["etag"]})
    assert first.headers["cache-control"] == "no-cache"
    assert (again.status_code, again.content) == (304, b"")
    assert other.status_code == 200


async def test_what_is_not_there_is_said_as_a_problem_or_a_page(app_of: AppOf) -> None:
    app = app_of(("alpha", api("/things/{id}", one_thing, Thing)), ("alpha", page("/hello", hello)))
    html = {"Accept": "text/html"}
    async with client_of(app) as web:
        thing = await web.get("/alpha/api/v1/things/none", headers=html)
        path = await web.get("/alpha/api/v1/nothing")
        pages = [await web.get(where, headers=html) for where in ("/alpha/nothing", "/nothing", "/-/nothing")]
        program = await web.get("/nothing", headers={"Accept": "application/json"})
    assert thing.headers["content-type"] == "application/problem+json"
    assert thing.json() == {
        "type": "about:blank", "title": "Not Found", "status": 404, "detail": "there is no thing 'none'",
    }  # fmt: skip
    assert path.json()["detail"] == program.json()["detail"] == "There is nothing at this address."
    for found in pages:
        assert (found.status_code, found.headers["content-type"]) == (404, "text/html; charset=utf-8")
        assert "<h1>Not Found</h1>" in found.text


async def test_a_page_answers_only_its_methods(app_of: AppOf) -> None:
    app = app_of(("alpha", page("/hello", hello)), ("alpha", page("/form", hello, methods=("GET", "POST"))))
    async with client_of(app) as web:
        refused = await web.post("/alpha/hello")
        assert refused.status_code == 405
        assert set(refused.headers["allow"].split(", ")) == {"GET", "HEAD"}
        assert (await web.post("/alpha/form")).status_code == 200
        assert (await web.delete("/healthz")).status_code == 405
        head = await web.head("/alpha/hello")
    assert (head.status_code, head.content) == (200, b"")


async def test_a_mistake_of_one_plugin_is_a_500_of_that_plugin_with_a_number(app_of: AppOf) -> None:
    app = app_of(("alpha", page("/", broken)), ("alpha", api("/x", broken)), ("beta", page("/", hello)))
    with capture_logs() as logs:
        async with client_of(app) as web:
            bad, bad_api, good = [await web.get(path) for path in ("/alpha/", "/alpha/api/v1/x", "/beta/")]
    assert (bad.status_code, bad_api.status_code, good.status_code) == (500, 500, 200)
    incident = bad.headers["x-request-id"]
    assert incident in bad.text
    assert bad_api.json()["incident"] == bad_api.headers["x-request-id"] != incident
    assert "secret" not in bad.text + bad_api.text
    assert [(log["event"], log["plugin"], log["incident"]) for log in logs] == [
        ("request raised", "alpha", incident),
        ("request raised", "alpha", bad_api.headers["x-request-id"]),
    ]


async def test_a_mistake_after_the_first_byte_is_logged_and_leaves_the_answer_open(app_of: AppOf) -> None:
    async def pieces() -> Any:
        yield b"first"
        raise ZeroDivisionError

    async def streamed(request: Request) -> Response:
        return StreamingResponse(pieces())

    sent: list[dict[str, Any]] = []
    app = app_of(("alpha", page("/", streamed)))
    with capture_logs() as logs:
        await app(_scope("/alpha/"), _nothing_more, lambda message: _keep(sent, message))
    assert [log["event"] for log in logs] == ["request raised"]
    assert sent[-1]["more_body"]


async def test_without_the_database_the_answer_is_503(app_of: AppOf) -> None:
    async with client_of(app_of(("alpha", page("/", away)), ("alpha", api("/x", away)))) as web:
        for path in ("/alpha/", "/alpha/api/v1/x"):
            answer = await web.get(path)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
            assert "postgresql://" not in answer.text


@pytest.mark.parametrize(
    "path", ["/healthz", "/alpha/", "/alpha/broken", "/nothing", "/-/plugins", "/openapi.json", "/api/status"]
)
async def test_every_answer_carries_the_security_headers(app_of: AppOf, path: str) -> None:
    async def lax(request: Request) -> Response:
        return PlainTextResponse("x", headers={"Content-Security-Policy": "default-src *"})

    async with client_of(app_of(("alpha", page("/", lax)), ("alpha", page("/broken", broken)))) as web:
        headers = (await web.get(path)).headers
    policy = headers.get_list("content-security-policy")
    assert len(policy) == 1
    for part in ("default-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"):
        assert part in policy[0]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == headers["cross-origin-resource-policy"] == "same-origin"
    assert len(headers["x-request-id"]) == 12


async def test_only_webui_may_be_at_the_root(app_of: AppOf, without_database: Any) -> None:
    app = app_of(
        ("alpha", page("/", hello, root=True)),
        ("alpha", page("/ok", hello)),
        ("webui", page("/", hello, root=True)),
        ("webui", page("/session/{id}", hello, root=True)),
    )
    async with client_of(app) as web:
        assert (await web.get("/")).text == "<p>/</p>"
        assert (await web.get("/session/5")).text == "<p>/session/5</p>"
        assert (await web.get("/alpha/ok")).status_code == 200
    assert without_database.host.states["alpha"].reason == (
        "its route '/' was left out: only the plugin 'webui' may have pages at '/'; take root=True out"
    )


async def test_a_plugin_can_not_take_an_address_of_core(app_of: AppOf, without_database: Any) -> None:
    async with client_of(app_of(("api", page("/status", hello)), ("beta", page("no-slash", hello)))) as web:
        assert "uptime_s" in (await web.get("/api/status")).json()
    assert "core's own" in without_database.host.states["api"].reason
    assert "no-slash" in without_database.host.states["beta"].reason


async def test_below_the_metrics_of_core_pages_are_free(app_of: AppOf, without_database: Any) -> None:
    pages = (page("/metrics/{name}", hello, root=True), page("/metrics", hello, root=True))
    async with client_of(app_of(*(("webui", each) for each in pages))) as web:
        assert (await web.get("/metrics/dpm")).text == "<p>/metrics/dpm</p>"
        assert (await web.get("/metrics")).text != "<p>/metrics</p>"
    assert "/metrics belongs to core" in without_database.host.states["webui"].reason


async def test_without_a_dashboard_the_root_shows_the_plugins(app_of: AppOf) -> None:
    async with client_of(app_of()) as web:
        assert (await web.get("/")).headers["location"] == "/-/plugins"


async def test_a_plugins_name_leads_to_its_first_page(app_of: AppOf) -> None:
    async with client_of(app_of(("alpha", page("/", hello)), ("webui", page("/", hello, root=True)))) as web:
        answer = await web.get("/alpha")
    assert (answer.status_code, answer.headers["location"]) == (307, "/alpha/")


async def test_pages_find_each_other_by_name(app_of: AppOf) -> None:
    async def link(request: Request) -> Response:
        return PlainTextResponse(f"{request.url_for('webui:home').path} {request.url_for('alpha:hello').path}")

    app = app_of(("alpha", page("/hello", hello)), ("webui", page("/", hello, root=True)), ("webui", page("/x", link)))
    async with client_of(app) as web:
        assert (await web.get("/webui/x")).text == "/ /alpha/hello"


@pytest.mark.parametrize(
    ("text", "what"),
    [("limit=0", "'limit': Expected `int` >= 1"), ("limit=many", "'limit': Expected `int`"), ("since=soon", "'since'")],
)
async def test_a_malformed_parameter_is_a_400_that_names_it(app_of: AppOf, text: str, what: str) -> None:
    async with client_of(app_of(("alpha", api("/things", things, list[int])))) as web:
        refused = await web.get(f"/alpha/api/v1/things?{text}")
        assert (await web.get("/alpha/api/v1/things?limit=7&since=2026-08-01T00:00:00Z&other=1")).json() == [7]
    assert refused.status_code == 400
    assert what in refused.json()["detail"]


async def test_long_answers_are_compressed_for_those_who_can(app_of: AppOf) -> None:
    async def long(request: Request) -> list[int]:
        return list(range(2000))

    async with client_of(app_of(("alpha", api("/long", long, list[int])))) as web:
        packed = await web.get("/alpha/api/v1/long", headers={"Accept-Encoding": "gzip"})
        plain = await web.get("/alpha/api/v1/long", headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) / 2
    assert packed.json() == plain.json() == list(range(2000))


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://slomix.test"}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://evil.test"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
async def test_a_form_of_another_site_is_refused(app_of: AppOf, headers: dict[str, str], status: int) -> None:
    async with client_of(app_of(("alpha", page("/form", hello, methods=("GET", "POST"))))) as web:
        assert (await web.post("/alpha/form", headers=headers)).status_code == status
        assert (await web.get("/alpha/form", headers=headers)).status_code == 200


async def test_the_description_lists_every_answer(app_of: AppOf) -> None:
    params = {"limit": (int, "how many")}
    app = app_of(
        ("alpha", api("/things/{id:int}", one_thing, Thing)),
        ("alpha", api("/things", things, list[Thing], params=params)),
        ("alpha", api("/odd", things, list[set[Request]])),
    )
    async with client_of(app) as web:
        document = (await web.get("/openapi.json")).json()
    assert document["openapi"] == "3.1.0"
    assert set(document["paths"]) == {
        "/healthz", "/readyz", "/api/status", "/-/plugins.json", "/-/events", "/-/ingest",
        "/alpha/api/v1/things/{id}", "/alpha/api/v1/things",
    }  # fmt: skip
    listing = document["paths"]["/alpha/api/v1/things"]["get"]
    assert listing["parameters"] == [
        {"name": "limit", "in": "query", "description": "how many", "schema": {"type": "integer"}}
    ]
    schema = listing["responses"]["200"]["content"]["application/json"]["schema"]
    assert schema == {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}}
    assert document["components"]["schemas"]["Thing"]["properties"]["seen"] == {"type": "string"}
    one = document["paths"]["/alpha/api/v1/things/{id}"]["get"]
    assert one["parameters"] == [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}]
    assert "404" in one["responses"]
    assert document["paths"]["/-/ingest"]["post"]["security"] == [{"server": []}]


def _scope(path: str) -> dict[str, Any]:
    return {
        "type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"", "headers": [],
        "root_path": "", "scheme": "http", "server": ("slomix.test", 80), "client": ("127.0.0.1", 1),
        "http_version": "1.1", "asgi": {"version": "3.0", "spec_version": "2.3"},
    }  # fmt: skip


async def _nothing_more() -> dict[str, Any]:
    await asyncio.Event().wait()
    raise AssertionError("nobody sets it")


async def _keep(sent: list[dict[str, Any]], message: Any) -> None:
    sent.append(message)
