"""The whole program on every PostgreSQL that is here, and through a pooler."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from slomix.contrib import Parser
from slomix.errors import MigrationError, SettingsError
from slomix.ingest.pipeline import Pipeline
from slomix.runtime import Runtime, open_runtime
from slomix.settings import CoreSettings, DatabaseSettings, DiscordSettings, Settings
from slomix.storage.migrate import migrate
from slomix.testing.cluster import Cluster, cluster, pgbouncer
from slomix.testing.database import sources_for
from slomix.testing.web import client_of
from slomix.web.app import build_app

PLUGINS = ("stats", "webui")
ROUNDS = 8


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    (point,) = entry_points(group="slomix", name="stats")
    (simulator,) = point.load().register_simulators(None)
    return list(simulator.run(tmp_path_factory.mktemp("gamestats"), seed=5, rounds=ROUNDS))


@pytest.fixture(scope="module", params=[pytest.param(15, marks=pytest.mark.debian), 16, 18])
def server(request: pytest.FixtureRequest) -> Iterator[Cluster]:
    with cluster(major=request.param) as running:
        yield running


def settings_of(folder: Path, **database: object) -> Settings:
    core = CoreSettings(
        strict=True,
        data_dir=folder,
        database=DatabaseSettings.model_validate(database),
        # with a channel every fresh round is asked to be posted, which is a durable delivery
        discord=DiscordSettings(channel=1, post_max_age=10**8),
    )
    return Settings(core=core, plugins=dict.fromkeys(PLUGINS, True), plugin_sections={}, file=None)


async def import_and_look(runtime: Runtime, files: list[Path]) -> None:
    """Import, deliver, and read pages and JSON, all at once."""
    parsers = runtime.host.records(Parser)
    pipeline = Pipeline(runtime.db, parsers, runtime.bus, runtime.clock, runtime.settings.core)
    working = asyncio.create_task(runtime.worker.run())
    try:
        async with client_of(build_app(runtime, pipeline)) as web:
            for file in files:
                taken, page = await asyncio.gather(
                    pipeline.offer(file.name, file.read_bytes(), source="test"), web.get("/")
                )
                assert taken.outcome == "imported"
                assert page.status_code == 200
            pages = await asyncio.gather(*(web.get(path) for path in ("/", "/sessions", "/players") for _ in range(8)))
            assert {page.status_code for page in pages} == {200}
            (session,) = (await web.get("/stats/api/v1/sessions")).json()["sessions"]
            assert session["rounds"] == ROUNDS
        async with asyncio.timeout(60):
            while await runtime.db.fetchval("select count(*) from slomix.post") < ROUNDS:
                await asyncio.sleep(0.05)
            while await runtime.db.fetchval("select count(*) from slomix.pgqueuer where execute_after <= now()"):
                await asyncio.sleep(0.05)
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)


async def test_every_version(server: Cluster, files: list[Path], tmp_path: Path) -> None:
    settings = settings_of(tmp_path, url=server.dsn)
    with pytest.raises(MigrationError, match="run `slomix migrate`"):
        async with open_runtime(settings, role="web"):
            pass
    outcomes = await migrate(server.dsn, sources_for(PLUGINS))
    assert [outcome.error for outcome in outcomes] == [None] * len(outcomes)
    async with open_runtime(settings, role="all") as runtime:
        await import_and_look(runtime, files)


@pytest.mark.debian
async def test_through_a_pooler_in_transaction_mode(files: list[Path], tmp_path: Path) -> None:
    with cluster() as server, pgbouncer(server, pool_size=3) as pooled:
        settings = settings_of(tmp_path, url=pooled, pooled=True, direct_url=server.dsn)
        async with open_runtime(settings, role="all") as runtime:
            live = asyncio.create_task(runtime.run_live())
            await runtime.bus.live.started()
            heard = asyncio.create_task(anext(runtime.bus.live.subscribe()))
            await import_and_look(runtime, files)
            await asyncio.wait_for(heard, 60)
            live.cancel()
            await asyncio.gather(live, return_exceptions=True)


async def test_a_pooler_without_a_way_around_it_is_refused(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, url="postgresql://slomix@/slomix?host=/nowhere", pooled=True)
    with pytest.raises(SettingsError, match=r"slomix\.database\.direct_url"):
        async with open_runtime(settings, role="web"):
            pass
