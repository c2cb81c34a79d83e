"""The pytest plugin of the kit: `dsn`, `db`, `program`, `web`, `clock`, `shared`, the markers `plugins` and `shared`.

It is loaded in every pytest run of an environment that has Slomix, so it imports nothing heavy by itself.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from slomix.testing.clock import FixedClock

_DESELECTED = pytest.StashKey[int]()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "plugins(*names): plugins whose migrations are in the test's database")
    pytest.register_assert_rewrite("slomix.testing.contract")
    config.addinivalue_line("markers", "shared: needs the shared folder of real input; deselected where it is missing")
    if config.pluginmanager.hasplugin("asyncio"):
        config.pluginmanager.register(importlib.import_module("slomix.testing.fixtures"), "slomix-fixtures")
        config.pluginmanager.register(importlib.import_module("slomix.testing.web_fixtures"), "slomix-web")
        config.pluginmanager.register(importlib.import_module("slomix.testing.discord.fixtures"), "slomix-discord")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    needing = [item for item in items if item.get_closest_marker("shared")]
    folder = _shared_folder(config)
    if not needing or folder.is_dir():
        return
    if os.environ.get("CI", "").lower() == "true":
        raise pytest.UsageError(f"{len(needing)} tests need the shared folder and there is none at {folder}")
    config.hook.pytest_deselected(items=needing)
    config.stash[_DESELECTED] = len(needing)
    items[:] = [item for item in items if item not in needing]


def pytest_report_collectionfinish(config: pytest.Config) -> list[str]:
    count = config.stash.get(_DESELECTED, 0)
    return (
        [f"deselected {count} tests that need the shared folder: {_shared_folder(config)} is missing"] if count else []
    )


@pytest.fixture(scope="session")
def shared(pytestconfig: pytest.Config) -> Path:
    """The shared folder of real input. Mark the test with `shared`."""
    return _shared_folder(pytestconfig)


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A path for SLOMIX_DATA_DIR, for tests that start the embedded server themselves; see `private_data_dir`."""
    from slomix.testing.folders import private_data_dir

    with private_data_dir() as folder:
        yield folder


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands still until the test moves it."""
    from slomix.testing.clock import FixedClock

    return FixedClock()


def _shared_folder(config: pytest.Config) -> Path:
    from slomix.testing.shared import shared_folder

    return shared_folder(config.rootpath)
