"""The kit's browser: what a view tells of a page, and what is said where no browser is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from slomix.errors import SlomixError
from slomix.testing.browser import Browser
from slomix.testing.chromium import chromium, find_chromium

if TYPE_CHECKING:
    from playwright.async_api import Route

pytest_plugins = ["pytester"]

HERE = "http://kit.test/"
PAGE = """<!doctype html><html lang="en"><title>Kit</title><link rel="icon" href="data:,">
<script src="/good.js"></script><img src="/missing.png" alt="">
<p id="a" style="width: 700px">wide</p><p id="a"><b id="b"></b></p>"""
SCRIPT = """
console.error("it is broken");
fetch("/late.json");
setTimeout(() => { throw new Error("thrown late"); });
"""


@pytest.mark.browser
async def test_a_view_tells_what_a_page_asked_for_and_what_failed(browser: Browser) -> None:
    async def answer(route: Route) -> None:
        path = route.request.url.removeprefix(HERE)
        found = {"": ("text/html", PAGE), "good.js": ("text/javascript", SCRIPT), "late.json": ("text/json", "{}")}
        kind, body = found.get(path, ("text/plain", "no"))
        await route.fulfill(status=200 if path in found else 404, content_type=kind, body=body)

    async with browser.view(width=390) as view:
        await view.page.route(f"{HERE}**", answer)
        await view.go(HERE)
        await view.read()
        asked = [address.removeprefix(HERE) for address in view.requests if address.startswith(HERE)]
        assert asked[0] == ""
        assert set(asked) == {"", "good.js", "missing.png", "late.json"}
        assert view.failed == [f"GET {HERE}missing.png: 404"]
        assert any("it is broken" in line for line in view.console)
        assert any("thrown late" in line for line in view.console)
        assert await view.wider() > 300
        await view.resize(1366)
        assert await view.wider() == 0
        paint = await view.first_paint()
        assert paint is not None
        assert paint > 0
        assert await view.nodes() >= 8
        assert await view.twice() == ["a"]


@pytest.mark.browser
async def test_a_view_is_a_reader_with_cookies_a_theme_and_maybe_without_script(browser: Browser) -> None:
    async def answer(route: Route) -> None:
        cookie = (await route.request.all_headers()).get("cookie", "none")
        await route.fulfill(content_type="text/html", body=f"<p>{cookie}</p><script>document.body.append(1)</script>")

    async with browser.view(scheme="light", contrast=True) as view:
        asked = "() => ['(prefers-color-scheme: light)', '(prefers-contrast: more)'].every(q => matchMedia(q).matches)"
        assert await view.page.evaluate(asked)
    async with browser.view(script=False) as view:
        await view.page.context.add_cookies([{"name": "theme", "value": "dark", "url": HERE}])
        await view.page.route(f"{HERE}**", answer)
        await view.go(HERE)
        assert await view.page.locator("body").inner_text() == "theme=dark"


def test_what_is_missing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLOMIX_CHROMIUM", "/nowhere/chromium")
    assert find_chromium() is None
    with pytest.raises(SlomixError, match="SLOMIX_CHROMIUM"), chromium():
        pass


SAMPLE = """
import pytest

@pytest.mark.browser
def test_needs():
    pass

def test_other():
    pass
"""


def test_tests_that_need_it_are_deselected_with_a_line(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytester.makepyfile(SAMPLE)
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv("SLOMIX_CHROMIUM", "/nowhere/chromium")
    result = pytester.runpytest_inprocess()
    result.assert_outcomes(passed=1, deselected=1)
    result.stdout.fnmatch_lines(["deselected 1 tests marked 'browser': not installed: a Chromium*"])
    monkeypatch.setenv("CI", "true")
    assert pytester.runpytest_inprocess().ret == pytest.ExitCode.USAGE_ERROR


def test_a_browser_that_does_not_start_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLOMIX_CHROMIUM", "false")
    with pytest.raises(SlomixError, match="exit code 1"), chromium():
        pass
