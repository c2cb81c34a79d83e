"""The test kit's own promises: a fresh database per test, plugins by marker, the shared folder."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from slomix.storage.database import Database
from slomix.testing.clock import FixedClock
from slomix.testing.database import fresh_database, plugin_migrations, sources_for
from slomix.testing.shared import shared_folder

pytest_plugins = ["pytester"]


@pytest.mark.parametrize("turn", [1, 2])
async def test_no_test_sees_what_another_wrote(db: Database, turn: int) -> None:
    assert await db.fetchval("select count(*) from slomix.server") == 0
    await db.execute("insert into slomix.server (id, name) values ('a', 'a')")
    assert await db.fetchval("select to_regclass('stats.player_round')") is None, turn


@pytest.mark.plugins("stats")
async def test_the_marker_brings_a_plugins_tables(db: Database) -> None:
    assert await db.fetchval("select count(*) from pg_namespace where nspname = 'stats'") == 1


async def test_a_fresh_database_is_dropped_with_its_users() -> None:
    with fresh_database(sources_for(())) as dsn:
        connection = await asyncpg.connect(dsn)
        name = await connection.fetchval("select current_database()")
    watching = await asyncpg.connect(dsn.replace(f"/{name}?", "/slomix?"))
    async with asyncio.timeout(60):
        while await watching.fetchval("select true from pg_database where datname = $1", name):
            await asyncio.sleep(0.01)
    await watching.close()
    connection.terminate()


def test_a_plugin_that_is_not_installed() -> None:
    with pytest.raises(LookupError, match="nonsense"):
        plugin_migrations("nonsense")


def test_the_clock_moves_when_told(clock: FixedClock) -> None:
    assert clock.now() == clock.now() == datetime(2026, 1, 2, 20, tzinfo=UTC)
    clock.advance(timedelta(minutes=5))
    assert clock.now() == datetime(2026, 1, 2, 20, 5, tzinfo=UTC)


def test_the_shared_folder_is_beside_the_checkout(tmp_path: Path) -> None:
    (tmp_path / "slomix" / "plugins" / "x").mkdir(parents=True)
    (tmp_path / "slomix" / "plugins.toml").touch()
    assert shared_folder(tmp_path / "slomix" / "plugins" / "x", {}) == tmp_path / "shared"
    assert shared_folder(tmp_path, {"SLOMIX_SHARED": "/elsewhere"}) == Path("/elsewhere")


SAMPLE = """
import pytest

@pytest.mark.shared
def test_needs(shared):
    assert shared.is_dir()

def test_other():
    pass
"""


def test_tests_that_need_it_are_deselected_with_a_line(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytester.makepyfile(SAMPLE)
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv("SLOMIX_SHARED", str(pytester.path / "missing"))
    result = pytester.runpytest_inprocess()
    result.assert_outcomes(passed=1, deselected=1)
    result.stdout.fnmatch_lines(["deselected 1 tests marked 'shared': the shared folder is missing, *missing"])
    monkeypatch.setenv("CI", "true")
    failed = pytester.runpytest_inprocess()
    assert failed.ret == pytest.ExitCode.USAGE_ERROR
    monkeypatch.setenv("SLOMIX_SHARED", str(pytester.path))
    pytester.runpytest_inprocess().assert_outcomes(passed=2)
