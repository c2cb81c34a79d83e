"""What pages of administrators do with files, jobs and servers, and the facts of the whole chain."""

from __future__ import annotations

import ast
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx2
import msgspec
import pytest
import pytest_asyncio
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from slomix.jobs.queue import JobQueue, JobRequest
from slomix.testing.running import Running, running
from slomix.testing.web import ORIGIN
from slomix.web import operations
from slomix.web.chain import chain
from slomix.web.cookies import SESSION

OPERATOR, ADMIN = 770000000000000041, 770000000000000042
TORN = "2026-01-01-200000-supply-round-1.txt"
CALLS = {name: getattr(operations, name) for name in operations.__all__ if name[0].islower()} | {"chain": chain}
ARGUMENTS: dict[str, dict[str, Any]] = {
    "file": {"name_or_hash": TORN},
    "retry_file": {"artifact": "0" * 64},
    **{name: {"number": 1} for name in ("job", "retry_job", "bury_job", "cancel_job")},
    "add_server": {"name": "new"},
    **{name: {"server": "new"} for name in ("make_token", "revoke_tokens")},
}
pytestmark = pytest.mark.plugins("stats")
FOR_ADMINS = {"servers", "add_server", "make_token", "revoke_tokens"}


async def _call(request: Request) -> JSONResponse:
    options = {name: ast.literal_eval(value) for name, value in request.query_params.items()}
    return JSONResponse(msgspec.to_builtins(await CALLS[request.path_params["name"]](request, **options)))


@pytest_asyncio.fixture
async def program(dsn: str) -> AsyncIterator[Running]:
    async with running(dsn, "stats") as parts:
        parts.app.router.routes.insert(0, Route("/call/{name}", _call, methods=["GET", "POST"]))
        yield parts


async def call(web: httpx2.AsyncClient, name: str, /, **options: Any) -> Any:
    answer = await web.post(f"/call/{name}", params={key: repr(value) for key, value in options.items()})
    return answer.json() if answer.status_code == 200 else (answer.status_code, answer.text)


async def noted(program: Running) -> list[tuple[str, str]]:
    """Who did what, the latest first, without what the test kit grants."""
    log = await program.runtime.people.log()
    return [(entry.actor, entry.action) for entry in log if entry.actor != "cli:test"]


@pytest.mark.parametrize("name", sorted(CALLS.keys() - {"chain"}))
async def test_only_those_with_the_right_may(program: Running, name: str) -> None:
    arguments = ARGUMENTS.get(name, {})
    assert (await call(program.web, name, **arguments))[0] == 401
    somebody = await program.as_person(OPERATOR, rights=("stats.decide",))
    assert (await call(somebody, name, **arguments))[0] == 403
    operator = await program.as_person(OPERATOR, rights=(operations.OPERATE,))
    answer = await call(operator, name, **arguments)
    refused = isinstance(answer, tuple) and answer[0] == 403
    assert refused == (name in FOR_ADMINS)


async def test_refused_files_are_shown_and_read_again(program: Running) -> None:
    await program.give(TORN, b"\\" * 5000)
    operator = await program.as_person(OPERATOR, rights=(operations.OPERATE,))
    summary = await call(operator, "files")
    assert (summary["quarantined"], summary["reasons"]) == (1, {"truncated": 1})
    (entry,) = await call(operator, "file", name_or_hash=TORN)
    assert entry["beginning"] == "\\" * 5000
    tried = await call(operator, "retry_file", artifact=entry["artifact"])
    assert (tried["outcome"], tried["reason"]) == ("quarantined", "truncated"), "it is as torn as before"
    assert (await call(operator, "retry_file", artifact="0" * 64))[0] == 409
    assert (await call(operator, "retry_file", artifact="0"))[0] == 400
    assert await call(operator, "retry_files") == [], "no newer parser is there"
    assert (await call(operator, "file", name_or_hash="none"))[0] == 404
    assert await noted(program) == [(f"discord:{OPERATOR}", "ingest.retry")]


