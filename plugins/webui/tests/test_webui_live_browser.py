"""The live page in a real browser: it follows the channel, turns to live by itself, pauses, filters, polls."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import time
from typing import Any

import pytest
from playwright.async_api import Route

from slomix.identity.servers import create_token, ensure_server
from slomix.testing.browser import Browser
from slomix.testing.running import Running, running
from slomix.testing.web import serving
from slomix_webui.testing.axe import violations

pytestmark = [pytest.mark.browser, pytest.mark.plugins("stats", "webui")]

PEOPLE = (
    {"type": "loaded", "map": "supply"},
    {"type": "player", "slot": 3, "name": "^1fo^2x", "team": 1},
    {"type": "player", "slot": 4, "name": "<img src=x onerror=alert(1)>", "team": 2},
    {"type": "round_start"},
)
KILL = {"type": "kill", "killer": 3, "victim": 4, "weapon": "MOD_MP40"}
KILLS = "count => document.querySelector('[data-f=axis_kills]').textContent === count"
HIDE = """state => {
    Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
}"""


class Host:
    """A game host that tells."""

    def __init__(self, program: Running, token: str) -> None:
        self._program, self._token, self._last = program, token, 0

    async def tell(self, *events: dict[str, Any]) -> None:
        now = int(time() * 1000)
        numbered = [{"n": self._last + n, "at": now, **event} for n, event in enumerate(events, 1)]
        self._last += len(events)
        batch = {"sender": "a" * 32, "sent": now, "events": numbered}
        headers = {"Authorization": f"Bearer {self._token}"}
        (await self._program.web.post("/stats/api/v1/live", json=batch, headers=headers)).raise_for_status()


@asynccontextmanager
async def playing(dsn: str) -> AsyncIterator[tuple[str, Host]]:
    async with running(dsn, "stats", "webui") as program, serving(program.app) as url:
        listening = asyncio.create_task(program.runtime.bus.live.run())
        await program.runtime.bus.live.started()
        async with program.runtime.db.login().transaction() as tx:
            await ensure_server(tx, "puran")
            token = await create_token(tx, "puran")
        yield url, Host(program, token)
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


async def test_the_page_turns_to_live_follows_pauses_and_filters(dsn: str, browser: Browser) -> None:
    async with playing(dsn) as (url, host), browser.view(f"{url}/live") as view:
        page = view.page
        assert "Nothing is live" in await page.inner_text("h1")
        await page.wait_for_selector("[data-island-state=running]")
        await host.tell(*PEOPLE)
        await page.wait_for_selector("[data-round=puran]")
        assert "Nothing is live" not in await page.inner_text("main")

        await page.wait_for_selector("[data-island-state=running]")
        await host.tell(KILL, KILL)
        await page.wait_for_function(KILLS, arg="2")
        first = page.locator("[data-feed] li").first
        await first.get_by_text("killed").wait_for()
        assert "fox killed <img src=x onerror=alert(1)> MP 40" in " ".join((await first.inner_text()).split())
        assert await first.locator(".c1").inner_text() == "fo"
        row = page.locator("[data-side=axis] tbody tr").first
        assert (await row.inner_text()).split()[:3] == ["fox", "2", "0"]
        clock = await page.inner_text("[data-clock]")
        ticks = "before => document.querySelector('[data-clock]').textContent !== before"
        await page.wait_for_function(ticks, arg=clock)

        lines = await page.locator("[data-feed] li").count()
        await page.locator("[data-pause]").click()
        await host.tell(KILL)
        await page.get_by_text("Paused: 1 new").wait_for()
        assert await page.locator("[data-feed] li").count() == lines
        await page.locator("[data-pause]").click()
        await page.wait_for_function("n => document.querySelectorAll('[data-feed] li').length === n", arg=lines + 1)

        for kind in ("kills", "revives", "rounds", "objectives", "chat"):
            await page.locator(f"input[value={kind}]").uncheck()
            await page.wait_for_function("kind => !location.search.includes(`show=${kind}`)", arg=kind)
            await page.wait_for_selector("main:not([aria-busy]) [data-island-state=running]")
        assert page.url.endswith("/live?show=people")
        assert "killed" not in await page.inner_text("[data-feed]")
        await host.tell(KILL)
        await page.wait_for_function(KILLS, arg="4")
        assert view.console == []
        assert not [address for address in view.requests if address.endswith("/-/events")], "one connection per tab"


async def test_nobody_is_left_out_while_a_round_is_played(dsn: str, browser: Browser) -> None:
    async with playing(dsn) as (url, host):
        await host.tell(*PEOPLE, KILL, {"type": "player", "slot": 9, "name": "^3watcher", "team": 3})
        for address, scheme in (("/live", "dark"), ("/live", "light"), ("/", "dark")):
            async with browser.view(url + address, scheme=scheme, width=390) as view:  # type: ignore[arg-type]
                await view.still()
                assert await violations(view) == []
                assert await view.wider() == 0
                assert await view.nodes() < 1500
                assert len(view.requests) <= 10


async def test_a_hidden_tab_hears_nothing_and_catches_up(dsn: str, browser: Browser) -> None:
    async with playing(dsn) as (url, host):
        await host.tell(*PEOPLE)
        async with browser.view(f"{url}/live") as view:
            await view.page.wait_for_selector("[data-island-state=running]")
            await view.page.evaluate(HIDE, "hidden")
            await host.tell(KILL)
            await view.page.wait_for_timeout(500)
            assert await view.page.inner_text("[data-f=axis_kills]") == "0"
            await view.page.evaluate(HIDE, "visible")
            await view.page.wait_for_function(KILLS, arg="1")


async def test_where_no_stream_gets_through_the_page_asks_again_and_again(dsn: str, browser: Browser) -> None:
    async with playing(dsn) as (url, host):
        await host.tell(*PEOPLE)
        async with browser.view() as view:

            async def refuse(route: Route) -> None:
                stream = route.request.resource_type == "eventsource"
                await (route.fulfill(status=429) if stream else route.continue_())

            await view.page.route("**/live/round**", refuse)
            await view.go(f"{url}/live")
            await view.page.wait_for_selector("[data-island-state=running]")
            await host.tell(KILL)
            await view.page.wait_for_function(KILLS, arg="1")


async def test_without_script_the_filter_is_a_form(dsn: str, browser: Browser) -> None:
    async with playing(dsn) as (url, host):
        await host.tell(*PEOPLE, KILL)
        async with browser.view(f"{url}/live", script=False) as view:
            for kind in ("kills", "rounds", "objectives", "revives", "chat"):
                await view.page.locator(f"input[value={kind}]").uncheck()
            await view.page.get_by_role("button", name="Show").click()
            await view.page.wait_for_url("**/live?show=people")
            assert "killed" not in await view.page.inner_text("[data-feed]")
            assert "joined" in await view.page.inner_text("[data-feed]")
