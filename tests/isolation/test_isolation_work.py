"""What a running plugin can do wrong: its pages, commands, handlers, jobs and tasks; each costs only itself."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from slomix.host.breaker import BURIALS, Breaker
from slomix.jobs import history

from .conftest import HEALTHY, Home, House, Install

Slomix = Callable[..., subprocess.CompletedProcess[str]]

FAILING = """
@dataclass(frozen=True, slots=True, kw_only=True)
class Called(Event):
    owner = "broken"
    who: str

class P(Plugin):
    name = "broken"

    @hookimpl
    def register_routes(self, ctx):
        yield Page(path="/fails", endpoint=self.fails, name="fails")
        yield Page(path="/exits", endpoint=self.exits, name="exits")

    async def fails(self, request):
        return 1 / 0

    async def exits(self, request):
        raise SystemExit(9)

    @hookimpl
    def register_jobs(self, ctx):
        yield Job(name="broken.work", run=self.work, retries=0)

    async def work(self, payload):
        raise SystemExit("the job gave up")

    @hookimpl
    def register_handlers(self, ctx):
        yield Handler(event=Called, run=self.on_call)
        yield Handler(event=Called, run=self.on_live, mode="live")

    async def on_call(self, event, delivery):
        await delivery.tx.execute("insert into slomix.event (key, version, payload) values ('half', 1, '{}')")
        raise ValueError(f"nobody called {event.who}")

    async def on_live(self, event, delivery):
        asyncio.current_task().cancel()
        await asyncio.sleep(1)

    @hookimpl
    def register_commands(self, ctx):
        def make(ctx, bot):
            import discord
            from discord import app_commands
            from discord.ext import commands

            class Broken(commands.GroupCog, name="broken"):
                @app_commands.command(description="Fail")
                async def fail(self, interaction: discord.Interaction) -> None:
                    raise ValueError("no")

                @app_commands.command(description="Exit")
                async def exit(self, interaction: discord.Interaction) -> None:
                    raise SystemExit(4)

            return Broken()

        yield CogFactory(make=make)
