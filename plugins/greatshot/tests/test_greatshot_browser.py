"""Sending demos in a real browser: several at once with bars, dropped, without script; and what a demo's page does."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from slomix.testing.browser import Browser, Site, View
from slomix.web.cookies import HINT, SESSION

pytestmark = [pytest.mark.browser, pytest.mark.plugins("stats", "webui", "greatshot")]

DROP = """([name, text]) => {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const data = new DataTransfer();
  data.items.add(new File([bytes], name));
  document.querySelector(".gs-send").dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true }));
}"""
RUNNING = '.gs-send[data-island-state="running"]'


@asynccontextmanager
async def working(site: Site) -> AsyncIterator[None]:
    """The worker beside the pages, and what tells them that it worked."""
    runtime = site.program.runtime
    tasks = [asyncio.create_task(each) for each in (runtime.worker.run(), runtime.bus.live.run())]
    await runtime.bus.live.started()
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def looking(site: Site, browser: Browser, path: str, *, script: bool = True) -> AsyncIterator[View]:
    cookies = {SESSION: await site.program.session_of(1), HINT: "1"}
    async with browser.view(f"{site.url}{path}", cookies=cookies, script=script) as view:
        yield view


async def test_several_demos_are_sent_read_and_told(
    site: Site, browser: Browser, small_demo: bytes, tmp_path: Path
) -> None:
    files = {"a.dm_84": small_demo, "b.dm_84": small_demo[:-9], "c.txt": b"no", "d.dm_84": b"no demo, though it says"}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    async with working(site), looking(site, browser, "/greatshot/") as view:
        await view.page.wait_for_selector(RUNNING)
        await view.page.set_input_files("#gs-files", [str(tmp_path / name) for name in files])
        await view.page.click(".gs-send button")
        lines = view.page.locator(".gs-files li")
        await lines.nth(0).get_by_text("1 moment").wait_for()
        await lines.nth(1).get_by_text("1 moment").wait_for()
        await lines.nth(2).get_by_text("is no demo by its name").wait_for()
        await lines.nth(3).get_by_text("does not begin with a message of the game").wait_for()
        await view.page.evaluate(DROP, ["dropped.dm_84", base64.b64encode(small_demo).decode()])
        await lines.nth(4).get_by_text("1 moment").wait_for()
        assert [line for line in view.console if "400" not in line] == []
        await lines.nth(0).get_by_role("link").click()
        await view.page.wait_for_selector(".gs-moments")
        assert await view.page.locator(".gs-timeline rect").count() == 1


async def test_without_script_the_form_sends_them(
    site: Site, browser: Browser, small_demo: bytes, tmp_path: Path
) -> None:
    (tmp_path / "a.dm_84").write_bytes(small_demo)
    async with working(site), looking(site, browser, "/greatshot/", script=False) as view:
        await view.page.set_input_files("#gs-files", str(tmp_path / "a.dm_84"))
        await view.page.click(".gs-send button")
        await view.page.wait_for_url("**/greatshot/demos/*")
        await site.program.settle()
        await view.page.reload()
        assert await view.page.locator(".gs-moments li").count() >= 1


async def test_an_open_page_shows_what_was_found_by_itself(site: Site, browser: Browser, small_demo: bytes) -> None:
    me = await site.program.as_person(1)
    sent = await me.post("/greatshot/api/v1/demos?name=a.dm_84", content=small_demo)
    async with looking(site, browser, sent.json()["address"]) as view:
        await view.page.get_by_text("This demo is being read").wait_for()
        await view.still()
        async with working(site):
            await view.page.wait_for_selector(".gs-moments")
            await view.page.get_by_role("link", name="Clip").wait_for()
        assert view.failed == []
