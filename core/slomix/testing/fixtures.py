"""The fixtures that need a database. Registered by `slomix.testing.plugin` where pytest-asyncio is installed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

if TYPE_CHECKING:
    from slomix.storage.database import Database
    from slomix.testing.contract.house import House


@pytest.fixture
def dsn(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a fresh database with the core's migrations and those of `@pytest.mark.plugins("stats", …)`."""
    from slomix.testing.database import fresh_database, sources_for

    marker = request.node.get_closest_marker("plugins")
    with fresh_database(sources_for(marker.args if marker else ())) as address:
        yield address


@pytest_asyncio.fixture
async def db(dsn: str) -> AsyncIterator[Database]:
    """A `Database` on a fresh database; see `dsn`."""
    from slomix.settings import DatabaseSettings
    from slomix.storage.database import Database

    database = await Database.open(DatabaseSettings(), dsn)
    try:
        yield database
    finally:
        await database.close()


@pytest_asyncio.fixture(scope="class", loop_scope="class")
async def seen_house(request: pytest.FixtureRequest) -> AsyncIterator[House]:
    """A running program for those checks of a `PluginContract` that only look at it; the others have `house`."""
    from slomix.testing.contract.house import open_house
    from slomix.testing.contract.subject import subject_of
    from slomix.testing.database import fresh_database, sources_for

    told = request.cls
    subject = subject_of(told.plugin)
    with fresh_database(sources_for(subject.everyone)) as dsn:
        async with open_house(subject, dsn, settings=told.settings, samples=told.samples) as house:
            yield house
