"""The dashboard as somebody sees it who means no good: what is kept for all, where answers lead, what names can do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
import pytest_asyncio

from slomix.testing.database import fresh_database, sources_for
from slomix.testing.running import Running, running
from slomix.testing.web import ORIGIN

pytestmark = pytest.mark.asyncio(loop_scope="module")

PLUGINS = ("stats", "webui")
EVIL = "evil.example"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def keeping() -> AsyncIterator[Running]:
    """A program that keeps answers: it does so once it hears of changes."""
    with fresh_database(sources_for(PLUGINS)) as dsn:
        async with running(dsn, *PLUGINS) as program:
            feed = asyncio.create_task(program.runtime.bus.live.run())
            await program.runtime.bus.live.started()
            await program.play()
            yield program
            feed.cancel()
            with suppress(asyncio.CancelledError):
                await feed


async def test_a_made_up_host_is_told_to_nobody_else(keeping: Running) -> None:
    """Neither the picture of previews nor the example of the API names the host that somebody else asked for"""
    session = (await keeping.web.get("/stats/api/v1/sessions")).json()["sessions"][0]["session_id"]
    for address in ("/", f"/sessions/{session}", "/docs/get_home_json"):
        poisoned = await keeping.web.get(address, headers={"Host": EVIL})
        assert poisoned.status_code == 200
        for _ in range(2):
            assert EVIL not in (await keeping.web.get(address)).text, address
    kept = keeping.app.state.answers.counts.kept
    await keeping.web.get("/")
    assert keeping.app.state.answers.counts.kept == kept + 1


@pytest.mark.parametrize("host", ["a'b", 'a"><script>', "a b", "a/b", "a@b", "a?b", "x" * 300, "a:b", "[::1", ""])
async def test_a_host_that_is_none_is_repeated_nowhere(keeping: Running, host: str) -> None:
    page = await keeping.web.get("/docs/get_home_json", headers={"Host": host})
    assert "curl '/home.json'" in page.text.replace("&#39;", "'")
    assert "og:image" not in page.text


async def test_cookies_and_queries_of_others_are_not_kept_for_all(keeping: Running) -> None:
    """A page differs by the cookies that it reads, so those who have none are shown none of it"""
    marked = await keeping.web.get("/leaderboards", headers={"Cookie": "slomix_theme=contrast; slomix_seen=1; x=evil"})
    assert 'data-theme="contrast"' in marked.text
    plain = await keeping.web.get("/leaderboards")
    assert 'data-theme="auto"' in plain.text
    assert "evil" not in plain.text
    await keeping.web.get("/leaderboards?period=all&back=//evil.example")
    assert EVIL not in (await keeping.web.get("/leaderboards?period=all")).text


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)",
             "/%0d%0aSet-Cookie: x", "/\r\nX-Evil: 1", "///evil.example", "/\t/evil.example", " //evil.example",
             "@evil"],
)  # fmt: skip
async def test_no_form_leads_elsewhere(keeping: Running, back: str) -> None:
    for address in ("/preferences", "/me/news/seen"):
        answer = await keeping.web.post(address, data={"theme": "dark", "back": back})
        where = answer.headers["location"]
        assert where.startswith("/"), where
        assert not where.startswith(("//", "/\\")), where
        assert "x-evil" not in answer.headers
        assert "\r" not in where
        assert "\t" not in where


async def test_pages_of_other_sites_change_nothing(keeping: Running) -> None:
    foreign = ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": f"https://{EVIL}"},
               {"Origin": "null"})  # fmt: skip
    for headers in foreign:
        for address in ("/preferences", "/me/news/seen"):
            answer = await keeping.web.post(address, data={"theme": "dark"}, headers=headers)
            assert answer.status_code == 403, (address, headers)
            assert "set-cookie" not in answer.headers


async def test_a_redirect_of_a_page_stays_here(keeping: Running) -> None:
    for address in (
        f"{ORIGIN}//evil.example/players",
        "/players//evil.example",
        "/%2f%2fevil.example",
        "/\\evil.example",
    ):
        answer = await keeping.web.get(address)
        assert answer.status_code in (307, 308, 404), address
        assert not answer.headers.get("location", "/").startswith(("//", "http://evil", "https://evil")), address


async def test_a_refusal_tells_no_detail(keeping: Running) -> None:
    for address in ("/leaderboards?metric=%00", "/players/%00", "/nothing", "/leaderboards?min_rounds=" + "9" * 400):
        answer = await keeping.web.get(address)
        assert answer.status_code in (400, 404), (address, answer.status_code)
        for word in ("Traceback", "asyncpg", 'File "', "from stats.", "slomix_webui."):
            assert word not in answer.text, (address, word)


async def test_a_file_to_save_has_no_name_of_others(keeping: Running) -> None:
    answer = await keeping.web.get('/leaderboards.csv?table=a"%0d%0aX-Evil:1')
    assert answer.status_code == 404
    assert "x-evil" not in answer.headers
    good = await keeping.web.get("/leaderboards.csv")
    assert good.headers["content-disposition"] == 'attachment; filename="slomix-leaderboard-places.csv"'
