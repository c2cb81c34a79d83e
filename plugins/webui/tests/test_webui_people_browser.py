"""People in a real browser: the login at the fake Discord, the menu, a claim without script, an action with it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from slomix.testing.browser import Browser, View
from slomix.testing.database import fresh_database, sources_for
from slomix.testing.running import Running, running
from slomix.testing.web import serving
from slomix.web.cookies import HINT, SESSION

ME = 770000000000000071
PLUGINS = ("stats", "webui")
LOGIN = {"login": {"client_id": 1234567890, "client_secret": "of a test"}}

pytestmark = pytest.mark.browser


@pytest_asyncio.fixture
async def house() -> AsyncIterator[tuple[Running, str]]:
    with fresh_database(sources_for(PLUGINS)) as dsn:
        async with running(dsn, *PLUGINS, core={"web": LOGIN}) as program:
            await program.play(players=("fragger", "medic", "tester"))
            async with serving(program.app) as url:
                yield program, url


async def cookies(program: Running, name: str = "tester") -> dict[str, str]:
    return {SESSION: await program.session_of(ME, name=name), HINT: "1"}


async def heading(view: View) -> str:
    return await view.page.inner_text("h1")


async def test_the_menu_is_put_into_a_page_that_is_the_same_for_everybody(
    house: tuple[Running, str], browser: Browser
) -> None:
    program, url = house
    async with browser.view(f"{url}/leaderboards", cookies=await cookies(program)) as view:
        page = view.page
        await page.click(".user summary")
        await page.click(".user a[href='/me']")
        assert await heading(view) == "tester"
        await page.click(".user summary")
        await page.click(".user button")
        await page.wait_for_url(f"{url}/me")
        assert await heading(view) == "Log in"
        assert (view.console, view.failed) == ([], [])


async def test_a_player_is_claimed_without_script(house: tuple[Running, str], browser: Browser) -> None:
    program, url = house
    async with browser.view(f"{url}/me", cookies=await cookies(program), script=False) as view:
        page = view.page
        await page.click(".suggested button")
        assert await heading(view) == "That is me"
        await page.get_by_role("button", name="That is me").click()
        await page.wait_for_url(f"{url}/me#player")
        assert "That is you now." in await page.inner_text("main")
        await page.get_by_label("Another one").fill("The Tester")
        await page.get_by_role("button", name="Call me that").click()
        assert await page.inner_text("section .lede a") == "The Tester"
        await page.get_by_label("Text").select_option("larger")
        await page.locator("section", has=page.locator("#look")).get_by_role("button", name="Save").click()
        assert await page.get_attribute("html", "data-size") == "larger"


async def test_strangers_ask_for_nothing_of_their_own(house: tuple[Running, str], browser: Browser) -> None:
    _, url = house
    async with browser.view(f"{url}/leaderboards") as view:
        asked: list[str] = []
        view.page.on("request", lambda request: asked.append(request.url))
        await view.go(f"{url}/leaderboards")
        assert [each for each in asked if "/me/" in each] == []
        assert (view.console, view.failed) == ([], [])
