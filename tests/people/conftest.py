"""A program without plugins, in which people play."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta

import pytest
import pytest_asyncio
import structlog

from slomix.people.audit import Who
from slomix.testing.running import Running, running

START = datetime(2026, 1, 2, 20, 0)  # noqa: DTZ001 - a wall clock


@pytest.fixture(autouse=True)
def own_log() -> Iterator[None]:
    """Commands that run in this process set the log up; here it is as it was again."""
    root, slomix = logging.getLogger(), logging.getLogger("slomix")
    before = structlog.get_config(), list(root.handlers), root.level, slomix.level
    yield
    structlog.configure(**before[0])
    root.handlers[:] = before[1]
    root.setLevel(before[2])
    slomix.setLevel(before[3])


class Town:
    """The program, and evenings in it: players are known by the place that they sit in (`00000001` and so on)."""

    def __init__(self, program: Running) -> None:
        self.program = program
        self.people = program.runtime.people
        self.db = program.runtime.db
        self.who = Who(actor="cli:test")
        self._rounds = 0

    async def play(self, *players: str) -> str:
        """A round ten minutes after the last one; an empty name leaves the place empty."""
        self._rounds += 1
        ended = START + timedelta(minutes=10 * self._rounds)
        return await self.program.play(ended_local=ended, players=players)

    async def id_of(self, name: str) -> str:
        return (await self.people.the_one(name)).player_id

    async def rows(self, *tables: str) -> dict[str, list[str]]:
        """Everything in these tables of core."""
        found = {}
        for table in tables:
            query = f"select t::text as row from slomix.{table} t order by 1"
            found[table] = [row["row"] for row in await self.db.fetch(query)]
        return found


@pytest_asyncio.fixture
async def town(dsn: str) -> AsyncIterator[Town]:
    async with running(dsn) as program:
        yield Town(program)
