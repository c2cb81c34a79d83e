"""Checks: it is installed properly, imports quickly, loads alone and with others, and stops clean."""

from __future__ import annotations

import asyncio
import inspect
import json
import subprocess
import sys
from functools import cache
from typing import Any

import pytest

from slomix import contrib
from slomix.host.loader import hook_problem, implemented
from slomix.testing.contract.base import LOOKS, ContractBase
from slomix.testing.contract.house import House, open_house, quiet
from slomix.testing.contract.subject import Subject
from slomix.testing.contract.tiers import tier

IMPORT_MS = 300
TRIES = 5
HEAVY = ("discord", "yoyo", "psycopg")
#: Records with a summary, and records whose name is known beside those of other plugins.
DESCRIBED: tuple[type[Any], ...] = (contrib.Api, contrib.Export, contrib.Simulator, contrib.Capability)
NAMED: tuple[type[Any], ...] = (contrib.Job, contrib.Post, contrib.Capability)
CONNECTIONS = """
select count(*) from pg_catalog.pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
"""
#: What the host has imported anyway when it comes to plugins.
IMPORT = """
import importlib.metadata, json, sys, time
import slomix.context, slomix.contrib, slomix.errors, slomix.events, slomix.host.host, slomix.plugin, slomix.settings
(point,) = [p for p in importlib.metadata.entry_points(group="slomix") if p.name == sys.argv[1]]
before = set(sys.modules)
began = time.perf_counter()
point.load()
took = (time.perf_counter() - began) * 1000
print(json.dumps({"ms": took, "new": sorted(set(sys.modules) - before)}))
"""


@cache
def imported(name: str, turn: int = 0) -> dict[str, Any]:
    """How long importing a plugin takes in a fresh interpreter (ms) and which modules are new then."""
    command = [sys.executable, "-c", IMPORT, name]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own code
    assert done.returncode == 0, f"it can not be imported: {done.stderr.strip().splitlines()[-1:]}"
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


class LoadingChecks(ContractBase):
    """Bronze: it loads."""

    @tier("bronze")
    def test_it_is_installed_with_a_range_of_versions(self, subject: Subject) -> None:
        """Its distribution says which versions of slomix it is for"""
        assert subject.found.clash == "", f"{subject.found.clash} offers the same plugin; uninstall one of them"
        told = subject.found.needs
        ranged = any("<" in needs or "==" in needs or "~=" in needs for needs in told)
        example = "such as slomix>=0.1,<0.2"
        assert ranged, f"{subject.found.distribution} must depend on a range of slomix, {example}; it says {told}"

    @tier("bronze")
    def test_it_imports_in_time(self, subject: Subject) -> None:
        """Importing it takes less than 300 ms"""
        took = float("inf")
        for turn in range(TRIES):
            took = min(took, imported(subject.name, turn)["ms"])
            if took < IMPORT_MS:
                return
        pytest.fail(f"importing takes {took:.0f} ms; import what is heavy inside the hooks that need it")

    @tier("bronze")
    def test_it_imports_nothing_heavy(self, subject: Subject) -> None:
        """Importing it does not import discord, yoyo or psycopg"""
        found = [name for name in HEAVY if name in imported(subject.name)["new"]]
        assert not found, f"it imports {', '.join(found)}; import them inside the functions that need them"

    @tier("bronze")
    def test_its_hooks_are_known(self, subject: Subject) -> None:
        """Hooks have the right names, one argument `ctx`, and the mark @hookimpl"""
        assert hook_problem(type(subject.plugin)) == ""
        assert implemented(subject.plugin), "it implements no hook; mark methods with @hookimpl"
        for attribute in ("requires", "after"):
            value = getattr(subject.plugin, attribute)
            assert isinstance(value, tuple), f"{attribute} must be a tuple of names, not {value!r}"

    @tier("bronze")
    @LOOKS
    async def test_it_runs(self, seen_house: House) -> None:
        """It runs beside what it needs, with nothing degraded"""
        state = seen_house.program.runtime.host.states[seen_house.subject.name]
        assert state.state == "running", f"it is {state.state}: {state.reason}"

    @tier("bronze")
    async def test_it_runs_without_what_is_optional(self, subject: Subject, house_dsn: str) -> None:
        """It runs when a plugin of its `after` is absent"""
        for other in subject.optional:
            async with open_house(subject, house_dsn, settings=self.settings, samples={}, without=other) as house:
                state = house.program.runtime.host.states[subject.name]
                assert state.state == "running", f"without {other} it is {state.state}: {state.reason}"

    @tier("bronze")
    async def test_its_records_are_described(self, house: House) -> None:
        """Records have summaries, and names that can be told from those of others"""
        host = house.program.runtime.host
        host.declare(("register_cli", "register_simulators"))
        nameless = [
            f"{type(record).__name__} {_called(record)}"
            for kind in DESCRIBED
            for record in house.records(kind)
            if not record.summary.strip()
        ]
        nameless += [c.command.name or "?" for c in house.records(contrib.CliCommand) if not c.command.help]
        assert not nameless, f"these have no summary: {', '.join(nameless)}"
        own = f"{house.subject.name}."
        for kind in NAMED:
            for record in house.records(kind):
                assert record.name.startswith(own), f"{kind.__name__} {record.name!r} must begin with {own!r}"

    @tier("bronze")
    @LOOKS
    async def test_its_services_keep_their_promise(self, seen_house: House) -> None:
        """Services have every method of their protocol"""
        for service in seen_house.records(contrib.Service):
            promised = {name for name, _ in inspect.getmembers(service.protocol, inspect.isfunction) if name[0] != "_"}
            lacking = sorted(name for name in promised if not callable(getattr(service.implementation, name, None)))
            assert not lacking, f"{service.protocol.__qualname__}: {', '.join(lacking)} missing"

    @tier("bronze")
    async def test_it_leaves_nothing_behind(self, subject: Subject, house_dsn: str) -> None:
        """After shutdown no task and no connection is left, and it starts again"""
        for _ in range(2):
            before = asyncio.all_tasks()
            async with open_house(subject, house_dsn, settings=self.settings, samples={}) as house:
                await house.program.play()
                await house.program.settle()

            async def is_alone() -> bool:
                return not (asyncio.all_tasks() - before)  # noqa: B023 - asked within this turn

            alone = await quiet(is_alone)
            assert alone, f"tasks are left: {sorted(t.get_name() for t in asyncio.all_tasks() - before)}"

            async def is_free() -> bool:
                return not (await house.execute(CONNECTIONS))[0][0]

            assert await quiet(is_free), "a connection to the database is left; open none yourself, use ctx.db"


def _called(record: Any) -> str:
    return str(getattr(record, "name", None) or getattr(record, "kind", None) or getattr(record, "path", "?"))
