"""What holds for every page over HTTP: sent once, swapped whole, led on from, quiet about other sites."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from slomix.testing.database import fresh_database, sources_for
from slomix.testing.running import Running, running
from slomix_stats.simulate import play_evening

pytestmark = pytest.mark.asyncio(loop_scope="module")

PLUGINS = ("stats", "webui")
ADDRESSES = ("/", "/sessions", "/players", "/leaderboards", "/records", "/maps", "/form", "/numbers", "/search?q=a")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def played() -> AsyncIterator[Running]:
    """A simulated evening."""
    with fresh_database(sources_for(PLUGINS)) as dsn:
        async with running(dsn, *PLUGINS) as house:
            for each in play_evening(seed=3):
                await house.give(each.name, each.data)
            yield house


@pytest.mark.parametrize("address", ADDRESSES)
async def test_a_page_is_not_sent_twice(played: Running, address: str) -> None:
    first = await played.web.get(address)
    assert first.status_code == 200
    again = await played.web.get(address, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("address", ADDRESSES)
async def test_the_live_part_is_what_main_holds(played: Running, address: str) -> None:
    whole = (await played.web.get(address)).text
    part = (await played.web.get(address + ("&" if "?" in address else "?") + "part=main")).text
    inside = re.search(r"<main[^>]*>(.*)</main>", whole, re.DOTALL)
    assert inside
    assert part.strip() == inside[1].strip()


async def test_unknown_things_are_a_page_that_leads_on(played: Running) -> None:
    for address in ("/sessions/s0", "/matches/m0", "/rounds/%3Cb%3E", "/players/nobody", "/maps/nowhere"):
        answer = await played.web.get(address)
        assert answer.status_code == 404, address
        assert answer.text.count("<h1") == 1
        assert re.search(r'<main.*<a href="/\w+">', answer.text, re.DOTALL)
        assert "<b>" not in answer.text.partition("<main")[2]


async def test_a_page_asks_no_other_site(played: Running) -> None:
    answer = await played.web.get("/")
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert not re.search(r"(href|src)=\"(https?:)?//", answer.text)


async def test_the_empty_house_says_what_to_do() -> None:
    with fresh_database(sources_for(PLUGINS)) as dsn:
        async with running(dsn, *PLUGINS) as empty:
            home = (await empty.web.get("/")).text
            assert "No round yet" in home
            assert "SLOMIX_INGEST__FOLDERS" in home
            assert 'data-live="*"' in home
            assert "No places to show" in (await empty.web.get("/leaderboards")).text
