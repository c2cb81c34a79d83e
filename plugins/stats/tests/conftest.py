"""Stats files line by line, for tests that need one no server has written; and a running Slomix with its Discord."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr

from slomix.settings import CoreSettings, DatabaseSettings, DiscordSettings, Settings, WebSettings

if TYPE_CHECKING:
    from slomix.runtime import Runtime
    from slomix.testing.discord.models import Message
    from slomix.testing.discord.server import FakeDiscord
    from slomix_stats.simulate import SimulatedRound

#: Fields of the longest layout that are written with one decimal.
DECIMALS = {8, 21, 22, 23, 24, 25, 26}


@dataclass
class Line:
    """One player line. `fields` sets extended fields by number, `weapons` five numbers by slot."""

    guid: str = "8C49608C"
    name: str = "^1frag^7ger"
    counter: int = 0
    team: int = 1
    weapons: dict[int, Sequence[int]] = field(default_factory=lambda: {4: (30, 90, 5, 3, 6)})
    fields: dict[int, float] = field(default_factory=dict)
    count: int = 38

    def __str__(self) -> str:
        mask = sum(1 << slot for slot in self.weapons)
        numbers = "".join(f" {number}" for slot in sorted(self.weapons) for number in self.weapons[slot])
        places = [*range(28), *range(29, 34)] if self.count == 33 else range(self.count)
        values = {0: 1200, 1: 900, 8: 75.0, 9: 40, 22: 10.0, **self.fields}
        cells = [f"{values.get(at, 0):.1f}" if at in DECIMALS else str(values.get(at, 0)) for at in places]
        return f"{self.guid}\\{self.name}\\{self.counter}\\{self.team}\\{mask}{numbers} \t" + "\t".join(cells)


@dataclass
class File:
    """A stats file; `header` replaces the whole header."""

    lines: Sequence[Line | str] = field(default_factory=lambda: [Line()])
    map: str = "supply"
    number: int = 1
    defender: str = "1"
    winner: str = "2"
    limit: str = "12:00"
    target: str = "10:00"
    tail: tuple[str, ...] = ()
    host: str = "^1Slo^7mix"
    when: str = "2025-10-02-211808"
    header: str | None = None

    @property
    def name(self) -> str:
        return f"{self.when}-{self.map}-round-{self.number}.txt"

    @property
    def data(self) -> bytes:
        parts = (self.host, self.map, "legacy3", str(self.number), self.defender, self.winner, self.limit, self.target)
        header = self.header if self.header is not None else "\\".join((*parts, *self.tail))
        return "".join(f"{line}\n" for line in (header, *self.lines)).encode()


@pytest.fixture
def line() -> type[Line]:
    """Builds a player line: `str(line(guid="…", fields={0: 12}))`."""
    return Line


@pytest.fixture
def file() -> Callable[..., File]:
    """Builds a file: `file([line()], number=2)` has `name` and `data`."""
    return File


class House:
    """A running Slomix with stats only, its Discord, and a game server whose files it is handed."""

    def __init__(self, runtime: Runtime, fake: FakeDiscord) -> None:
        from slomix.contrib import Parser
        from slomix.ingest.pipeline import Pipeline
        from slomix_stats.api import StatsReaderV1

        self.runtime = runtime
        self.fake = fake
        core = runtime.settings.core
        self.pipeline = Pipeline(runtime.db, runtime.host.records(Parser), runtime.bus, runtime.clock, core)
        self.reader: StatsReaderV1 = runtime.services.get(StatsReaderV1)  # type: ignore[type-abstract]
        self._tasks: list[asyncio.Task[Any]] = []

    async def start(self, *, bot: bool = True) -> None:
        from slomix.bot.client import run_bot

        self._tasks.append(asyncio.create_task(self.runtime.worker.run()))
        if bot:
            known = len(self.fake.gateway.identifies)
            self._tasks.append(asyncio.create_task(run_bot(self.runtime)))
            await self.fake.gateway.ready(identifies=known + 1)

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with suppress(asyncio.CancelledError):
                await task
        self._tasks.clear()

    async def land(self, *rounds: SimulatedRound) -> list[str]:
        ids = []
        for item in rounds:
            outcome = await self.pipeline.offer(item.name, item.data, source="test", server="the server")
            assert outcome.outcome == "imported", outcome
            assert outcome.round_id is not None
            ids.append(outcome.round_id)
        return ids

    async def posted(self, count: int) -> list[Message]:
        """What stands in the channel, once every request of so many rounds is answered."""
        async with asyncio.timeout(60):
            while True:
                rows = await self.runtime.db.fetch("select done, wanted from slomix.post")
                if len(rows) >= count and all(row["done"] == row["wanted"] for row in rows) and await self.handled():
                    return self.fake.posts()
                await asyncio.sleep(0.02)

    async def handled(self) -> bool:
        """Whether nothing is due on the queue."""
        return not await self.runtime.db.fetchval("select count(*) from slomix.pgqueuer where execute_after <= now()")


@pytest.fixture
async def house(dsn: str, fake_discord: FakeDiscord) -> AsyncIterator[House]:
    """Slomix with stats; the person on Discord is its owner, and the old words are on."""
    from slomix.runtime import open_runtime

    fake_discord.world.answer_within = 30.0  # answering in time is tested elsewhere, whatever else this machine does
    core = CoreSettings(
        database=DatabaseSettings(url=dsn),
        web=WebSettings(public_url="https://stats.example"),
        discord=DiscordSettings(
            token=SecretStr(fake_discord.token),
            guild=fake_discord.guild_id,
            channel=fake_discord.channel_id,
            api_base=fake_discord.api_base,
            gateway_url=fake_discord.gateway_url,
            post_max_age=300,
            owner=int(fake_discord.world.person["id"]),
            prefix="!",
        ),
    )
    sections = {"stats": {"match_post": False}}  # a test of its own looks at those
    settings = Settings(core=core, plugins={"stats": True}, plugin_sections=sections, file=None)
    async with open_runtime(settings, role="all") as runtime:
        house = House(runtime, fake_discord)
        yield house
        await house.stop()
