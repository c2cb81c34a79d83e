"""A plugin with data of its own and a channel that tells it."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pytest_asyncio
from starlette.applications import Starlette

from slomix.bus import Bus, LiveFeed
from slomix.clock import SystemClock
from slomix.contrib import Page
from slomix.events import RoundRevised
from slomix.jobs.queue import JobQueue
from slomix.testing.streams import FrameReader
from slomix.web.app import build_app
from slomix.web.sse import Channel


@dataclass(frozen=True)
class Given:
    """A record and the plugin that declares it."""

    plugin: str
    record: Any


@dataclass
class Book:
    """Lines, each written in the transaction that tells of it; `reads` counts what the channel asked for."""

    REVISED: ClassVar[str] = "slomix.RoundRevised"

    house: Any
    reads: Counter[str] = field(default_factory=Counter)
    fails: int = 0
    pause_s: float = 0.0

    def app(self, told: str | Channel) -> Starlette:
        """An application whose plugin `alpha` serves a channel at /alpha/live: of "events", or of lines "since"."""
        channel = self.channel(told) if isinstance(told, str) else told

        async def endpoint(request: Any) -> Any:
            return await channel.answer(request)

        self.house.host.given = [Given("alpha", Page(path="/live", endpoint=endpoint, name="live"))]
        return build_app(self.house, None)  # type: ignore[arg-type]

    def channel(self, kind: str) -> Channel:
        if kind == "events":
            return Channel("book", snapshot=self.by_events, keys=(self.REVISED,))
        return Channel("book", snapshot=self.by_lines, keys=(self.REVISED,), since=self.since)

    def streams_allowed(self, number: int) -> None:
        """Applications from now on let one address have so many streams."""
        settings = self.house.settings
        web = settings.core.web.model_copy(update={"streams_per_address": number})
        core = settings.core.model_copy(update={"web": web})
        self.house.settings = settings.model_copy(update={"core": core})

    @asynccontextmanager
    async def other_process(self) -> AsyncIterator[None]:
        """Applications in the block have a live feed of their own, as those of another process."""
        bus = Bus(JobQueue(SystemClock()), SystemClock(), LiveFeed(self.house.db))
        feed = asyncio.create_task(bus.live.run())
        await bus.live.started()
        kept, self.house.bus = self.house.bus, bus
        try:
            yield
        finally:
            self.house.bus = kept
            feed.cancel()
            await asyncio.gather(feed, return_exceptions=True)

    def revised(self, text: str) -> RoundRevised:
        return RoundRevised(round_id=text, match_id="m", session_id="s", cause="test")

    async def write(self, text: str) -> None:
        """A line, and an event with it."""
        async with self.house.db.transaction() as tx:
            await self.house.bus.publish(tx, self.revised(text))
            await tx.execute("insert into book (text) values ($1)", text)

    async def whisper(self, text: str) -> None:
        """A line, and a signal with it."""
        async with self.house.db.transaction(prologue=("select pg_advisory_xact_lock(1)",)) as tx:
            await tx.execute("insert into book (text) values ($1)", text)
            await self.house.bus.signal(tx, self.revised(text))

    async def by_events(self) -> tuple[Any, int]:
        """All lines, and the newest event's number."""
        return await self._read(
            "snapshot",
            "select (select array_agg(text order by n) from book), (select coalesce(max(seq), 0) from slomix.event)",
        )

    async def by_lines(self) -> tuple[Any, int]:
        """All lines, and the number of the last."""
        return await self._read("snapshot", "select array_agg(text order by n), coalesce(max(n), 0) from book")

    async def since(self, number: int) -> tuple[Any, int]:
        """Lines after a number."""
        return await self._read(
            "since", "select array_agg(text order by n) filter (where n > $1), coalesce(max(n), 0) from book", number
        )

    async def _read(self, kind: str, query: str, *values: Any) -> tuple[Any, int]:
        self.reads[kind] += 1
        if self.fails:
            self.fails -= 1
            raise ConnectionError("the disk is on fire")
        row = await self.house.db.fetchrow(query, *values)
        await asyncio.sleep(self.pause_s)
        return row[0] or [], row[1]

    def lines(self, told: dict[str, str]) -> list[str]:
        """The lines that an event adds."""
        data = json.loads(told["data"])
        return [data["round_id"]] if isinstance(data, dict) else data

    async def read_until(self, reader: FrameReader, last: str) -> tuple[list[str], int, str]:
        """All lines that a reader is told up to `last`, how many states he was told, and the last number."""
        lines: list[str] = []
        states, number = 0, ""
        while last not in lines:
            told = await reader.event()
            if told["event"] == "snapshot":
                lines, states = json.loads(told["data"]), states + 1
            else:
                lines += self.lines(told)
            number = told.get("id", number)
        return lines, states, number


@pytest_asyncio.fixture
async def book(house: Any, live: Any) -> Book:
    """An empty one, while the live feed runs."""
    async with house.db.transaction() as tx:
        await tx.execute("create table book (n bigint generated always as identity primary key, text text)")
    return Book(house)
