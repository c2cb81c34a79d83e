"""A house for web tests: core's application around records that a test writes down."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from starlette.applications import Starlette

from slomix.bus import Bus, LiveFeed
from slomix.clock import SystemClock
from slomix.host.state import PluginState
from slomix.jobs.queue import JobQueue
from slomix.people.service import PeopleService, Takers
from slomix.settings import CoreSettings, DatabaseSettings, IngestSettings, Settings
from slomix.storage.database import Connection, Database
from slomix.testing.clock import FixedClock
from slomix.web.app import build_app

MAX_UPLOAD = 200_000


@dataclass(frozen=True)
class Given:
    """A record and the plugin that declares it."""

    plugin: str
    record: Any


@dataclass
class Declared:
    """The host's face towards the web role, for plugins that only exist in a test."""

    given: list[Given] = field(default_factory=list)
    states: dict[str, PluginState] = field(default_factory=dict)
    loaded: tuple[Any, ...] = ()

    def records(self, kind: type[Any]) -> list[Given]:
        return [given for given in self.given if isinstance(given.record, kind)]

    def degrade(self, name: str, reason: str) -> None:
        self.states[name] = PluginState(name=name, state="degraded", reason=reason)


@dataclass
class House:
    settings: Settings
    db: Database
    host: Declared
    bus: Bus
    clock: FixedClock
    people: PeopleService
    bot_off: str = "no bot token; put one into SLOMIX_DISCORD__TOKEN"


def house_on(db: Database, folder: Path) -> House:
    core = CoreSettings(data_dir=folder, ingest=IngestSettings(max_upload_bytes=MAX_UPLOAD))
    settings = Settings(core=core, plugins={}, plugin_sections={}, file=None)
    bus, clock = Bus(JobQueue(SystemClock()), SystemClock(), LiveFeed(db)), FixedClock()
    people = PeopleService(db, bus, clock, None, lambda: Takers((), {}, _settle_nothing))
    return House(settings, db, Declared(), bus, clock, people)


async def _settle_nothing(tx: Connection, sessions: Sequence[str]) -> None:
    """Nobody plays here."""


@pytest.fixture
def house(db: Database, tmp_path: Path) -> House:
    """A house on a real, empty database."""
    return house_on(db, tmp_path)


@pytest_asyncio.fixture
async def live(house: House) -> AsyncIterator[Bus]:
    """The house's bus while its live feed runs."""
    feed = asyncio.create_task(house.bus.live.run())
    await house.bus.live.started()
    yield house.bus
    feed.cancel()
    await asyncio.gather(feed, return_exceptions=True)


@pytest.fixture
def without_database(tmp_path: Path) -> House:
    """A house whose database was never opened: every statement raises `DatabaseUnavailable`."""
    return house_on(Database(DatabaseSettings(), "postgresql://127.0.0.1:1/none"), tmp_path)


@pytest.fixture
def app_of(without_database: House) -> Callable[..., Starlette]:
    """`app_of(("plugin", record), …)` is core's application with these records, for tests that need no database."""

    def build(*given: tuple[str, Any]) -> Starlette:
        without_database.host.given = [Given(plugin, record) for plugin, record in given]
        return build_app(without_database, pipeline=None)  # type: ignore[arg-type]

    return build
