"""A house for web tests: core's application around records that a test writes down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from slomix.bus import LiveFeed
from slomix.host.state import PluginState
from slomix.settings import CoreSettings, Settings
from slomix.storage.database import Database
from slomix.web.app import build_app
from starlette.applications import Starlette


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

    def records(self, kind: type[Any]) -> list[Given]:
        return [given for given in self.given if isinstance(given.record, kind)]

    def degrade(self, name: str, reason: str) -> None:
        self.states[name] = PluginState(name=name, state="degraded", reason=reason)


@dataclass
class Feeds:
    live: LiveFeed


@dataclass
class House:
    settings: Settings
    db: Database
    host: Declared
    bus: Feeds


def settings_in(folder: Path) -> Settings:
    return Settings(core=CoreSettings(data_dir=folder), plugins={}, plugin_sections={}, file=None)


@pytest.fixture
def without_database(tmp_path: Path) -> House:
    """A house whose database was never opened: every statement raises `DatabaseUnavailable`."""
    settings = settings_in(tmp_path)
    db = Database(settings.core.database, "postgresql://127.0.0.1:1/none")
    return House(settings, db, Declared(), Feeds(LiveFeed(db)))


@pytest.fixture
def app_of(without_database: House) -> Callable[..., Starlette]:
    """`app_of(("plugin", record), …)` is core's application with these records, for tests that need no database."""

    def build(*given: tuple[str, Any]) -> Starlette:
        without_database.host.given = [Given(plugin, record) for plugin, record in given]
        return build_app(without_database, pipeline=None)  # type: ignore[arg-type]

    return build
