"""The pytest plugin: `dsn`, `db`, `program`, `web`, `site`, `browser`, `clock`, `shared`, and the markers.

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

_DESELECTED = pytest.StashKey[list[str]]()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "plugins(*names): plugins whose migrations are in the test's database")
    pytest.register_assert_rewrite("slomix.testing.contract")
    config.addinivalue_line("markers", "shared: needs the shared folder of real input; deselected where it is missing")
    config.addinivalue_line("markers", "debian: needs PostgreSQL 15 and pgbouncer; deselected where they are missing")
    config.addinivalue_line("markers", "browser: needs Playwright and a Chromium; deselected where they are missing")
    if config.pluginmanager.hasplugin("asyncio"):
        config.pluginmanager.register(importlib.import_module("slomix.testing.fixtures"), "slomix-fixtures")
        config.pluginmanager.register(importlib.import_module("slomix.testing.web_fixtures"), "slomix-web")
        config.pluginmanager.register(importlib.import_module("slomix.testing.browser_fixtures"), "slomix-browser")
        config.pluginmanager.register(importlib.import_module("slomix.testing.discord.fixtures"), "slomix-discord")
        _plain_tracebacks()


def _plain_tracebacks() -> None:
    """Errors are logged without local variables, as `slomix.logs` does it: drawing those takes seconds."""
    import structlog

    if structlog.is_configured():
        return
    *others, _ = structlog.get_config()["processors"]
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*others, plain])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    told: list[str] = []
    for marker, missing in (
        ("shared", _no_shared_folder),
        ("debian", _no_debian_packages),
        ("browser", _no_browser),
    ):
        needing = [item for item in items if item.get_closest_marker(marker)]
        if not needing or (reason := missing(config)) is None:
            continue
        if os.environ.get("CI", "").lower() == "true":
            raise pytest.UsageError(f"{len(needing)} tests are marked {marker!r}: {reason}")
        config.hook.pytest_deselected(items=needing)
        told.append(f"deselected {len(needing)} tests marked {marker!r}: {reason}")
        items[:] = [item for item in items if item not in needing]
    config.stash[_DESELECTED] = told


def pytest_report_collectionfinish(config: pytest.Config) -> list[str]:
    return config.stash.get(_DESELECTED, [])


def _no_shared_folder(config: pytest.Config) -> str | None:
    """Why tests with real input can not run here."""
    folder = _shared_folder(config)
    return None if folder.is_dir() else f"the shared folder is missing, there is none at {folder}"


def _no_debian_packages(config: pytest.Config) -> str | None:
    """Why tests with PostgreSQL 15 and pgbouncer can not run here."""
    from slomix.testing.cluster import binaries_of, pgbouncer_program

    missing = [] if binaries_of(15) else ["postgresql-15"]
    missing += [] if pgbouncer_program() else ["pgbouncer"]
    return f"not installed: {', '.join(missing)} (Debian's packages)" if missing else None


def _no_browser(config: pytest.Config) -> str | None:
    """Why tests with a browser can not run here."""
    from importlib.util import find_spec

    from slomix.testing.chromium import find_chromium

    missing = [] if find_chromium() else ["a Chromium (Debian: chromium)"]
    missing += [] if find_spec("playwright") else ["the Python package playwright"]
    return f"not installed: {', '.join(missing)}" if missing else None


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
