"""The test kit for pages: the rules of a document, addresses found by links, axe, and a contract that can fail."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from slomix.errors import SlomixError
from slomix.testing.browser import Browser
from slomix.testing.running import Running
from slomix_webui.testing import axe
from slomix_webui.testing.addresses import links, places
from slomix_webui.testing.document import problems
from slomix_webui.testing.readers import cookies_of

if TYPE_CHECKING:
    from playwright.async_api import Route

GOOD = """<!doctype html>
<html lang="en"><head><title>Night 40 · Slomix</title><link rel="stylesheet" href="/static/a.css"></head><body>
<a href="#main">Skip</a><header><nav aria-label="Main"><a href="/">Home</a></nav></header>
<main id="main"><h1>Night 40</h1>
<form><label for="q">Find</label><input id="q" name="q"><label>Map <select name="map"></select></label>
<input type="hidden" name="h"></form>
<table><caption>Players</caption><tr><th scope="col">Player</th></tr><tr><td>a</td></tr></table>
<img src="/static/a.png" alt="" width="4" height="4"><svg><title>5 of 10</title></svg>
<script type="application/json">{"x": 1}</script></main><footer></footer></body></html>"""


def test_a_good_document_has_no_problem() -> None:
    assert problems(GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('<html lang="en">', "<html>", "does not name its language"),
        ("Night 40 · Slomix</title>", "</title>", "no title"),
        ("<h1>Night 40</h1>", "<h1>Night 40</h1><h1>again</h1>", "2 <h1>"),
        ("<h1>Night 40</h1>", "", "0 <h1>"),
        ("<footer></footer>", "", "0 <footer>"),
        ("<header>", "<div>", "no <header>"),
        (' aria-label="Main"', "", "<nav> without aria-label"),
        ('href="#main"', 'href="#content"', "must skip to the content"),
        ('<input id="q" name="q">', '<input id="main" name="q">', "ids are there twice: main"),
        ('<label for="q">', '<label for="p">', 'for="p" names nothing'),
        ('<label for="q">Find</label>', "", "<input name=q> has no label"),
        ("<label>Map ", "Map ", "<select name=map> has no label"),
        (' alt=""', "", "has no alt"),
        (' width="4"', "", "the page jumps"),
        ("<caption>Players</caption>", "", "1 tables have 0 captions"),
        (' scope="col"', "", "<th> without scope"),
        ("<h1>", '<h1 style="color: red">', "<h1> has style"),
        ("<h1>", '<h1 onclick="x()">', "<h1> has onclick"),
        (' type="application/json"', "", "an inline <script>"),
        ("<footer>", "<footer><style>a {}</style>", "an inline <style>"),
        ("/static/a.png", "https://elsewhere.example/a.png", "<img> fetches https://elsewhere"),
        ("/static/a.css", "//elsewhere.example/a.css", "<link> fetches //elsewhere"),
        ("<footer></footer>", "<footer><p></footer>", "not closed in their order"),
    ],
)
def test_what_is_wrong_is_found(old: str, new: str, problem: str) -> None:
    assert old in GOOD
    found = problems(GOOD.replace(old, new))
    assert any(problem in each for each in found), found


def test_links_are_addresses_of_this_site() -> None:
    html = """<a href="/a?x=1&amp;y=2#top">a</a> <a class=x href='b'>b</a> <a href="?q=1">q</a>
    <a href="//elsewhere.example/">x</a> <a href="https://elsewhere.example/">x</a> <a href="/static/x/y">x</a>"""
    assert links(html, "/here/there") == ["/a?x=1&y=2", "/here/b", "/here/there?q=1"]


@pytest.mark.plugins("stats", "webui")
async def test_pages_are_found_by_their_links_or_where_the_tester_says(program: Running) -> None:
    empty = {place.name: place for place in await places(program)}
    assert empty["leaderboard"].addresses == ("/leaderboards",)
    assert empty["map"].addresses == ()
    given = {place.name: place for place in await places(program, given={"map": ["/maps/supply"]})}
    assert given["map"].addresses == ("/maps/supply",)
    assert await places(program, ["stats"]) == []


@pytest.mark.plugins("stats", "webui")
async def test_readers_are_logged_in(program: Running) -> None:
    assert await cookies_of(program, "nobody") == {}
    assert len(await cookies_of(program, "admin")) == 2


@pytest.mark.browser
async def test_axe_finds_what_is_wrong_under_our_content_policy(browser: Browser) -> None:
    policy = {"Content-Security-Policy": "default-src 'self'"}

    async def answer(route: Route) -> None:
        body = GOOD.replace('alt=""', "").replace("/static/a.png", "/a.png")
        await route.fulfill(content_type="text/html", body=body, headers=policy)

    async with browser.view() as view:
        await view.page.route("http://kit.test/**", answer)
        await view.go("http://kit.test/")
        found = await axe.violations(view)
        assert any(each.startswith("axe image-alt (critical)") and "img" in each for each in found), found
        assert await axe.violations(view) == found


def test_a_missing_axe_says_where_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLOMIX_AXE", str(tmp_path / "axe.min.js"))
    assert axe.find_axe() is None
    axe.script.cache_clear()
    with pytest.raises(SlomixError, match="make vendor"):
        axe.script()
