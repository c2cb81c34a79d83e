"""A line that people zoom into, in a real browser; without script or library the server's drawing stays."""

from __future__ import annotations

import pytest

from slomix.testing.browser import Browser, View
from slomix_webui.testing import axe
from slomix_webui.testing.world import world

pytestmark = pytest.mark.browser

ROUNDS = 30
SHOWN = "() => document.querySelector('.zoom .u-axis') !== null"
#: How wide the part of the time is that the axis names: the canvas says nothing, so the island's own marks do.
PART = "() => document.querySelector('.zoom').dataset.part"


async def part(view: View) -> tuple[int, int]:
    first, last = str(await view.page.evaluate(PART)).split(" ")
    return int(first), int(last)


async def test_a_players_history_is_zoomed_by_mouse_and_by_keyboard(browser: Browser) -> None:
    async with world(("stats", "webui"), rounds=ROUNDS) as site:
        most = (await site.program.web.get("/stats/api/v1/leaderboards/rounds?limit=1")).json()["rows"][0]
        address = f"{site.url}/players/{most['who']['player_id']}?tab=history"
        async with browser.view(address, script=False) as view:
            assert await view.page.locator("[data-island=uplot-line] figure svg.chart").count() >= 1
            assert not [asked for asked in view.requests if "uplot" in asked]
        async with browser.view(address) as view:
            page = view.page
            await page.wait_for_selector("[data-island=uplot-line][data-island-state=running]")
            assert await page.evaluate(SHOWN)
            assert await page.locator("[data-island=uplot-line] figure details table tbody tr").count() > 1
            everything = await part(view)
            await page.locator(".zoom").focus()
            await page.keyboard.press("+")
            smaller = await part(view)
            assert everything[0] < smaller[0] < smaller[1] < everything[1]
            await page.keyboard.press("ArrowRight")
            assert (await part(view))[1] > smaller[1]
            await page.keyboard.press("0")
            assert await part(view) == everything
            box = await page.locator(".zoom .u-over").bounding_box()
            assert box is not None
            middle = box["y"] + box["height"] / 2
            await page.mouse.move(box["x"] + box["width"] * 0.3, middle)
            await page.mouse.down()
            await page.mouse.move(box["x"] + box["width"] * 0.6, middle, steps=4)
            await page.mouse.up()
            dragged = await part(view)
            assert everything[0] < dragged[0] < dragged[1] < everything[1]
            await page.mouse.dblclick(box["x"] + box["width"] / 2, middle)
            assert await part(view) == everything
            assert await axe.violations(view) == []
            assert (view.console, view.failed) == ([], [])
            assert len(view.requests) <= 10
