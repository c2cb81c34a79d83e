"""Logging in with Discord over real HTTP: the whole way, and everything that must not get through."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from time import monotonic
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
import pytest_asyncio
from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from slomix.contrib import Api, Capability, Page
from slomix.people import logins, tiers
from slomix.people.audit import Who
from slomix.settings import DiscordSettings, LoginSettings, Settings, WebSettings
from slomix.testing.web import client_of, serving
from slomix.web.app import build_app
from slomix.web.auth import own_path, require, viewer
from slomix.web.cache import cached

if TYPE_CHECKING:
    from slomix.testing.discord.server import FakeDiscord

CLI = Who(actor="cli:test")
ROLE = 424242424242424242
SAME_SITE = {"Sec-Fetch-Site": "same-origin"}


class Site:
    """The application on a port, Discord beside it, and browsers that look at both."""

    def __init__(self, house: Any, fake: FakeDiscord, url: str) -> None:
        self.house = house
        self.fake = fake
        self.url = url
        self.clients: list[httpx2.AsyncClient] = []

    def browser(self, agent: str = "Firefox on Linux") -> httpx2.AsyncClient:
        """A new browser; redirects are looked at, not followed."""
        client = httpx2.AsyncClient(base_url=self.url, headers={"User-Agent": agent, "Accept": "text/html"})
        self.clients.append(client)
        return client

    async def callback(self, browser: httpx2.AsyncClient, *, person: str | None = None, next_: str = "/me") -> str:
        """Begin in the browser and agree on Discord; answers the address that Discord leads back to."""
        begun = await browser.get("/-/login", params={"next": next_})
        assert begun.status_code == 303, begun.text
        return await self.fake.agree(begun.headers["location"], person)

    async def logged_in(self, person: str | None = None, agent: str = "Firefox on Linux") -> httpx2.AsyncClient:
        """A browser in which somebody is logged in."""
        browser = self.browser(agent)
        done = await browser.get(await self.callback(browser, person=person))
        assert done.status_code == 303, done.text
        return browser

    async def me(self, browser: httpx2.AsyncClient) -> Any:
        """Whom the site sees."""
        return (await browser.get("/alpha/api/v1/me")).json()

    @property
    def person(self) -> int:
        return int(self.fake.world.person["id"])


async def _me(request: Request) -> dict[str, Any]:
    seen = await viewer(request)
    if seen is None:
        return {"name": None}
    return {"id": str(seen.discord_id), "name": seen.name, "tier": seen.tier, "rights": sorted(seen.rights)}


async def _secret(request: Request) -> dict[str, str]:
    return {"for": (await require(request, "alpha.look")).name}


RECORDS = (
    Api(path="/me", endpoint=_me, response=dict[str, Any], summary="who looks"),
    Api(path="/secret", endpoint=_secret, response=dict[str, str], summary="for some"),
    Page(path="/secret", endpoint=_secret, name="secret"),
    Capability(name="alpha.look", summary="look"),
    Capability(name="alpha.vote", summary="vote", default="everyone"),
)


def told(house: Any, **sections: Any) -> Settings:
    settings: Settings = house.settings.model_copy(update={"core": house.settings.core.model_copy(update=sections)})
    return settings


@pytest_asyncio.fixture
async def site(house: Any, fake_discord: FakeDiscord) -> AsyncIterator[Site]:
    house.host.given = [SimpleNamespace(plugin="alpha", record=record) for record in RECORDS]
    login = LoginSettings(
        client_id=fake_discord.client_id,
        client_secret=SecretStr(fake_discord.world.client_secret),
        roles={ROLE: ("alpha.look",)},
    )
    discord = DiscordSettings(api_base=fake_discord.api_base, guild=fake_discord.guild_id)
    house.settings = told(house, web=house.settings.core.web.model_copy(update={"login": login}), discord=discord)
    async with serving(build_app(house, None)) as url:  # type: ignore[arg-type]
        site = Site(house, fake_discord, url)
        yield site
        for client in site.clients:
            await client.aclose()


async def test_the_whole_way(site: Site) -> None:
    browser = site.browser()
    begun = await browser.get("/-/login", params={"next": "/alpha/page?period=all"})
    asked = parse_qs(urlsplit(begun.headers["location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == [f"{site.url}/-/callback"]
    done = await browser.get(await site.fake.agree(begun.headers["location"]))
    assert done.headers["location"] == "/alpha/page?period=all"
    assert done.headers["cache-control"] == "no-store"
    cookies = {line.partition("=")[0]: line for line in done.headers.get_list("set-cookie")}
    assert all(part in cookies["slomix_session"] for part in ("HttpOnly", "SameSite=lax", "Path=/", "Max-Age=2592000"))
    assert "HttpOnly" not in cookies["slomix_in"]
    assert 'slomix_login=""' in cookies["slomix_login"]
    assert await site.me(browser) == {
        "id": str(site.person), "name": "tester", "tier": "everyone", "rights": ["alpha.vote"],
    }  # fmt: skip
    assert await site.me(site.browser()) == {"name": None}
    row = await site.house.db.fetchrow("select * from slomix.web_session")
    assert row["agent"] == "Firefox on Linux"
    assert browser.cookies["slomix_session"].encode() not in bytes(row["digest"])


async def test_discord_is_asked_for_no_more_than_the_name_and_its_token_is_not_kept(site: Site) -> None:
    site.house.settings.core.web.login.roles.clear()
    await site.logged_in()
    assert [call.path for call in site.fake.calls] == ["/oauth2/token", "/users/@me"]
    tables = await site.house.db.fetch("select u::text, s::text as s from slomix.web_user u, slomix.web_session s")
    assert "Bearer" not in str(tables)


async def test_a_state_of_another_browser_is_refused(site: Site) -> None:
    victim, attacker = site.browser(), site.browser()
    prepared = await site.callback(attacker)
    fresh = await victim.get(prepared)
    assert fresh.status_code == 400
    await victim.get("/-/login")
    begun = await victim.get(prepared)
    assert begun.status_code == 400
    assert "slomix_session" not in victim.cookies
    assert await site.house.db.fetchval("select count(*) from slomix.web_session") == 0


async def test_a_code_is_good_once(site: Site) -> None:
    browser = site.browser()
    back = await site.callback(browser)
    sealed = browser.cookies["slomix_login"]
    assert (await browser.get(back)).status_code == 303
    assert (await browser.get(back)).status_code == 400, "the cookie of the login is gone"
    thief = site.browser()
    thief.cookies.set("slomix_login", sealed)
    replayed = await thief.get(back)
    assert replayed.status_code == 400
    assert "/-/login?next=/me" in replayed.text
    assert "slomix_session" not in thief.cookies


async def test_a_code_without_its_verifier_is_refused_by_discord(site: Site) -> None:
    mine, stolen = site.browser(), site.browser()
    state = parse_qs(urlsplit(await site.callback(mine)).query)["state"][0]
    code = parse_qs(urlsplit(await site.callback(stolen)).query)["code"][0]
    injected = await mine.get("/-/callback", params={"state": state, "code": code})
    assert injected.status_code == 400
    assert "slomix_session" not in mine.cookies


async def test_ten_minutes_are_the_limit(site: Site) -> None:
    browser = site.browser()
    back = await site.callback(browser)
    site.house.clock.advance(timedelta(minutes=10, seconds=1))
    late = await browser.get(back)
    assert late.status_code == 400
    assert "ten minutes" in late.text


@pytest.mark.parametrize("sealed", ["", "x" * 3000, "gAAAAA", "é"])
async def test_a_forged_cookie_of_a_login_is_none(site: Site, sealed: str) -> None:
    browser = site.browser()
    back = await site.callback(browser)
    browser.cookies.clear()
    headers = {b"Cookie": f"slomix_login={sealed}".encode("latin-1")}
    assert (await browser.get(back, headers=headers)).status_code == 400


async def test_who_cancels_is_not_logged_in_and_may_begin_again(site: Site) -> None:
    browser = site.browser()
    done = await browser.get(await site.callback(browser, person="nobody"))
    assert done.status_code == 400
    assert "/-/login?next=/me" in done.text
    assert await site.me(browser) == {"name": None}


@pytest.mark.parametrize(
    "next_",
    [
        "https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example",
        "javascript:alert(1)", "/-/login?next=/-/login", "/-/logout", "/" + "a" * 3000, "evil", "///evil.example",
        "/%0d%0a\r\nSet-Cookie: a=b", "/\x00", "http:evil.example",
    ],
)  # fmt: skip
async def test_nobody_is_led_elsewhere(site: Site, next_: str) -> None:
    browser = site.browser()
    done = await browser.get(await site.callback(browser, next_=next_))
    assert done.headers["location"] == "/"


def test_own_paths_stay_as_they_are() -> None:
    for path in ("/", "/players/abc?period=2026-01&x=%2F%2Fa", "/a//b", "/s?q=ä ö"):
        assert own_path(path) == path


async def test_discord_away_is_503_and_a_wrong_secret_is_told_to_the_log(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    browser = site.browser()
    back = await site.callback(browser)
    site.fake.fail_next("POST /oauth2/token", 500)
    assert (await browser.get(back)).status_code == 503
    back = await site.callback(browser)
    site.fake.fail_next("GET /users/@me", 200, {"nothing": "useful"})
    assert (await browser.get(back)).status_code == 503
    back = await site.callback(browser)
    site.fake.world.client_secret = "another"
    refused = await browser.get(back)
    assert refused.status_code == 503
    assert "admin" in refused.text


async def test_logging_out_ends_the_session_not_only_the_cookie(site: Site) -> None:
    browser = await site.logged_in()
    copied = browser.cookies["slomix_session"]
    done = await browser.post("/-/logout", params={"next": "/players"}, headers=SAME_SITE)
    assert (done.status_code, done.headers["location"]) == (303, "/players")
    assert "slomix_session" not in browser.cookies
    assert "slomix_in" not in browser.cookies
    thief = site.browser()
    thief.cookies.set("slomix_session", copied)
    thief.cookies.set("slomix_in", "1")
    assert await site.me(thief) == {"name": None}


async def test_logging_out_everywhere(site: Site) -> None:
    other = str(site.fake.world.add_person("somebody else")["id"])
    desk, phone, neighbour = await site.logged_in(), await site.logged_in(), await site.logged_in(other)
    await desk.post("/-/logout/everywhere", headers=SAME_SITE)
    assert [(await site.me(each))["name"] for each in (desk, phone, neighbour)] == [None, None, "somebody else"]


@pytest.mark.parametrize("path", ["/-/logout", "/-/logout/everywhere"])
@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}]
)
async def test_another_site_logs_nobody_out(site: Site, path: str, headers: dict[str, str]) -> None:
    browser = await site.logged_in()
    assert (await browser.post(path, headers=headers)).status_code == 403
    assert (await site.me(browser))["name"] == "tester"
    assert (await browser.get(path)).status_code == 405


async def test_a_login_gives_a_new_id_and_ends_the_one_before(site: Site) -> None:
    browser = await site.logged_in()
    before = browser.cookies["slomix_session"]
    await browser.get(await site.callback(browser))
    assert browser.cookies["slomix_session"] != before
    old = site.browser()
    old.cookies.set("slomix_session", before)
    assert await site.me(old) == {"name": None}


async def test_an_id_that_somebody_else_chose_is_not_taken_over(site: Site) -> None:
    browser = site.browser()
    browser.cookies.set("slomix_session", "A" * 43)
    done = await browser.get(await site.callback(browser))
    assert done.status_code == 303
    fixed = site.browser()
    fixed.cookies.set("slomix_session", "A" * 43)
    assert await site.me(fixed) == {"name": None}


async def test_a_session_ends_after_its_days_and_is_noted_as_seen_until_then(site: Site) -> None:
    browser = await site.logged_in()
    seen = "select last_seen_at - created_at from slomix.web_session"
    site.house.clock.advance(timedelta(minutes=4))
    await site.me(browser)
    assert await site.house.db.fetchval(seen) == timedelta(0)
    site.house.clock.advance(timedelta(minutes=2))
    await site.me(browser)
    for _ in range(100):
        if await site.house.db.fetchval(seen):
            break
    assert await site.house.db.fetchval(seen) == timedelta(minutes=6)
    site.house.clock.advance(timedelta(days=30))
    answer = await browser.get("/alpha/api/v1/me")
    assert answer.json() == {"name": None}
    assert "slomix_in" not in browser.cookies, "scripts need not ask any more"


async def test_a_right_that_is_taken_ends_at_once(site: Site) -> None:
    browser = await site.logged_in()
    assert (await browser.get("/alpha/api/v1/secret")).status_code == 403
    async with site.house.db.transaction() as tx:
        await tiers.grant(tx, CLI, site.person, "alpha.look", "tester")
    assert (await browser.get("/alpha/api/v1/secret")).json() == {"for": "tester"}
    async with site.house.db.transaction() as tx:
        await tiers.revoke(tx, CLI, site.person, "alpha.look")
    assert (await browser.get("/alpha/api/v1/secret")).status_code == 403


async def test_an_admin_has_every_right_while_being_one(site: Site) -> None:
    browser = await site.logged_in()
    async with site.house.db.transaction() as tx:
        await tiers.give(tx, CLI, site.person, "admin", "tester")
    assert (await site.me(browser))["rights"] == ["alpha.look", "alpha.vote", "slomix.operate"]
    async with site.house.db.transaction() as tx:
        await tiers.take(tx, CLI, site.person)
    assert (await site.me(browser))["rights"] == ["alpha.vote"]


async def test_a_role_of_the_guild_gives_what_the_settings_say(site: Site) -> None:
    holder = site.fake.world.add_person("holder", roles=(str(ROLE), "1"))
    browser = await site.logged_in(holder["id"])
    assert (await site.me(browser))["rights"] == ["alpha.look", "alpha.vote"]
    kept = await site.house.db.fetchval("select roles from slomix.web_session")
    assert kept == [ROLE], "others are nobody's business"
    site.house.settings.core.web.login.roles.clear()
    assert (await site.me(browser))["rights"] == ["alpha.vote"]


async def test_who_is_not_in_the_guild_has_no_roles(site: Site) -> None:
    site.fake.fail_next("guilds/.*/member", 404, {"message": "Unknown Guild", "code": 10004})
    assert (await site.me(await site.logged_in()))["rights"] == ["alpha.vote"]


async def test_a_stranger_is_led_to_the_login_and_back(site: Site) -> None:
    page = await site.browser().get("/alpha/secret?map=supply", headers={"Accept": "text/html"})
    assert page.status_code == 401
    assert 'href="/-/login?next=/alpha/secret%3Fmap%3Dsupply"' in page.text
    problem = await site.browser().get("/alpha/api/v1/secret")
    assert problem.status_code == 401
    assert problem.json()["login"] == "/-/login?next=/alpha/api/v1/secret"


async def test_what_one_person_sees_is_kept_by_no_cache_in_between(site: Site) -> None:
    for browser in (site.browser(), await site.logged_in()):
        answer = await browser.get("/alpha/api/v1/me")
        assert answer.headers["cache-control"] == "private, no-cache"
        assert "Cookie" in answer.headers["vary"]
    assert "private" not in (await site.browser().get("/-/plugins")).headers["cache-control"]


async def test_a_person_has_twenty_browsers_at_most(site: Site) -> None:
    first = await site.logged_in()
    user = logins.DiscordUser(discord_id=site.person, name="tester")
    for number in range(logins.MOST_SESSIONS):
        site.house.clock.advance(timedelta(seconds=1))
        async with site.house.db.transaction() as tx:
            await logins.begin(tx, user, agent=f"b{number}", now=site.house.clock.now(), lasts=timedelta(days=1))
    assert await site.me(first) == {"name": None}
    assert await site.house.db.fetchval("select count(*) from slomix.web_session") == logins.MOST_SESSIONS


async def test_forty_logins_a_minute_are_the_limit(site: Site) -> None:
    browser = site.browser()
    began, passed = monotonic(), 0
    while (await browser.get("/-/login")).status_code == 303:
        passed += 1
    assert 40 <= passed <= 41 + (monotonic() - began) * 40 / 60
    refused = await browser.get("/-/callback")
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) >= 1
    assert "more often than 40 times" in refused.text
    assert (await browser.get("/-/plugins")).status_code == 200


async def test_the_database_is_asked_only_for_what_may_be_a_session(without_database: Any) -> None:
    without_database.host.given = [SimpleNamespace(plugin="alpha", record=record) for record in RECORDS]
    async with client_of(build_app(without_database, None)) as web:  # type: ignore[arg-type]
        for cookie in ("", "slomix_session=short", "slomix_in=1", f"slomix_session={'ä' * 43}"):
            answer = await web.get("/alpha/api/v1/me", headers={b"Cookie": cookie.encode("latin-1")})
            assert answer.json() == {"name": None}
        asked = await web.get("/alpha/api/v1/me", headers={"Cookie": f"slomix_session={'A' * 43}"})
        assert asked.status_code == 503


async def test_over_https_only_a_cookie_of_this_host_counts(house: Any) -> None:
    web = house.settings.core.web.model_copy(update={"public_url": "https://stats.example"})
    house.settings = told(house, web=web)
    house.host.given = [SimpleNamespace(plugin="alpha", record=record) for record in RECORDS]
    async with house.db.transaction() as tx:
        user = logins.DiscordUser(discord_id=1, name="tester")
        session = await logins.begin(tx, user, agent="", now=house.clock.now(), lasts=timedelta(days=1))
    async with client_of(build_app(house, None)) as browser:  # type: ignore[arg-type]
        for name, seen in (("slomix_session", None), ("__Host-slomix_session", "tester")):
            answer = await browser.get("/alpha/api/v1/me", headers={"Cookie": f"{name}={session}"})
            assert answer.json()["name"] == seen
        out = await browser.post("/-/logout", headers={"Cookie": f"__Host-slomix_session={session}"})
        gone = [line for line in out.headers.get_list("set-cookie") if line.startswith("__Host-slomix_session=")]
        assert len(gone) == 1
        assert "Secure" in gone[0]


async def test_a_browser_at_another_host_of_ours_begins_at_the_public_one(house: Any) -> None:
    login = LoginSettings(client_id=1, client_secret=SecretStr("canary-secret"))
    house.settings = told(house, web=WebSettings(public_url="https://stats.example", login=login))
    async with client_of(build_app(house, None)) as browser:  # type: ignore[arg-type]
        moved = await browser.get("/-/login?next=/players", headers={"Host": "localhost:8080"})
        assert moved.headers["location"] == "https://stats.example/-/login?next=/players&moved=1"
        begun = await browser.get("/-/login?next=/players&moved=1", headers={"Host": "localhost:8080"})
        asked = parse_qs(urlsplit(begun.headers["location"]).query)
        assert asked["redirect_uri"] == ["https://stats.example/-/callback"]
        assert begun.headers["set-cookie"].startswith("__Host-slomix_login=")
        assert "Secure" in begun.headers["set-cookie"]


async def test_without_a_client_id_nobody_can_log_in_and_it_says_why(house: Any) -> None:
    async with client_of(build_app(house, None)) as web:  # type: ignore[arg-type]
        off = await web.get("/-/login")
        assert off.status_code == 404
        assert "SLOMIX_WEB__LOGIN__CLIENT_ID" in off.text


@pytest.mark.usefixtures("live")
async def test_what_looked_at_who_asks_is_kept_for_nobody(site: Site) -> None:
    async def for_everybody(request: Request) -> Response:
        async def make() -> Response:
            return JSONResponse(await _me(request))

        return await cached(request, "alpha", make)

    site.house.host.given = [SimpleNamespace(plugin="alpha", record=Page(path="/", endpoint=for_everybody, name="all"))]
    app = build_app(site.house, None)  # type: ignore[arg-type]
    mine = (await site.logged_in()).cookies["slomix_session"]
    async with client_of(app) as web:
        cookie = {"Cookie": f"slomix_session={mine}"}
        told = await asyncio.gather(web.get("/alpha/", headers=cookie), web.get("/alpha/"), web.get("/alpha/"))
        assert [answer.json()["name"] for answer in told] == ["tester", None, None]
        assert (await web.get("/alpha/")).json() == {"name": None}
        assert {answer.headers["cache-control"] for answer in told} == {"private, no-cache"}
