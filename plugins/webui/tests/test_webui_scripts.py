"""The dashboard's own scripts in a real browser: parts of a page are swapped, islands are started."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

import slomix_webui
from slomix.testing.browser import Browser, Site
from slomix_stats.simulate import play_evening
from slomix_webui import scripts

if TYPE_CHECKING:
    from playwright.async_api import Route

pytestmark = [pytest.mark.browser, pytest.mark.plugins("stats", "webui")]

#: Kilobytes of all scripts and of the styles on the wire.
SCRIPTS_KB = 20
STYLES_KB = 15
ISLAND = """
export default function start(element, data) {
  element.append(` has ${data.points.length} points`);
  return () => document.body.append("the island is gone");
}
"""
ADD = """
([name, module]) => {
  document.querySelector("main").insertAdjacentHTML("beforeend", `<div id="${name}" data-island="${name}"
    data-module="${module}">${name}<script type="application/json">{"points": [1, 2, 3]}</script></div>`);
}
"""
#: Something of this document that a reload would lose.
MARK = "() => { window.marked = true; }"
MARKED = "() => window.marked === true"


@pytest_asyncio.fixture
async def played(site: Site) -> AsyncIterator[Site]:
    """A simulated evening."""
    for each in play_evening(seed=3):
        await site.program.give(each.name, each.data)
    await site.program.settle()
    yield site


async def test_a_tab_is_swapped_without_a_reload_and_back_leads_back(played: Site, browser: Browser) -> None:
    async with browser.view(f"{played.url}/leaderboards") as view:
        page = view.page
        await page.evaluate(MARK)
        before = await page.inner_text("main")
        link = page.locator("main a[href*='metric=kills']").first
        target = await link.evaluate("link => link.href")
        await link.click()
        await page.wait_for_url(target)
        await page.wait_for_function("() => !document.getElementById('main').hasAttribute('aria-busy')")
        assert await page.evaluate(MARKED)
        after = await page.inner_text("main")
        assert after != before
        assert await page.evaluate("() => document.activeElement.href") == target
        await page.go_back()
        await page.wait_for_function("text => document.getElementById('main').innerText === text", arg=before)
        assert await page.evaluate(MARKED)
        assert (view.console, view.failed) == ([], [])
        await page.reload()
        assert not await page.evaluate(MARKED)


async def test_a_choice_in_the_scope_holds_at_once(played: Site, browser: Browser) -> None:
    async with browser.view(f"{played.url}/leaderboards", width=390) as view:
        page = view.page
        await page.evaluate(MARK)
        await page.locator("details.scope > summary").click()
        choice = page.locator("[data-scope] select").first
        value = await choice.locator("option").last.get_attribute("value")
        name = await choice.get_attribute("name")
        await choice.focus()
        await choice.select_option(value)
        await page.wait_for_url(lambda url: f"{name}={value}" in url)
        await page.wait_for_function("() => !document.getElementById('main').hasAttribute('aria-busy')")
        assert await page.evaluate(MARKED)
        assert await page.evaluate("() => document.activeElement.name") == name
        assert await page.locator("details.scope").get_attribute("open") is not None
        twin = await page.locator("link[rel=alternate]").get_attribute("href")
        assert f"{name}={value}" in str(twin) or "?" not in str(twin)


async def test_a_part_that_can_not_be_fetched_is_shown_by_a_reload(site: Site, browser: Browser) -> None:
    async with browser.view(f"{site.url}/leaderboards") as view:

        async def answer(route: Route) -> None:
            if route.request.resource_type == "fetch":
                await route.fulfill(status=503, body="not now")
            else:
                await route.continue_()

        await view.page.route("**/leaderboards?metric=kills", answer)
        await view.page.evaluate(MARK)
        await view.page.locator("main a[href$='?metric=kills']").first.click()
        await view.page.wait_for_function("() => window.marked === undefined")
        assert view.page.url.endswith("?metric=kills")


async def test_an_island_starts_in_view_and_ends_when_it_is_gone(site: Site, browser: Browser) -> None:
    async with browser.view(f"{site.url}/leaderboards") as view:
        page = view.page

        async def module(route: Route) -> None:
            await route.fulfill(body=ISLAND, content_type="text/javascript")

        await page.route("**/island.js", module)
        await page.evaluate("() => { document.querySelector('main').style.paddingTop = '3000px'; }")
        await page.evaluate(ADD, ["chart", "/static/island.js"])
        await page.wait_for_timeout(200)
        assert not [address for address in view.requests if address.endswith("island.js")]
        await page.locator("#chart").scroll_into_view_if_needed()
        await page.wait_for_selector("#chart[data-island-state=running]")
        assert "chart has 3 points" in " ".join((await page.inner_text("#chart")).split())
        await page.evaluate("() => document.getElementById('chart').remove()")
        await page.wait_for_selector("text=the island is gone")
        assert view.console == []


async def test_an_island_that_fails_leaves_what_the_server_made(site: Site, browser: Browser) -> None:
    async with browser.view(f"{site.url}/leaderboards") as view:
        await view.page.evaluate(ADD, ["broken", "/static/nowhere.js"])
        await view.page.wait_for_selector("#broken[data-island-state=failed]")
        assert await view.page.inner_text("#broken") == "broken"
        assert "The island broken did not start." in "\n".join(view.console)


def test_scripts_and_styles_are_small_on_the_wire() -> None:
    static = Path(slomix_webui.__file__).parent / "static"
    joined = b"".join((static / "js" / name).read_bytes() for name in scripts.BUNDLE)
    assert len(gzip.compress(joined, 9)) < SCRIPTS_KB * 1000
    assert {f"{name}" for name in scripts.BUNDLE} == {path.name for path in (static / "js").glob("*.js")}


async def test_the_style_sheet_is_small_on_the_wire(site: Site) -> None:
    sheet = await site.program.web.get(site.program.app.state.static.url("webui", "webui.css"))
    assert sheet.num_bytes_downloaded < STYLES_KB * 1000
