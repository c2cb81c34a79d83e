"""A whole program for tests: the named plugins on a test's database, their files imported, their pages answered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import httpx2
from starlette.applications import Starlette

from slomix.contrib import CogFactory, Parser
from slomix.identity.place import place, prologue
from slomix.ingest.pipeline import Outcome, Pipeline
from slomix.nouns import RosterEntry, RoundSighting
from slomix.runtime import Role, Runtime, open_runtime
from slomix.settings import CoreSettings, DatabaseSettings, Settings
from slomix.testing.login import give_cookies, log_in
from slomix.testing.web import client_of
from slomix.web.app import build_app

if TYPE_CHECKING:
    from slomix.bot.commands import PluginCog
    from slomix.clock import Clock
    from slomix.people.tiers import Tier

#: What is due on the queue, and what was tried in vain.
QUEUE = """
select
    count(*) filter (where status in ('queued', 'picked') and execute_after <= now()) as due,
    array_agg(distinct entrypoint) filter (where attempts > 0 or status in ('failed', 'exception')) as stumbled
from slomix.pgqueuer
"""
SETTLE_SECONDS = 90.0


@dataclass(frozen=True, slots=True)
class Running:
    """The program's parts. `web` is an in-process client of `app`."""

    runtime: Runtime
    pipeline: Pipeline
    app: Starlette
    web: httpx2.AsyncClient

    async def take(self, files: Iterable[Path]) -> list[Outcome]:
        """Import files one after the other, in the order given."""
        return [await self.give(file.name, file.read_bytes()) for file in files]

    async def give(self, name: str, data: bytes, *, server: str | None = None) -> Outcome:
        """Import one file."""
        return await self.pipeline.offer(name, data, source="test", server=server, durable=False)

    async def play(
        self,
        map: str = "supply",  # noqa: A002 - the field's own word
        *,
        number: int = 1,
        ended_local: datetime | None = None,
        server: str = "test server",
        players: Iterable[str] = ("fragger", "medic"),
    ) -> str:
        """Let core know of a round without any file; answers its id. `RoundImported` and the rest are published.

        `ended_local` is the server's wall clock; without it the round ended a minute ago. The GUID of a
        player is the place in `players` (`00000001` and so on); an empty name leaves its place empty.
        """
        zone = ZoneInfo(self.pipeline.settings.timezone)
        recent = self.runtime.clock.now().astimezone(zone).replace(microsecond=0, tzinfo=None) - timedelta(minutes=1)
        roster = tuple(
            RosterEntry(key=f"{index:08X}", guid=f"{index:08X}", name=name, side="axis" if index % 2 else "allies")
            for index, name in enumerate(players, start=1)
            if name
        )
        sighting = RoundSighting(
            server_hint=server,
            map=map,
            number=number,
            ended_local=ended_local or recent,
            exact=True,
            roster=roster,
        )
        async with self.runtime.db.transaction(prologue=prologue(server)) as tx:
            placed = await place(
                tx,
                server,
                sighting,
                self.pipeline.rules(server),
                artifact="",
                name="played",
                parser="slomix.testing",
                known_clean=True,
            )
            await self.runtime.bus.publish(tx, *placed.events)
        return placed.imported.round_id

    async def settle(self) -> None:
        """Run handlers and jobs until nothing is due. AssertionError where one of them fails; the log says how."""
        working = asyncio.create_task(self.runtime.worker.run(), name="settle")
        try:
            async with asyncio.timeout(SETTLE_SECONDS):
                while True:
                    row = await self.runtime.db.fetchrow(QUEUE)
                    assert row is not None
                    assert not row["stumbled"], f"failed on the queue: {', '.join(row['stumbled'])}; see the log"
                    if not row["due"]:
                        return
                    await asyncio.sleep(0.02)
        finally:
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)

    async def session_of(
        self, discord_id: int, *, name: str = "tester", tier: Tier = "everyone", rights: Iterable[str] = ()
    ) -> str:
        """Log a Discord account in, with exactly this tier and these rights granted.

        Answers what its cookie `slomix_session` holds (`__Host-slomix_session` over https), for a real browser.
        """
        return await log_in(self.runtime, discord_id, name=name, tier=tier, rights=rights)

    async def as_person(
        self, discord_id: int, *, name: str = "tester", tier: Tier = "everyone", rights: Iterable[str] = ()
    ) -> httpx2.AsyncClient:
        """An in-process client in which this Discord account is logged in: `session_of`, and its cookies."""
        client = client_of(self.app)
        give_cookies(client, await self.session_of(discord_id, name=name, tier=tier, rights=rights))
        return client

    def cogs(self) -> list[PluginCog]:
        """The plugins' commands, for `await chat.start(program.cogs())`."""
        from slomix.bot.connection import plugin_cogs

        if not self.runtime.host.records(CogFactory):
            self.runtime.host.declare(("register_commands",))
        return plugin_cogs(self.runtime)


@asynccontextmanager
async def running(
    dsn: str,
    *plugins: str,
    role: Role = "web",
    sections: Mapping[str, Mapping[str, Any]] | None = None,
    core: Mapping[str, Any] | None = None,
    clock: Clock | None = None,
) -> AsyncIterator[Running]:
    """The program in a role with exactly these plugins; a plugin that does not run is an error.

    `sections` are the plugins' settings, as `[settings.<plugin>]` would give them, `core` sections of the core's.
    """
    with TemporaryDirectory() as folder:
        settings = Settings(
            core=CoreSettings(strict=True, data_dir=Path(folder), database=DatabaseSettings(url=dsn), **(core or {})),
            plugins=dict.fromkeys(plugins, True),
            plugin_sections={name: dict(values) for name, values in (sections or {}).items()},
            file=None,
        )
        async with open_runtime(settings, role=role, clock=clock) as runtime:
            pipeline = Pipeline(runtime.db, runtime.host.records(Parser), runtime.bus, runtime.clock, settings.core)
            app = build_app(runtime, pipeline)
            async with client_of(app) as web:
                yield Running(runtime, pipeline, app, web)