"""


@pytest.fixture
def both(install: Install) -> None:
    install("healthy", HEALTHY)
    install("broken", FAILING)


async def until(condition: Callable[[], Any], seconds: float = 15) -> None:
    async with asyncio.timeout(seconds):
        while not await condition():
            await asyncio.sleep(0.05)


async def test_failing_pages_and_commands_answer_with_an_incident_that_the_log_has(both: None, home: Home) -> None:
    async with home("broken", "healthy") as house:
        await house.ready()
        for path in ("/broken/fails", "/broken/exits"):
            answer = await house.web.get(path, headers={"Accept": "application/json"})
            assert answer.status_code == 500
            assert answer.json()["detail"] == "A page of 'broken' failed."
            assert [e["plugin"] for e in house.logs if e.get("incident") == answer.json()["incident"]] == ["broken"]
        for command in ("broken fail", "broken exit"):
            said = await house.fake.person.slash(command)
            assert said.ephemeral
            incidents = [e["incident"] for e in house.logs if e["event"] == "command failed"]
            text = said.embeds[0]["description"]
            assert "`broken` could not do this" in text
            assert incidents[-1] in text
        assert (await house.web.get("/healthy/")).text == "well"
        assert (await house.fake.person.slash("healthy say")).content == "well"
        assert house.state("broken") == ("running", "")


async def test_a_failing_handler_is_tried_again_then_buried_with_its_error(both: None, home: Home) -> None:
    async with home("broken", "healthy") as house:
        db = house.runtime.db

        async def entry() -> Any:
            return next((job for job in await history.jobs(db) if job.payload.get("handler") == "broken.on_call"), None)

        async def tried() -> bool:
            job = await entry()
            return job is not None and job.attempts >= 1 and job.state == "waiting"

        async def buried() -> bool:
            return (await entry()).state == "buried"

        await house.publish(sys.modules["slomix_broken"].Called(who="me"))
        await until(tried)
        # as if half a minute of growing pauses had passed
        await db.execute("update slomix.pgqueuer set attempts = 5, execute_after = now() where status = 'queued'")
        await house.job("healthy.work", n=2)
        await until(buried)
        assert (await entry()).error == "ValueError: nobody called me"
        assert await db.fetchval("select count(*) from slomix.event where key = 'half'") == 0
        assert await db.fetchval("select count(*) from slomix.inbox") == 0
        done = sys.modules["slomix_healthy"].P.done
        await house.publish(sys.modules["slomix_healthy"].Waved(whom="later"))
        await until(lambda: _holds(done, "later"))


async def _holds(done: list[Any], item: Any) -> bool:
    return item in done


async def bury(house: House, times: int) -> None:
    for number in range(times):
        await house.job("broken.work", n=number)

    async def all_buried() -> bool:
        return (await history.counts(house.runtime.db)).buried >= times

    await until(all_buried)


async def test_ten_burials_open_the_breaker_and_a_repaired_plugin_closes_it(
    both: None, home: Home, slomix: Slomix, tmp_path: Path
) -> None:
    (tmp_path / "plugins.toml").write_text("[plugins]\nhealthy = true\nbroken = true\n")
    async with home("broken", "healthy") as house:
        db, host = house.runtime.db, house.runtime.host
        breaker = Breaker(host, delivery_job="slomix.deliver", owners={"broken.work": "broken"})
        await bury(house, BURIALS - 1)
        await breaker.look(db)
        assert house.state("broken") == ("running", "")
        await bury(house, BURIALS)
        await breaker.look(db)
        state, reason = house.state("broken")
        assert state == "degraded"
        assert reason.startswith("broken.work was given up 10 times within an hour")
        assert (await history.jobs(db, buried=True))[0].error == "Escaped: SystemExit: the job gave up"

        # a state that changed later is in the database, and beside the data when that is away
        async def stored() -> bool:
            return await db.fetchval("select state from slomix.plugin_state where name = 'broken'") == "degraded"

        await until(stored)
        for dead in ({}, {"SLOMIX_DATABASE__URL": "postgresql://nobody@127.0.0.1:1/none"}):
            listed = {row["name"]: row for row in json.loads(slomix("plugins", "--json", **dead).stdout)}
            assert (listed["broken"]["state"], listed["broken"]["reason"]) == (state, reason)

        await db.execute("delete from slomix.pgqueuer where status = 'failed'")
        await breaker.look(db)
        assert house.state("broken") == ("running", "")
        assert house.state("healthy") == ("running", "")


LEAVING = """
class P(Plugin):
    name = "broken"

    @hookimpl
    async def startup(self, ctx):
        ctx.tasks.spawn("ends", asyncio.sleep(3600))
        asyncio.create_task(self.left())

    async def left(self):
        await asyncio.sleep(3600)
"""


async def test_a_task_left_behind_is_ended_and_told(install: Install, home: Home) -> None:
    install("healthy", HEALTHY)
    install("broken", LEAVING)
    async with home("broken", "healthy") as house:
        assert house.state("broken") == ("running", "")
    state, reason = house.state("broken")
    assert state == "stopped"
    assert reason == "it left behind P.left; background work begins with ctx.tasks.spawn and ends when it is cancelled"
    assert house.state("healthy") == ("stopped", "")
    assert [task for task in asyncio.all_tasks() if "P.left" in repr(task)] == []


async def test_only_and_without_narrow_the_choice(both: None, dsn: str, slomix: Slomix, tmp_path: Path) -> None:
    (tmp_path / "plugins.toml").write_text("[plugins]\nhealthy = true\nbroken = true\n")
    found = json.loads(slomix("--without", "broken", "doctor", "--json").stdout)["checks"]
    told = {check["name"]: check["detail"] for check in found}
    assert told["plugin broken"].startswith("disabled")
    assert told["plugin healthy"].startswith("running")
    found = json.loads(slomix("--only", "broken", "doctor", "--json").stdout)["checks"]
    told = {check["name"]: check["detail"] for check in found}
    assert told["plugin healthy"].startswith("disabled")
