"""The fixtures `chromium_address`, `browser`, `seen_browser` and `site`. Registered by `slomix.testing.plugin`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

if TYPE_CHECKING:
    from slomix.testing.browser import Browser, Site
    from slomix.testing.running import Running


@pytest.fixture(scope="session")
def chromium_address() -> Iterator[str]:
    """Where the one browser of this test process listens. It starts with the first test that asks for it."""
    from slomix.testing.chromium import chromium

    with chromium() as address:
        yield address


@pytest_asyncio.fixture
async def browser(chromium_address: str) -> AsyncIterator[Browser]:
    """A real browser: `async with browser.view(site.url + "/") as view`. Mark the test with `browser`."""
    from slomix.testing.browser import connected

    async with connected(chromium_address) as found:
        yield found


@pytest_asyncio.fixture(scope="class", loop_scope="class")
async def seen_browser(chromium_address: str) -> AsyncIterator[Browser]:
    """The same for all tests of a class that share a loop (`asyncio(loop_scope="class")`)."""
    from slomix.testing.browser import connected

    async with connected(chromium_address) as found:
        yield found


@pytest_asyncio.fixture
async def site(program: Running) -> AsyncIterator[Site]:
    """`program`, served for a browser."""
    from slomix.testing.browser import Site
    from slomix.testing.web import serving

    async with serving(program.app) as url:
        yield Site(program, url)
