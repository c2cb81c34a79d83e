"""The contract finds what is wrong: a plugin with a fault for each check, and a check for each fault."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Protocol

import pytest

from slomix.testing.contract import PluginContract
from slomix.testing.contract.mutations import INPUTS, effects, mutated
from slomix.testing.contract.tiers import TIERS, reached, tier_of

pytestmark = pytest.mark.timeout(300)

CHECKS = sorted(name for name in dir(PluginContract) if name.startswith("test_"))

FAULTY = """
import time
time.sleep(0.35)
import yoyo
from datetime import datetime
from html import escape
from pydantic import Field
from starlette.responses import HTMLResponse
from slomix.contrib import Api, Check, CheckResult, CogFactory, Export, Handler, Job, Page, Parser, Service
from slomix.events import RoundImported
from slomix.nouns import RosterEntry, RoundSighting
from slomix.plugin import Plugin, hookimpl
from slomix.settings import PluginSettings

calls = []

class Settings(PluginSettings):
    model_config = {"frozen": False, "extra": "forbid"}
    api_key: str = "x"

class Promise:
    async def kept(self): ...

class Faulty(Plugin):
    name = "faulty"
    Settings = Settings

    @hookimpl
    def register_parsers(self, ctx):
        def parse(name, data):
            open("/dev/null").close()
            calls.append(name)
            number = int(data.split()[0])
            return number, len(calls)
        def sighting(record):
            players = (RosterEntry(key="00000001", guid="00000001", name="one", side=None),)
            return RoundSighting(server_hint="s", map="supply", number=1, ended_local=datetime(2026, 1, 2, 20, 0),
                                 exact=False, roster=players)
        async def store(tx, record, imported):
            await tx.execute("insert into faulty.thing (n) values ($1)", record[0])
            await tx.execute("insert into faulty.who (n) values ('00000001')")
        yield Parser(name="n", version=1, sniff=lambda name, head: 0.5 if name else 0.0, parse=parse,
                     sighting=sighting, store=store)

    @hookimpl
    def register_handlers(self, ctx):
        async def past(event, delivery):
            async with ctx.db.transaction() as tx:
                await tx.execute("insert into faulty.thing (n) values (1)")
        yield Handler(event=RoundImported, run=past)

    @hookimpl
    def register_jobs(self, ctx):
        async def run(payload): ...
        yield Job(name="nobodys", run=run)

    @hookimpl
    def register_services(self, ctx):
        yield Service(protocol=Promise, implementation=object())

    @hookimpl
    def register_routes(self, ctx):
        async def page(request):
            return HTMLResponse("<html><h1>one</h1><h1>two</h1></html>")
        async def broken(request):
            raise ValueError("broken")
        async def any_method(request):
            return HTMLResponse("<p>fine</p>")
        yield Page(path="/", endpoint=page, name="faulty")
        yield Page(path="/broken", endpoint=broken, name="broken")
        yield Api(path="/html", endpoint=any_method, response=dict[str, str], summary="not JSON")

    @hookimpl
    def register_commands(self, ctx):
        def make(ctx, bot):
            from discord import app_commands
            from discord.ext import commands
            class Cog(commands.GroupCog, name="faulty"):
                @app_commands.command()
                async def mute(self, interaction):
                    raise ValueError("mute")
            return Cog()
        yield CogFactory(make=make)

    @hookimpl
    def register_exports(self, ctx):
        async def rows(db):
            yield {"a": 1}
        yield Export(kind="faulty", columns=("a", "b"), rows=rows, summary="a table")

    @hookimpl
    def register_checks(self, ctx):
        async def run():
            return CheckResult(ok=False, detail="wrong")
        yield Check(name="c", run=run)

    @hookimpl
    async def startup(self, ctx):
        import asyncio
        self.task = asyncio.create_task(asyncio.sleep(3600), name="left behind")

