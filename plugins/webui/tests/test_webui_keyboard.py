"""The pages by keyboard alone, in a real browser: everything can be reached, is seen, and lets go again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from time import time
from typing import Any

import pytest
import pytest_asyncio

from slomix.identity.servers import create_token, ensure_server
from slomix.testing.browser import Site, View, connected
from slomix.web.cookies import HINT, SESSION
from slomix_webui.testing.addresses import places
from slomix_webui.testing.readers import cookies_of
from slomix_webui.testing.world import world

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

PLUGINS = ("stats", "webui", "availability")
PAGES = ("home", "session", "player", "live", "availability")
#: No page has so many controls.
MOST = 600
#: Writes down what gets the focus: its place in the document, and whether one sees that it has it.
WRITE_DOWN = """() => {
  window.__focused = [];
  document.addEventListener("focusin", (event) => {
    const style = getComputedStyle(event.target);
    const box = event.target.getBoundingClientRect();
    const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1;
    window.__focused.push({
      what: event.target.outerHTML.slice(0, 120),
      place: [...document.querySelectorAll("*")].indexOf(event.target),
      outlined,
      inView: box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    });
  });
}"""
#: Everything that a reader can use at the moment, by its place.
USABLE = """() => {
  const all = [...document.querySelectorAll("*")];
  const able = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
  return [...document.querySelectorAll(able)]
    .filter((each) => !each.disabled && each.checkVisibility({ visibilityProperty: true }))
    .filter((each) => each.type !== "radio" || each.checked)
    .map((each) => ({ place: all.indexOf(each), what: each.outerHTML.slice(0, 120) }));
}"""
AT = "() => document.activeElement.outerHTML.slice(0, 160)"
IN_MAIN = "() => document.getElementById('main').contains(document.activeElement)"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site() -> AsyncIterator[Site]:
    async with world(PLUGINS, rounds=8) as found:
        await tell(found)
        yield found


async def tell(site: Site) -> None:
    """A round is played at the moment."""
    async with site.program.runtime.db.login().transaction() as tx:
        await ensure_server(tx, "puran")
        token = await create_token(tx, "puran")
    told: list[dict[str, Any]] = [{"type": "loaded", "map": "supply"}]
    told += [{"type": "player", "slot": slot, "name": f"player {slot}", "team": 1 + slot % 2} for slot in range(6)]
    told += [{"type": "round_start"}, {"type": "kill", "killer": 1, "victim": 2, "weapon": "MOD_MP40"}]
    now = int(time() * 1000)
    batch = {"sender": "a" * 32, "sent": now, "events": [{"n": n, "at": now, **each} for n, each in enumerate(told, 1)]}
    answer = await site.program.web.post("/stats/api/v1/live", json=batch, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200, answer.text


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def addresses(site: Site) -> dict[str, str]:
    """The pages by name."""
    cookies = await cookies_of(site.program, "user")
    found = {place.name: place.addresses for place in await places(site.program, cookies=cookies)}
    return {name: found[name][0] for name in PAGES}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def view(site: Site, chromium_address: str) -> AsyncIterator[View]:
    """Somebody who is logged in."""
    cookies = await cookies_of(site.program, "user")
    assert set(cookies) == {SESSION, HINT}
    async with connected(chromium_address) as browser, browser.view(cookies=cookies, home=site.url) as found:
        yield found


async def open_page(view: View, address: str) -> None:
    """Open it and wait until everything that comes late is there; the focus is at the top."""
    await view.go(address)
    await view.read()
    await view.page.evaluate("() => { window.scrollTo(0, 0); document.activeElement.blur(); }")


@pytest.mark.parametrize("name", PAGES)
async def test_everything_is_reached_in_order_and_seen(
    site: Site, addresses: dict[str, str], view: View, name: str
) -> None:
    page = view.page
    await open_page(view, site.url + addresses[name])
    await page.evaluate(WRITE_DOWN)
    usable = await page.evaluate(USABLE)
    assert len(usable) >= 20
    for _ in range(min(MOST, len(usable) + 10)):
        await page.keyboard.press("Tab")
    focused = await page.evaluate("() => window.__focused")
    places_in_order = [each["place"] for each in focused]
    first_round = focused[: next((n for n, place in enumerate(places_in_order) if place in places_in_order[:n]), None)]
    reached = {each["place"] for each in focused}
    assert [each["what"] for each in usable if each["place"] not in reached] == []
    assert [each["what"] for each in first_round if not each["outlined"]] == [], "no outline"
    assert [each["what"] for each in first_round if not each["inView"]] == [], "out of view"
    in_order = [each["place"] for each in first_round]
    assert in_order == sorted(in_order), "the order of the document"
    assert "skip" in first_round[0]["what"]
    assert (view.console, view.failed) == ([], [])


@pytest.mark.parametrize("name", PAGES)
async def test_the_skip_link_leads_to_the_content(site: Site, addresses: dict[str, str], view: View, name: str) -> None:
    page = view.page
    await open_page(view, site.url + addresses[name])
    await page.keyboard.press("Tab")
    assert await page.locator("a.skip").evaluate("link => link.getBoundingClientRect().top >= 0")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    assert await page.evaluate(IN_MAIN), await page.evaluate(AT)


async def test_menus_open_with_enter_and_close_with_escape(site: Site, view: View) -> None:
    page = view.page
    await open_page(view, f"{site.url}/")
    menus = page.locator("details.menu-box:visible")
    assert await menus.count() >= 2  # further pages, and one's own
    for number in range(await menus.count()):
        menu = menus.nth(number)
        await menu.locator("summary").focus()
        await page.keyboard.press("Enter")
        assert await menu.get_attribute("open") is not None
        await page.keyboard.press("Tab")
        assert await menu.evaluate("menu => menu.contains(document.activeElement)")
        await page.keyboard.press("Escape")
        assert await menu.get_attribute("open") is None
        assert await menu.evaluate("menu => document.activeElement === menu.querySelector('summary')")
    await page.keyboard.press("Enter")
    for _ in range(30):  # nothing keeps the focus: it goes on, and the menu closes behind it
        await page.keyboard.press("Tab")
    assert await page.locator("details.menu-box[open]").count() == 0


async def test_the_palette_by_keyboard(site: Site, view: View) -> None:
    page = view.page
    await open_page(view, f"{site.url}/records")
    palette = page.locator("#palette")
    await page.keyboard.press("/")
    assert await palette.evaluate("each => each.open")
    await page.keyboard.type("lea")
    await page.wait_for_selector("#palette-results a.chosen")
    await page.keyboard.press("Escape")
    assert not await palette.evaluate("each => each.open")
    assert not await page.evaluate("() => document.getElementById('palette').contains(document.activeElement)")
    await page.keyboard.press("/")
    await page.keyboard.type("leaderboards")
    await page.locator("#palette-results a", has_text="Leaderboards").first.wait_for()
    hits = await page.locator("#palette-results a").count()
    wanted = await page.locator("#palette-results a").evaluate_all(
        "all => all.findIndex((each) => each.textContent.includes('Leaderboards'))"
    )
    for _ in range(wanted if wanted < hits else 0):
        await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/leaderboards")


@pytest.mark.parametrize("name", ["session", "player"])
async def test_the_focus_stays_where_it_was_when_a_tab_is_swapped(
    site: Site, addresses: dict[str, str], view: View, name: str
) -> None:
    page = view.page
    await open_page(view, site.url + addresses[name])
    tab = page.locator("main nav a[href*='tab=']").first
    where = await tab.get_attribute("href")
    await tab.focus()
    await page.evaluate("() => { window.__same = true; }")
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**{where}")
    await page.wait_for_function("() => !document.getElementById('main').hasAttribute('aria-busy')")
    assert await page.evaluate("() => window.__same === true")
    assert await page.evaluate("() => document.activeElement.getAttribute('href')") == where


async def test_regions_that_scroll_are_scrolled_by_keyboard(site: Site, addresses: dict[str, str], view: View) -> None:
    page = view.page
    await view.resize(390)
    await open_page(view, f"{site.url}{addresses['session']}?tab=players")
    regions = page.locator("main .scroll[tabindex='0']")
    wide = await regions.evaluate_all("all => all.findIndex((each) => each.scrollWidth > each.clientWidth + 20)")
    assert wide >= 0
    await regions.nth(wide).focus()
    await page.keyboard.press("ArrowRight")
    await page.wait_for_function("() => document.activeElement.scrollLeft > 0")
    await view.resize(1366)
