"""Pages about the system over HTTP: who may see and do what, what stands in the log, what is asked back."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from slomix.jobs.queue import JobRequest
from slomix.testing.database import fresh_database, sources_for
from slomix.testing.running import Running, running
from slomix.web.buckets import Buckets
from slomix.web.operations import OPERATE
from slomix_stats.simulate import play_evening
from slomix_webui.testing.document import problems

PLUGINS = ("stats", "webui")
SOMEBODY, OPERATOR, ADMIN, OWNER = (770000000000000060 + n for n in range(4))
TORN = "2026-01-01-200000-supply-round-1.txt"
HOSTILE = "2026-01-01-200000-<script>alert(1)-round-1.txt"
FOR_OPERATORS = ("/system/ingest", "/system/jobs", "/system/plugins")
FOR_ADMINS = ("/system/servers", "/system/users", f"/system/users/{SOMEBODY}", "/system/settings")

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house() -> AsyncIterator[Running]:
    with fresh_database(sources_for(PLUGINS)) as dsn:
        async with running(dsn, *PLUGINS) as program:
            for each in list(play_evening(seed=3))[:3]:
                await program.give(each.name, each.data)
            for name in (TORN, HOSTILE):
                await program.give(name, name.encode() + b"\\" * 5000)
            yield program


@pytest.fixture(autouse=True)
def rested(house: Running) -> None:
    """Nobody has sent a form within the last minute."""
    house.app.state.buckets = Buckets()


async def operator(house: Running) -> httpx2.AsyncClient:
    return await house.as_person(OPERATOR, name="<Op>", rights=[OPERATE])


async def admin(house: Running) -> httpx2.AsyncClient:
    return await house.as_person(ADMIN, name="boss", tier="admin")


async def last_change(house: Running) -> tuple[str, str, str]:
    """Who did what, and why."""
    log = await house.runtime.people.log(limit=50)
    entry = next(each for each in log if each.actor != "cli:test")
    return entry.actor, entry.action, entry.reason


async def job_of(house: Running, name: str) -> int:
    """A job that waits for tomorrow."""
    later = house.runtime.clock.now() + timedelta(days=1)
    async with house.runtime.db.transaction() as tx:
        await house.runtime.jobs.enqueue_many(tx, [JobRequest(name=name, payload={}, run_at=later)])
    found: int = await house.runtime.db.fetchval("select id from slomix.pgqueuer where entrypoint = $1", name)
    return found


async def test_everybody_sees_whether_the_chain_runs(house: Running) -> None:
    answer = await house.web.get("/system")
    page = answer.text
    assert "<h1>System</h1>" in page
    assert answer.headers["cache-control"] == "no-store"
    assert problems(page) == []
    view = (await house.web.get("/system.json")).json()
    assert view["state"] == "look"
    by_key = {each["key"]: each for each in view["links"]}
    assert by_key["refused"]["words"].startswith("2 files that came after the last good one were refused")
    assert by_key["database"]["state"] == "ok"
    assert by_key["bot"]["state"] == by_key["login"]["state"] == "off"
    assert [each["last_map"] for each in view["servers"]] != [None]
    assert view["plugins"]
    assert TORN not in page or "alert" not in page
    rows = (await house.web.get("/system.csv")).text.splitlines()
    assert rows[0].endswith("link,state,words,at")
    assert "/system" in re.findall(r'href="([^"]+)"', (await house.web.get("/leaderboards")).text)


@pytest.mark.parametrize("address", [*FOR_OPERATORS, *FOR_ADMINS, "/system/audit", f"/system/ingest/{TORN}"])
async def test_who_may_see_what(house: Running, address: str) -> None:
    for form in ("", ".json"):
        assert (await house.web.get(address + form)).status_code == 401, "a stranger"
        somebody = await house.as_person(SOMEBODY, rights=["stats.decide"])
        assert (await somebody.get(address + form)).status_code == 403, "somebody with another right"
        operating = (await (await operator(house)).get(address + form)).status_code
        assert operating == (403 if address in (*FOR_ADMINS, "/system/audit") else 200)
        assert (await (await admin(house)).get(address + form)).status_code == (403 if "audit" in address else 200)
        owner = await house.as_person(OWNER, name="owner", tier="owner")
        answer = await owner.get(address + form)
        assert answer.status_code == 200
        assert answer.headers["cache-control"].startswith("private")
        if not form:
            assert problems(answer.text) == []


POSTS: dict[str, dict[str, Any]] = {
    "/system/ingest/retry": {},
    f"/system/ingest/{'0' * 64}/retry": {},
    "/system/jobs/retry": {},
    "/system/jobs/1/retry": {},
    "/system/jobs/1/bury": {},
    "/system/jobs/1/cancel": {"-sure": "1"},
    "/system/servers/add": {"name": "x"},
    "/system/servers/token": {"server": "x"},
    "/system/servers/revoke": {"server": "x", "-sure": "1"},
    f"/system/users/{SOMEBODY}/grant": {"right": OPERATE},
    f"/system/users/{SOMEBODY}/revoke": {"right": OPERATE},
    f"/system/users/{SOMEBODY}/tier": {"tier": "admin"},
    f"/system/users/{SOMEBODY}/untier": {"-sure": "1"},
    f"/system/users/{SOMEBODY}/end": {"-sure": "1"},
    "/system/audit/1/undo": {"-sure": "1"},
}


@pytest.mark.parametrize("address", POSTS)
async def test_who_may_do_what(house: Running, address: str) -> None:
    data = POSTS[address]
    assert (await house.web.post(address, data=data)).status_code == 401
    somebody = await house.as_person(SOMEBODY)
    assert (await somebody.post(address, data=data)).status_code == 403
    operating = await (await operator(house)).post(address, data=data)
    assert (operating.status_code == 403) == ("/ingest/" not in address and "/jobs/" not in address)
    owner = await house.as_person(OWNER, tier="owner")
    other = await owner.post(address, data=data, headers={"sec-fetch-site": "cross-site"})
    assert other.status_code == 403
    assert (await owner.get(address)).status_code in (404, 405), "looking changes nothing"


async def test_refused_files_are_shown_with_reason_and_read_again(house: Running) -> None:
    web = await operator(house)
    page = (await web.get("/system/ingest")).text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
    listed = (await web.get("/system/ingest.json")).json()["summary"]["latest"]
    torn = next(each for each in listed if each["name"] == TORN)
    one = await web.get(f"/system/ingest/{torn['artifact']}")
    assert torn["reason"] in one.text
    assert "\\\\\\\\" in one.text
    again = await web.post(f"/system/ingest/{torn['artifact']}/retry")
    assert again.headers["location"] == f"/system/ingest/{torn['artifact']}"
    assert "was read again" in (await web.get(again.headers["location"])).text
    assert await last_change(house) == (f"discord:{OPERATOR}", "ingest.retry", "")
    assert (await web.post("/system/ingest/retry")).status_code == 303
    assert (await web.post(f"/system/ingest/{'0' * 64}/retry")).status_code == 409
    assert (await web.get("/system/ingest/nothing")).status_code == 404
    assert TORN in (await web.get("/system/ingest.csv")).text


async def test_jobs_are_kept_from_running_tried_again_and_dropped(house: Running) -> None:
    web = await operator(house)
    number = await job_of(house, "test.later")
    assert f"/system/jobs/{number}/bury" in (await web.get("/system/jobs")).text
    await web.post(f"/system/jobs/{number}/bury")
    assert "does not run until" in (await web.get("/system/jobs")).text
    one = (await web.get(f"/system/jobs/{number}")).text
    assert "Buried: by hand" in one
    assert problems(one) == []
    await web.post(f"/system/jobs/{number}/retry")
    assert await last_change(house) == (f"discord:{OPERATOR}", "job.retry", "")
    asked = await web.post(f"/system/jobs/{number}/cancel")
    assert "dropped for good" in asked.text
    assert (await web.get(f"/system/jobs/{number}")).status_code == 200
    await web.post(f"/system/jobs/{number}/cancel", data={"-sure": "1"})
    assert (await web.get(f"/system/jobs/{number}")).status_code == 404
    assert (await web.post(f"/system/jobs/{number}/retry")).status_code == 409
    for wrong in ("none", "9" * 40, "-1"):
        assert (await web.get(f"/system/jobs/{wrong}")).status_code == 404
        assert (await web.post(f"/system/jobs/{wrong}/retry")).status_code == 400


async def test_a_token_is_shown_once_and_revoked(house: Running) -> None:
    web = await admin(house)
    assert (await web.post("/system/servers/add", data={"name": "puran"})).status_code == 303
    assert (await web.post("/system/servers/add", data={"name": "puran"})).status_code == 409
    made = await web.post("/system/servers/token", data={"server": "puran"})
    (token,) = re.findall(r"slx_[\w-]+", made.text)
    assert made.headers["cache-control"] == "private, no-store"
    upload = {"authorization": f"Bearer {token}"}
    sent = await house.web.post("/-/ingest", params={"name": TORN}, content=b"y", headers=upload)
    assert sent.status_code == 200
    page = (await web.get("/system/servers")).text
    assert token not in page
    assert (
        "nothing until it has a new token" in (await web.post("/system/servers/revoke", data={"server": "puran"})).text
    )
    await web.post("/system/servers/revoke", data={"server": "puran", "-sure": "1"})
    assert await last_change(house) == (f"discord:{ADMIN}", "server.revoke", "")
    sent = await house.web.post("/-/ingest", params={"name": TORN}, content=b"y", headers=upload)
    assert sent.status_code == 401


async def test_rights_are_granted_and_gone_with_the_next_click(house: Running) -> None:
    web = await admin(house)
    somebody = await house.as_person(SOMEBODY, name="helper")
    here = f"/system/users/{SOMEBODY}"
    assert "helper" in (await web.get("/system/users?q=help")).text
    assert (await somebody.get("/system/jobs")).status_code == 403
    granted = await web.post(f"{here}/grant", data={"right": OPERATE, "reason": "helps"})
    assert granted.headers["location"] == here
    assert await last_change(house) == (f"discord:{ADMIN}", "right.grant", "helps")
    assert (await somebody.get("/system/jobs")).status_code == 200
    assert 'href="/system/jobs"' in (await somebody.get("/me/menu?part=main")).text
    await web.post(f"{here}/revoke", data={"right": OPERATE})
    assert (await somebody.get("/system/jobs")).status_code == 403
    assert (await web.post(f"{here}/grant", data={"right": "no.such"})).status_code == 400
    assert (await web.post(f"{here}/tier", data={"tier": "admin"})).status_code == 403, "admins name no admins"
    assert (await web.post(f"{here}/end", data={"-sure": "1"})).status_code == 303
    assert (await somebody.get("/me.json")).json()["account"] is None
    assert (await web.get("/system/users/5")).status_code == 404


async def test_an_account_that_was_never_here_may_be_given_a_right(house: Running) -> None:
    web, stranger = await admin(house), 770000000000000099
    found = (await web.get(f"/system/users?q={stranger}")).text
    assert f'href="/system/users/{stranger}"' in found
    assert (await web.get(f"/system/users/{stranger}")).status_code == 200
    await web.post(f"/system/users/{stranger}/grant", data={"right": OPERATE})
    assert (await web.get(f"/system/users/{stranger}.json")).json()["user"]["rights"] == [OPERATE]


async def test_the_owner_names_admins_and_takes_changes_back(house: Running) -> None:
    owner = await house.as_person(OWNER, name="owner", tier="owner")
    somebody = await house.as_person(SOMEBODY, name="helper")
    here = f"/system/users/{SOMEBODY}"
    assert (await owner.post(f"{here}/tier", data={"tier": "king"})).status_code == 400
    await owner.post(f"{here}/tier", data={"tier": "admin", "reason": "trusted"})
    assert (await somebody.get("/system/users")).status_code == 200
    await owner.post(f"{here}/untier", data={"-sure": "1"})
    assert (await somebody.get("/system/users")).status_code == 403
    player = (await house.runtime.people.find("a", limit=1))[0]
    await somebody.post("/me/claim", data={"player": player.player_id, "-sure": "1"})
    page = (await owner.get("/system/audit?action=person")).text
    (undo,) = re.findall(r'action="(/system/audit/\d+/undo)"', page)
    assert "is undone" in (await owner.post(undo)).text
    await owner.post(undo, data={"-sure": "1", "reason": "not them"})
    assert (await somebody.get("/me.json")).json()["player"] is None
    log = (await owner.get("/system/audit.json")).json()["lines"]
    assert (log[0]["reason"], log[1]["undone_by"]) == ("not them", log[0]["id"])
    assert "not them" in (await owner.get("/system/audit.csv")).text


async def test_pages_without_a_menu_are_named(house: Running) -> None:
    view = (await (await operator(house)).get("/system/plugins.json")).json()
    assert all(not each.startswith("webui: /system") for each in view["unreached"])
    assert {each["name"] for each in view["plugins"]} >= {"stats", "webui"}
