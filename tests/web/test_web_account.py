"""What people do with their account on pages, and what admins do with the rights of others, under the real walls."""

from __future__ import annotations

import ast
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import msgspec
import pytest
import pytest_asyncio
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from slomix.people.audit import Who
from slomix.testing.clock import FixedClock
from slomix.testing.running import Running, running
from slomix.web import account, users

ME, OTHER, OWNER = 770000000000000011, 770000000000000012, 770000000000000013
START = datetime(2026, 1, 2, 20, 0, tzinfo=UTC)
SEASON = timedelta(days=8)
CLI = Who(actor="cli:test")
CALLS: dict[str, Callable[..., Awaitable[Any]]] = {
    name: getattr(module, name)
    for module in (account, users)
    for name in module.__all__
    if name[0].islower()
}  # fmt: skip
#: What those take that can not do without.
ARGUMENTS: dict[str, dict[str, Any]] = {
    "end_device": {"key": "a"},
    "claim": {"player_id": "a"},
    "undo": {"number": 1},
    "end_sessions": {"discord_id": 1},
    "take_tier": {"discord_id": 1},
    "give_tier": {"discord_id": 1, "tier": "admin"},
    "grant": {"discord_id": 1, "capability": "a"},
    "revoke": {"discord_id": 1, "capability": "a"},
}


async def _call(request: Request) -> JSONResponse:
    """`/call/<function>?argument=value`: what a page of a plugin does with it."""
    options = {name: ast.literal_eval(value) for name, value in request.query_params.items()}
    value = await CALLS[request.path_params["name"]](request, **options)
    return JSONResponse(msgspec.to_builtins(value, str_keys=True))


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(START)


@pytest_asyncio.fixture
async def program(dsn: str, clock: FixedClock) -> AsyncIterator[Running]:
    async with running(dsn, clock=clock) as parts:
        calls = Route("/call/{name}", _call, methods=["GET", "POST"])
        parts.app.router.routes.insert(0, calls)
        await parts.play(players=("fragger", "medic", "tester"), ended_local=START.replace(tzinfo=None))
        yield parts


async def call(web: httpx2.AsyncClient, name: str, **options: Any) -> Any:
    """POST, as everything that changes something has to be."""
    answer = await web.post(f"/call/{name}", params={key: repr(value) for key, value in options.items()})
    return answer.json() if answer.status_code == 200 else (answer.status_code, answer.text)


async def player(program: Running, name: str) -> str:
    return (await program.runtime.people.the_one(name)).player_id


async def actions(program: Running) -> list[tuple[str, str, str]]:
    return [(entry.actor, entry.action, entry.reason) for entry in await program.runtime.people.log()]


@pytest.mark.parametrize("name", sorted(CALLS))
async def test_a_stranger_gets_nothing(program: Running, name: str) -> None:
    arguments = ARGUMENTS.get(name, {})
    status, _ = await call(program.web, name, **arguments)
    assert status == 401
    if CALLS[name].__module__ == users.__name__:
        somebody = await program.as_person(ME, rights=("stats.decide",))
        assert (await call(somebody, name, **arguments))[0] == 403


async def test_browsers_are_listed_and_ended_one_by_one(program: Running, clock: FixedClock) -> None:
    phone = await program.as_person(ME)
    clock.advance(timedelta(hours=1))
    desk, neighbour = await program.as_person(ME), await program.as_person(OTHER)
    listed = await call(desk, "devices")
    assert [each["current"] for each in listed] == [True, False]
    assert listed[0]["agent"] == "a test"
    theirs = (await call(neighbour, "devices"))[0]["key"]
    assert (await call(desk, "end_device", key=theirs))[0] == 404
    await call(desk, "end_device", key=listed[1]["key"])
    assert (await call(phone, "devices"))[0] == 401
    assert len(await call(desk, "devices")) == 1
    assert await call(desk, "end_all") == 1
    assert (await call(desk, "devices"))[0] == 401
    assert len(await call(neighbour, "devices")) == 1


async def test_a_player_is_suggested_claimed_named_and_given_back(program: Running) -> None:
    web = await program.as_person(ME, name="tester")
    suggested = await call(web, "suggestions")
    assert [each["name"] for each in suggested] == ["tester"]
    assert await call(web, "claim", player_id=suggested[0]["player_id"]) == "tester"
    assert await call(web, "suggestions") == [], "a player of somebody is nobody else's"
    assert await call(web, "choose_name", custom="The Tester") == "The Tester"
    assert [each["name"] for each in await call(web, "names")] == ["tester"]
    assert await call(web, "choose_name", alias="tester") == "tester"
    status, words = await call(web, "choose_name", alias="medic")
    assert (status, "no alias" in words) == (409, True)
    assert await call(web, "unlink") is None
    assert (await call(web, "names"))[0] == 409
    assert [entry[:2] for entry in reversed(await actions(program))] == [
        (f"discord:{ME}", f"person.{what}") for what in ("link", "rename", "rename", "unlink")
    ]


