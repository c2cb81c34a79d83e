"""The fixtures `program` and `web`. Registered by `slomix.testing.plugin` where pytest-asyncio is installed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

if TYPE_CHECKING:
    import httpx2

    from slomix.testing.running import Running


@pytest_asyncio.fixture
async def program(request: pytest.FixtureRequest, dsn: str) -> AsyncIterator[Running]:
    """The whole program with the plugins of `@pytest.mark.plugins("stats", …)` on the database of `dsn`."""
    from slomix.testing.running import running

    marker = request.node.get_closest_marker("plugins")
    async with running(dsn, *(marker.args if marker else ())) as parts:
        yield parts


@pytest.fixture
def web(program: Running) -> httpx2.AsyncClient:
    """An in-process client: `await web.get("/hello/")`. Redirects are not followed."""
    return program.web