plugin = Faulty()
"""
# It even steps out of its role, which no migration does by mistake.
UP = (
    "create table faulty.thing (n integer);\ncreate table faulty.who (n text);\n"
    "set local role none;\ncreate table public.stray (n integer);\n"
)
DOWN = (
    "drop table faulty.who;\nalter table faulty.thing rename to other;\n"
    "set local role none;\ndrop table public.stray;\n"
)

#: What is said of each fault. A check that is not here has nothing to object to in this plugin.
FAULTS = {
    "it_is_installed_with_a_range_of_versions": "must depend on a range of slomix",
    "it_imports_in_time": "importing takes",
    "it_imports_nothing_heavy": "it imports yoyo",
    "its_settings_are_described": "no description: api_key",
    "its_secrets_stay_out_of_the_file": "api_key sounds like a secret",
    "its_settings_refuse_what_they_do_not_know": "must stay frozen",
    "its_records_are_described": "must begin with 'faulty.'",
    "its_services_keep_their_promise": "Promise: kept missing",
    "it_leaves_nothing_behind": "left behind",
    "its_migrations_go_up_down_and_up": "its rollbacks leave",
    "its_migrations_stay_at_home": "stray",
    "its_filled_tables_go_up_down_and_up": "rows outlive their table",
    "its_parsers_know_their_files": "for its own",
    "parsing_is_pure": "did: open",
    "parsing_refuses_politely": "from n for ",
    "an_event_counts_once": "changed thing",
    "a_handler_that_is_killed_leaves_nothing": "writes past delivery.tx",
    "it_says_what_it_keeps_about_people": "faulty.who mention persons, and it has no register_people",
    "it_forgets_people": "faulty.who still mention the person",
    "its_exports_are_whole": "lack b",
    "its_checks_answer": "does not say what to do",
    "its_routes_answer": "GET /faulty/broken is 500",
    "its_json_is_described": "answers text/html",
    "its_pages_have_one_heading": "has 2 h1",
    "its_commands_are_described": "/faulty mute has no description",
    "its_commands_answer": "/faulty mute fails",
    "its_readme_names_everything": "it has no README",
    "it_is_typed": "py.typed",
    "it_can_be_simulated": "no simulator",
}


class Workshop(Protocol):
    folder: Path

    def run(self, command: str) -> subprocess.CompletedProcess[str]: ...
    def do(self, command: str) -> str: ...


@pytest.fixture(scope="module")
def answer(workshop: Workshop) -> dict[str, dict[str, str]]:
    """What `slomix plugin check` says of the faulty plugin, by check."""
    folder = workshop.folder / "slomix-faulty"
    package = folder / "slomix_faulty"
    (package / "migrations").mkdir(parents=True)
    (package / "samples").mkdir()
    (package / "__init__.py").write_text(FAULTY)
    (package / "samples" / "one.n").write_text("1 one\n")
    (package / "migrations" / "faulty.0001.thing.sql").write_text(UP)
    (package / "migrations" / "faulty.0001.thing.rollback.sql").write_text(DOWN)
    (folder / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
        '[project]\nname = "slomix-faulty"\nversion = "1.0"\ndependencies = ["slomix"]\n'
        '[project.entry-points.slomix]\nfaulty = "slomix_faulty:plugin"\n'
    )
    workshop.do("pip install -e slomix-faulty")
    done = workshop.run("slomix plugin check faulty --json")
    assert done.returncode == 1, done.stdout
    told = json.loads(done.stdout)
    assert told["tier"] is None
    return {check["name"]: check for check in told["checks"]}


def test_there_is_a_check_for_each_promise(answer: dict[str, dict[str, str]]) -> None:
    assert sorted(f"test_{name}" for name in answer) == CHECKS


@pytest.mark.parametrize("check", [name.removeprefix("test_") for name in CHECKS])
def test_each_fault_is_found_with_a_reason(answer: dict[str, dict[str, str]], check: str) -> None:
    assert answer[check]["passed"] is (check not in FAULTS), answer[check]
    assert FAULTS.get(check, "") in answer[check]["reason"]


def test_a_tier_needs_the_ones_below() -> None:
    assert reached([("bronze", True), ("silver", True), ("gold", True)]) == "gold"
    assert reached([("bronze", True), ("silver", False), ("gold", True)]) == "bronze"
    assert reached([("bronze", False), ("silver", True), ("gold", True)]) is None
    assert {tier_of(getattr(PluginContract, name)) for name in CHECKS} == set(TIERS)
    assert len(CHECKS) >= 25


def test_damaged_files_are_many_and_the_same_each_time() -> None:
    samples = {"a.txt": b"one 1\ntwo 2\n"}
    first = list(mutated(samples))
    assert len(first) == INPUTS
    assert first == list(mutated(samples))
    assert sum(data != samples["a.txt"] or name != "a.txt" for name, data in first) > INPUTS * 0.9


def test_effects_are_seen(tmp_path: Path) -> None:
    with effects() as seen:
        (tmp_path / "x").write_text("x")
    assert any(line.startswith("open") for line in seen)
    with effects() as nothing:
        sorted(range(10))
    assert nothing == []
