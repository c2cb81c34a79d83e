"""A house with a third party's plugin in it, which uses every hook of the dashboard."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from slomix.testing.database import fresh_database, sources_for
from slomix.testing.running import Running, running
from slomix_stats.simulate import play_evening

PLUGINS = ("stats", "webui", "guest")
LOGIN = {"login": {"client_id": 1234567890, "client_secret": "of a test"}}


@pytest.fixture(scope="module")
def guest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The guest's plugin, installed as any other: by the metadata of a distribution."""
    site = tmp_path_factory.mktemp("site")
    info = site / "slomix_guest-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: slomix-guest\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[slomix]\nguest = slomix_guest:plugin\n")
    spec = importlib.util.spec_from_file_location("slomix_guest", Path(__file__).with_name("guest.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["slomix_guest"] = module
    spec.loader.exec_module(module)
    sys.path.insert(0, str(site))
    yield
    sys.path.remove(str(site))
    del sys.modules["slomix_guest"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(guest: None) -> AsyncIterator[Running]:
    with fresh_database(sources_for(("stats", "webui"))) as dsn:
        async with running(dsn, *PLUGINS, core={"web": LOGIN}) as program:
            for each in list(play_evening(seed=3))[:4]:
                await program.give(each.name, each.data)
            yield program