async def test_jobs_are_shown_buried_and_brought_back(program: Running) -> None:
    queue: JobQueue = program.runtime.jobs
    later = program.runtime.clock.now() + timedelta(days=1)
    async with program.runtime.db.transaction() as tx:
        await queue.enqueue_many(tx, [JobRequest(name="test.job", payload={"n": 1}, run_at=later)])
    operator = await program.as_person(OPERATOR, rights=(operations.OPERATE,))
    _, listed = await call(operator, "jobs")
    (number,) = [each["id"] for each in listed if each["name"] == "test.job"]
    await call(operator, "bury_job", number=number)
    counts, buried = await call(operator, "jobs", buried=True)
    assert (counts["buried"], [each["id"] for each in buried]) == (1, [number])
    entry, log = await call(operator, "job", number=number)
    assert (entry["state"], entry["error"]) == ("buried", "Buried: by hand")
    assert [line["status"] for line in log] == ["queued", "failed"]
    await call(operator, "retry_job", number=number)
    assert (await call(operator, "retry_job", number=number))[0] == 409
    assert await call(operator, "retry_jobs") == []
    await call(operator, "cancel_job", number=number)
    assert (await call(operator, "job", number=number))[0] == 409
    assert [what for _, what in reversed(await noted(program))] == ["job.bury", "job.retry", "job.cancel"]


async def test_servers_get_tokens_that_are_shown_once_and_revoked(program: Running) -> None:
    admin = await program.as_person(ADMIN, tier="admin")
    await call(admin, "add_server", name="puran")
    assert (await call(admin, "add_server", name="puran"))[0] == 409
    assert (await call(admin, "add_server", name=" "))[0] == 409
    token = await call(admin, "make_token", server="puran")
    upload = {"authorization": f"Bearer {token}"}
    answer = await program.web.post("/-/ingest", params={"name": TORN}, content=b"x", headers=upload)
    assert answer.status_code == 200
    assert [(each["name"], each["tokens"]) for each in await call(admin, "servers")] == [("puran", 1)]
    assert await call(admin, "revoke_tokens", server="puran") == 1
    answer = await program.web.post("/-/ingest", params={"name": TORN}, content=b"x", headers=upload)
    assert answer.status_code == 401
    assert (await call(admin, "make_token", server="none"))[0] == 409
    assert [what for _, what in reversed(await noted(program))] == ["server.add", "server.token", "server.revoke"]
    log = await program.runtime.people.log()
    assert token not in repr(log), "the log keeps no token"


async def test_the_facts_of_the_chain(program: Running) -> None:
    empty = await call(program.web, "chain")
    assert (empty["files"]["last"], empty["files"]["rounds"], empty["files"]["unfinished"]) == (None, [], [])
    await program.play("supply", number=1, ended_local=_local(program, hours=-2))
    await program.give(TORN, b"\\" * 5000)
    facts = await call(program.web, "chain")
    files = facts["files"]
    assert [(each["map"], each["number"], each["server"]) for each in files["rounds"]] == [("supply", 1, "test server")]
    assert [(each["map"], each["status"]) for each in files["unfinished"]] == [("supply", "open")]
    assert (files["last"]["name"], files["last"]["outcome"], files["newer_refused"]) == (TORN, "quarantined", 1)
    assert facts["bot"]["on"] is False
    assert facts["login"]["reason"]
    assert {each["name"]: each["state"] for each in facts["plugins"]}["stats"] == "running"


async def test_metrics_are_for_whoever_operates_the_house_wherever_they_are(program: Running) -> None:
    for rights, status in (((), 403), ((operations.OPERATE,), 200)):
        session = {SESSION: await program.session_of(OPERATOR, rights=rights)}
        elsewhere = httpx2.ASGITransport(app=program.app, client=("192.0.2.7", 40000))
        async with httpx2.AsyncClient(transport=elsewhere, base_url=ORIGIN, cookies=session) as web:
            assert (await web.get("/metrics")).status_code == status


async def test_the_chain_is_told_while_the_database_is_away(program: Running) -> None:
    async def away(*_: Any) -> Any:
        raise ConnectionError

    program.app.state.runtime.db.fetch, kept = away, program.app.state.runtime.db.fetch
    try:
        assert (await call(program.web, "chain"))["files"] is None
    finally:
        program.app.state.runtime.db.fetch = kept


def _local(program: Running, hours: int) -> datetime:
    """The wall clock of the server some hours from now."""
    zone = program.pipeline.settings.timezone
    now = program.runtime.clock.now().astimezone(ZoneInfo(zone))
    return (now + timedelta(hours=hours)).replace(tzinfo=None, microsecond=0)
