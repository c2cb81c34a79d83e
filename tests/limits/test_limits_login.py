"""What browsers send to log in and out: too long, not text, or nonsense, and refused with a sentence."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx2
import pytest
import pytest_asyncio
from pydantic import SecretStr

from slomix.people.logins import LONGEST_AGENT, LONGEST_NAME, DiscordUser, begin
from slomix.settings import LoginSettings, WebSettings
from slomix.testing.running import Running, running
from slomix.web import account
from slomix.web.cookies import LONGEST

LONG = "a" * 10_000
ME = 770000000000000021


@pytest_asyncio.fixture
async def program(dsn: str) -> AsyncIterator[Running]:
    login = LoginSettings(client_id=1, client_secret=SecretStr("canary-secret"))
    async with running(dsn, core={"web": WebSettings(login=login)}) as parts:
        yield parts


@pytest.mark.parametrize("name", ["state", "code", "error"])
@pytest.mark.parametrize("value", [LONG, "%00", "%FF%FE", "%F0%9F%98%80", "<script>"])
async def test_what_comes_back_from_discord(web: httpx2.AsyncClient, name: str, value: str) -> None:
    began = await web.get("/-/login")
    assert began.status_code == 303
    answer = await web.get(f"/-/callback?{name}={value}", headers={"Accept": "text/html"})
    assert answer.status_code == 400
    assert len(answer.content) < 2000
    assert "<script>" not in answer.text


@pytest.mark.parametrize("value", [LONG, "/%00", "/%FF", "%F0%9F%98%80", "/" + "%2F" * 700])
async def test_where_to_go_on(web: httpx2.AsyncClient, value: str) -> None:
    begun = await web.get(f"/-/login?next={value}")
    assert begun.status_code == 303
    assert len(begun.headers["set-cookie"]) < 4096
    out = await web.post(f"/-/logout?next={value}")
    assert out.status_code == 303
    assert out.headers["location"].startswith("/")
    assert not out.headers["location"].startswith("//")


@pytest.mark.parametrize(
    "cookie", [LONG, "a" * (LONGEST + 1), "A" * 42, "A" * 44, "%00" * 14, "é" * 43, "A" * 42 + "="]
)
async def test_a_cookie_that_can_be_no_session(program: Running, cookie: str) -> None:
    headers = {b"Cookie": f"slomix_session={cookie}".encode("latin-1")}
    answer = await program.web.post("/-/logout/everywhere", headers=headers)
    assert answer.status_code == 303


async def test_names_and_browsers_are_cut(program: Running) -> None:
    user = DiscordUser(discord_id=ME, name=f" a \n{LONG}")
    async with program.runtime.db.transaction() as tx:
        await begin(tx, user, agent=f"\x1b[31m {LONG}", now=program.runtime.clock.now(), lasts=account.CLAIM_SETTLES)
    row = await program.runtime.db.fetchrow(
        "select u.name, s.agent from slomix.web_user u join slomix.web_session s using (discord_id)"
    )
    assert row is not None
    assert len(row["name"]) == LONGEST_NAME
    assert len(row["agent"]) == LONGEST_AGENT
    assert row["agent"].isprintable()


@pytest.fixture
def web(program: Running) -> httpx2.AsyncClient:
    return program.web
