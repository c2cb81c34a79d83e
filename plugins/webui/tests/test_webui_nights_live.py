"""An open night in a real browser: it grows as rounds land, keeps what the reader opened, and says so politely."""

from __future__ import annotations

import asyncio

import pytest

from slomix.testing.browser import Browser, Site
from slomix_stats.simulate import play_evening

pytestmark = [pytest.mark.browser, pytest.mark.plugins("stats", "webui")]


async def test_a_night_grows_while_somebody_looks(site: Site, browser: Browser) -> None:
    first, *rest = play_evening(seed=3)[:4]
    program = site.program
    await program.give(first.name, first.data)
    feed = asyncio.create_task(program.runtime.bus.live.run())
    try:
        session = await program.runtime.db.fetchval("select id from slomix.session")
        async with browser.view(f"{site.url}/sessions/{session}") as view:
            page = view.page
            assert await page.locator(".plays > li").count() == 1
            await page.locator("#data > summary").click()
            await page.wait_for_timeout(400)
            for each in rest:
                await program.give(each.name, each.data)
            await page.locator(".plays > li").nth(1).wait_for()
            assert await page.locator("#data").get_attribute("open") is not None
            status = page.locator("#live")
            assert await status.get_attribute("aria-live") == "polite"
            await page.locator("#live", has_text="is in.").wait_for(state="attached")
            assert await page.locator("h1").count() == 1
            assert (view.console, view.failed, await view.twice()) == ([], [], [])
    finally:
        feed.cancel()
        await asyncio.gather(feed, return_exceptions=True)