async def test_a_second_player_of_the_same_person_is_merged_and_anothers_is_refused(program: Running) -> None:
    await program.play(players=("", "", "", "reinstalled"), ended_local=datetime(2026, 1, 2, 20, 20))  # noqa: DTZ001
    mine, again = await player(program, "tester"), await player(program, "reinstalled")
    web, other = await program.as_person(ME), await program.as_person(OTHER)
    await call(web, "claim", player_id=mine)
    assert (await call(other, "claim", player_id=mine))[0] == 409
    await call(web, "claim", player_id=again)
    assert await program.runtime.people.player_of(ME) == mine
    assert len((await program.runtime.people.person(mine)).guids) == 2


async def test_my_data_has_my_browsers_and_forgetting_waits_for_the_claim_to_settle(
    program: Running, clock: FixedClock
) -> None:
    web = await program.as_person(ME, name="tester")
    await call(web, "claim", player_id=await player(program, "tester"))
    told = await call(web, "my_data")
    assert told["core"]["logins"][0]["discord_id"] == str(ME)
    assert [each["agent"] for each in told["core"]["browsers"]] == ["a test"]
    assert "digest" not in told["core"]["browsers"][0]
    clock.advance(datetime.now(UTC) - clock.now())
    web = await program.as_person(ME, name="tester")
    status, words = await call(web, "forget_me")
    assert status == 409
    assert "less than 7 days ago" in words
    clock.advance(SEASON)
    web = await program.as_person(ME, name="tester")
    assert await call(web, "forget_me") is None
    assert (await call(web, "my_data"))[0] == 401
    tables = ("web_user", "web_session", "account", "capability_grant")
    for table in tables:
        count = await program.runtime.db.fetchval(f"select count(*) from slomix.{table} where discord_id = $1", ME)
        assert count == 0, table
    assert await program.runtime.people.find("tester") == []


async def test_an_account_without_a_player_is_forgotten_at_once(program: Running) -> None:
    web = await program.as_person(ME)
    assert await call(web, "forget_me") is None
    assert await program.runtime.db.fetchval("select count(*) from slomix.web_user") == 0


async def test_admins_see_who_is_here_and_what_they_may(program: Running) -> None:
    await program.as_person(ME, name="tester", rights=("stats.decide",))
    await program.runtime.people.link(CLI, OTHER, await player(program, "medic"), "doc")
    admin = await program.as_person(OWNER, name="boss", tier="owner")
    listed = await call(admin, "users")
    assert [(each["name"], each["tier"], each["rights"], each["player"], each["sessions"]) for each in listed] == [
        ("boss", "owner", [], None, 1),
        ("tester", "everyone", ["stats.decide"], None, 1),
        ("doc", "everyone", [], "doc", 0),
    ]
    assert listed[1]["last_login_at"] == "2026-01-02T20:00:00Z"
    assert [each["name"] for each in await call(admin, "users", text="DOC")] == ["doc"]


async def test_rights_and_tiers_are_given_and_taken_with_an_entry_in_the_log(program: Running) -> None:
    owner = await program.as_person(OWNER, tier="owner")
    web = await program.as_person(ME, name="tester")
    await call(owner, "give_tier", discord_id=ME, tier="admin", reason="helps")
    assert len(await call(web, "users")) == 2
    assert (await call(web, "give_tier", discord_id=OTHER, tier="admin"))[0] == 403, "admins name no admins"
    assert (await call(web, "log"))[0] == 403
    assert (await call(web, "grant", discord_id=ME, capability="no.such"))[0] == 400
    await call(owner, "take_tier", discord_id=ME, reason="enough")
    assert (await call(web, "users"))[0] == 403, "gone with the next request"
    assert await call(owner, "end_sessions", discord_id=ME, reason="lost phone") == 1
    assert (await call(web, "devices"))[0] == 401
    assert [each["reason"] for each in await call(owner, "log", limit=3)] == ["lost phone", "enough", "helps"]


@pytest.mark.plugins("stats")
async def test_a_right_that_a_plugin_declares_is_granted_and_revoked(dsn: str) -> None:
    async with running(dsn, "stats") as program:
        program.app.router.routes.insert(0, Route("/call/{name}", _call, methods=["POST"]))
        admin = await program.as_person(OTHER, tier="admin")
        declared = {each["name"]: each["plugin"] for each in await call(admin, "rights")}
        right = next(iter(declared))
        assert declared[right] == "stats"
        await call(admin, "grant", discord_id=ME, capability=right, reason="asked")
        assert (await call(admin, "grant", discord_id=ME, capability=right))[0] == 409
        await call(admin, "revoke", discord_id=ME, capability=right)
        assert (await call(admin, "revoke", discord_id=ME, capability=right))[0] == 409


async def test_looking_at_who_is_there_writes_nothing_while_a_page_is_read(program: Running, clock: FixedClock) -> None:
    web = await program.as_person(ME)
    clock.advance(timedelta(hours=1))
    answer = await web.get("/call/devices")
    assert answer.status_code == 200
    await program.app.state.auth.settled()
    seen = "select last_seen_at from slomix.web_session"
    assert await program.runtime.db.fetchval(seen) == clock.now()
    refused = await web.get("/call/end_all")
    assert refused.status_code == 500, "a GET changes nothing"
    assert len((await web.get("/call/devices")).json()) == 1
