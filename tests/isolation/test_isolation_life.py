"""One broken plugin beside a healthy one, the whole program on a real database: the rest runs, the reason is told."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from slomix.errors import NotHealthy

from .conftest import HEALTHY, Home, Install

Slomix = Callable[..., subprocess.CompletedProcess[str]]


def hook(name: str, text: str) -> str:
    """A plugin with this text in its class."""
    return f"class P(Plugin):\n    name = {name!r}\n{text}\n"


STARTUP = "    @hookimpl\n    async def startup(self, ctx):\n        {}"

#: Name of the case to (module, requirement, migrations, state, words of the reason).
BROKEN: dict[str, tuple[str, str, dict[str, tuple[str, str]] | None, str, str]] = {
    "import error": ("import nowhere_at_all", "slomix", None, "failed", "import: ModuleNotFoundError"),
    "exit at import": ("raise SystemExit(3)", "slomix", None, "failed", "import: SystemExit: 3"),
    "wrong core": ("raise AssertionError", "slomix>=99", None, "incompatible", "needs slomix >=99"),
    "misspelt hook": (
        hook("broken", "    @hookimpl\n    def register_route(self, ctx):\n        return ()"),
        "slomix",
        None,
        "failed",
        "did you mean register_routes?",
    ),
    "wrong attribute": (hook("broken", "    requires = 5"), "slomix", None, "failed", "requires must be a tuple"),
    "bad record": (
        hook("broken", "    @hookimpl\n    def register_jobs(self, ctx):\n        yield Job(name=7, run=None)"),
        "slomix",
        None,
        "failed",
        "Job.name must be a name",
    ),
    "records without end": (
        hook(
            "broken",
            "    @hookimpl\n    def register_jobs(self, ctx):\n"
            "        while True:\n            yield Job(name='a', run=print)",
        ),
        "slomix",
        None,
        "failed",
        "more than 500 records",
    ),
    "failing migration": (
        hook("broken", ""),
        "slomix",
        {"0001.wrong": ("create table broken.t (x int); select 1 / 0;", "drop table broken.t;")},
        "failed",
        "division by zero",
    ),
    "failing startup": (hook("broken", STARTUP.format("raise SystemExit(5)")), "slomix", None, "failed", "SystemExit"),
    "clash of jobs": (
        hook(
            "broken",
            "    @hookimpl\n    def register_jobs(self, ctx):\n        yield Job(name='healthy.work', run=print)",
        ),
        "slomix",
        None,
        "failed",
        "the job 'healthy.work' is declared by the plugin 'healthy' already",
    ),
    "claim of the root": (
        hook(
            "broken",
            "    @hookimpl\n    def register_routes(self, ctx):\n"
            "        yield Page(path='/', endpoint=print, name='x', root=True)",
        ),
        "slomix",
        None,
        "degraded",
        "only the plugin 'webui' may have pages at '/'",
    ),
    "clash of routes": (
        hook(
            "broken",
            "    @hookimpl\n    def register_routes(self, ctx):\n"
            "        for name in 'ab':\n            yield Page(path='/x', endpoint=print, name=name)",
        ),
        "slomix",
        None,
        "degraded",
        "its route '/x' was left out: another route of the plugin answers there already",
    ),
    "clash of commands": (
        HEALTHY.replace('"healthy"', '"broken"', 2).replace("healthy.work", "broken.work"),
        "slomix",
        None,
        "degraded",
        "its Discord commands are missing: plugin broken",
    ),
}


@pytest.fixture(params=BROKEN, ids=lambda name: name.replace(" ", "_"))
def case(request: pytest.FixtureRequest, install: Install) -> tuple[str, str]:
    """Installs the healthy plugin and a broken one; answers the state and the words of the reason."""
    body, requires, migrations, state, reason = BROKEN[request.param]
    install("healthy", HEALTHY)
    install("broken", body, requires=requires, migrations=migrations)
    return state, reason


async def test_the_rest_runs_and_the_reason_is_told_everywhere(
    case: tuple[str, str], home: Home, slomix: Slomix, tmp_path: Path
) -> None:
    state, words = case
    (tmp_path / "plugins.toml").write_text("[plugins]\nhealthy = true\nbroken = true\n")
    async with home("healthy", "broken") as house:
        await house.ready()
        assert house.state("healthy") == ("running", "")
        found, reason = house.state("broken")
        assert (found, words in reason) == (state, True), reason
        assert "\n" not in reason
        assert len(reason) < 500

        assert (await house.web.get("/healthy/")).text == "well"
        await house.job("healthy.work", n=1)
        await house.publish(sys.modules["slomix_healthy"].Waved(whom="you"))
        done: list[Any] = sys.modules["slomix_healthy"].P.done
        async with asyncio.timeout(60):
            while set(done) != {1, "you"}:
                await asyncio.sleep(0.02)
        assert (await house.fake.person.slash("healthy say")).content == "well"

        shown = {row["name"]: row for row in (await house.web.get("/-/plugins.json")).json()}
        assert (shown["broken"]["state"], shown["broken"]["reason"]) == (state, reason)
        answer = await house.fake.person.slash("slomix plugins")
        assert answer.ephemeral
        fields = {field["name"]: field["value"] for field in answer.embeds[0]["fields"]}
        assert any("broken" in name and reason[:900] in value for name, value in fields.items())
        told = [entry for entry in house.logs if entry["log_level"] != "debug" and words in str(entry)]
        assert [(entry["plugin"], entry["reason"]) for entry in told] == [("broken", reason)]
        listed = {row["name"]: row for row in json.loads(slomix("plugins", "--json").stdout)}
        assert (listed["broken"]["state"], listed["broken"]["reason"]) == (state, reason)
        assert listed["healthy"]["state"] == "running"


async def test_strict_refuses(home: Home, install: Install) -> None:
    install("healthy", HEALTHY)
    install("broken", "raise SystemExit(3)")
    with pytest.raises(NotHealthy, match="broken is failed: import: SystemExit: 3") as refused:
        async with home("healthy", "broken", strict=True):
            pass
    assert refused.value.exit_code == 3


async def test_a_failing_migration_refuses_under_strict(home: Home, install: Install) -> None:
    install("broken", hook("broken", ""), migrations={"0001.wrong": ("select 1 / 0;", "select 1;")})
    with pytest.raises(NotHealthy, match="broken is failed: its migration failed"):
        async with home("broken", strict=True):
            pass


async def test_a_hang_at_startup_costs_its_limit_and_nothing_else(home: Home, install: Install) -> None:
    install("healthy", HEALTHY)
    install("broken", hook("broken", STARTUP.format("await asyncio.sleep(3600)")))
    async with home("broken", "healthy") as house:
        assert house.state("broken")[0] == "failed"
        assert "startup: TimeoutError: took longer than 10 s" in house.state("broken")[1]
        assert (await house.web.get("/healthy/")).text == "well"


async def test_who_requires_a_broken_plugin_is_blocked_with_the_way_out(home: Home, install: Install) -> None:
    install("broken", hook("broken", STARTUP.format("raise ValueError(1)")))
    install("needy", hook("needy", "    requires = ('broken',)"))
    async with home("broken", "needy") as house:
        assert house.state("needy") == ("blocked", "needs broken, which is failed; mend broken first")
