"""Availability in a real browser: an open page goes on by itself, and everything works without script."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta

import pytest

from slomix.testing.browser import Browser
from slomix.testing.running import running
from slomix.testing.web import serving
from slomix_availability.days import today_of
from slomix_availability.store import Answers
from slomix_webui.testing.axe import violations

PLUGINS = ("stats", "webui", "availability")
PERSON = 7
SECTIONS = {"availability": {"threshold": 2}}
pytestmark = [pytest.mark.browser, pytest.mark.plugins(*PLUGINS)]


@asynccontextmanager
async def played(dsn: str) -> AsyncIterator[tuple[str, dict[str, str], Answers, date]]:
    """Address, cookies of somebody who is logged in, the answers, today."""
    async with running(dsn, *PLUGINS, sections=SECTIONS) as program, serving(program.app) as url:
        feed = program.runtime.bus.live
        listening = asyncio.create_task(feed.run())
        await feed.started()
        ctx = program.runtime.host.context("availability")
        cookies = {"slomix_session": await program.session_of(PERSON), "slomix_in": "1"}
        yield url, cookies, Answers(ctx), today_of(ctx.clock.now(), ctx.core.timezone)
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


async def test_an_open_page_follows_what_is_said_in_discord(dsn: str, browser: Browser) -> None:
    async with played(dsn) as (url, cookies, answers, today):
        later = today + timedelta(days=5)
        says = f"text => document.getElementById('day-{later}').innerText.includes(text)"
        async with browser.view(f"{url}/availability/", cookies=cookies) as view:
            await view.page.wait_for_selector("table.answers")
            await view.page.wait_for_function(says, arg="0 of 2")
            await answers.answer(later, 20, "available")
            await view.page.wait_for_function(says, arg="1 of 2")
            row = view.page.locator("table.answers tbody tr").nth(5)
            await row.get_by_text("In", exact=True).click()
            await view.page.wait_for_function(says, arg="enough: 2")
            assert await answers.own(PERSON, later, 1) == {later: "available"}
            await row.locator("[aria-pressed=true]").wait_for()
            await view.still()
            assert await violations(view) == []


async def test_without_script_a_link_leads_to_the_same_buttons(dsn: str, browser: Browser) -> None:
    async with played(dsn) as (url, cookies, answers, today):
        async with browser.view(f"{url}/availability/", cookies=cookies, script=False) as view:
            await view.page.get_by_text("Say when you play").click()
            await view.page.locator("table.answers tbody tr").nth(6).get_by_text("Maybe").click()
            await view.page.wait_for_url("**/availability/#day-*")
        last = today + timedelta(days=6)
        assert await answers.own(PERSON, last, 1) == {last: "maybe"}
