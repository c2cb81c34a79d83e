"""Times in a real browser: those of the reader's zone, in the reader's language, the server's in the tooltip."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from slomix.testing.browser import Browser, View
from slomix_webui import formats
from slomix_webui.frame.preferences import LANGUAGE_COOKIE
from slomix_webui.testing.world import world
from slomix_webui.wording import speaking

pytestmark = pytest.mark.browser

#: The first day and the first clock of a page, each with its tooltip, and what the foot says.
READ = """() => [
    ...["day", "hour"].map(shape => document.querySelector(`main time[data-shape=${shape}]`))
        .flatMap(time => [time.textContent, time.title]),
    document.querySelector(".zone").textContent,
]"""


async def read(view: View, address: str, zone: str) -> list[str]:
    session = await view.page.context.new_cdp_session(view.page)
    await session.send("Emulation.setTimezoneOverride", {"timezoneId": zone})
    await view.go(address)
    found: list[str] = await view.page.evaluate(READ)
    return found


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York"])
async def test_times_are_the_readers_and_the_foot_says_so(browser: Browser, zone: str) -> None:
    async with world(("stats", "webui"), rounds=2) as site:
        night = (await site.program.web.get("/sessions.json")).json()["sessions"][0]
        servers = datetime.fromisoformat(night["started_at"])
        readers = servers.astimezone(ZoneInfo(zone))
        assert readers.utcoffset() != servers.utcoffset()
        address = f"{site.url}/sessions"
        async with browser.view(home=site.url) as view:
            day, was_day, hour, was_hour, foot = await read(view, address, zone)
        assert (day, was_day) == (formats.day(readers), formats.day(servers))
        assert hour == formats.hour(readers)
        assert was_hour == f"{formats.long_day(servers)}, {formats.hour(servers)} ({servers.tzname()})"
        assert foot == f"Times are yours ({zone}); the game server's stand in their tooltips."
        async with browser.view(home=site.url, cookies={LANGUAGE_COOKIE: "de"}) as view:
            day, was_day, hour, _, foot = await read(view, address, zone)
        with speaking(str, "de"):
            assert (day, was_day) == (formats.day(readers), formats.day(servers))
        assert hour == formats.hour(readers)
        assert foot.startswith(f"Zeiten sind deine ({zone})")


async def test_without_script_times_are_the_servers(browser: Browser) -> None:
    async with (
        world(("stats", "webui"), rounds=2) as site,
        browser.view(f"{site.url}/sessions", script=False) as view,
    ):
        night = (await site.program.web.get("/sessions.json")).json()["sessions"][0]
        hour = formats.hour(datetime.fromisoformat(night["started_at"]))
        assert await view.page.locator("main time[data-shape=hour]").first.inner_text() == hour
        assert await view.page.locator(".zone").inner_text() == "Times are those of the game server."
