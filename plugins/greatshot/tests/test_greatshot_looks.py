"""The pages of greatshot keep the contract of all pages; one demo's page with a real demo in the browser, too."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from slomix.testing.browser import Browser, Site
from slomix_greatshot.simulate.feed import simulate
from slomix_webui.testing import axe
from slomix_webui.testing.pages import PageContract


class TestPages(PageContract):
    plugin = "greatshot"
    unreachable = ("demo", "clip", "script", "batch", "film", "file")  # without a demo there are none


@pytest.mark.browser
@pytest.mark.plugins("stats", "webui", "greatshot")
async def test_a_demo_is_sound_in_a_browser(site: Site, browser: Browser, tmp_path: Path) -> None:
    start = datetime.now() - timedelta(days=3)  # noqa: DTZ005 - the server's clock
    (file,) = simulate(tmp_path, seed=3, rounds=2, start=start)
    me = await site.program.as_person(1)
    sent = await me.post(f"/greatshot/api/v1/demos?name={file.name}", content=file.read_bytes())
    await site.program.settle()
    for path in (sent.json()["address"], "/greatshot/top"):
        async with browser.view(site.url + path) as view:
            await view.read()
            assert (view.console, view.failed, await view.twice()) == ([], [], [])
            assert await view.nodes() <= 1500
            assert view.bytes <= 120_000
            assert await axe.violations(view) == []
            for width in (390, 768, 1920):
                await view.resize(width)
                assert await view.wider() == 0
