"""Streams of two `slomix web` processes on one database: a reader goes from one to the other and misses nothing."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from slomix.bus import Bus, LiveFeed
from slomix.clock import SystemClock
from slomix.events import RoundRevised
from slomix.jobs.queue import JobQueue
from slomix.settings import DatabaseSettings
from slomix.storage.database import Database
from slomix.testing.database import fresh_database, sources_for
from slomix.testing.streams import reading_stream

CONFIG = "schema = 1\n[plugins]\nwall = true\n"
# A plugin with a page that goes on: how often rounds were revised. It reads with its own rights.
WALL = """
from slomix.contrib import Page
from slomix.plugin import Plugin, hookimpl
from slomix.web.sse import Channel

KEY = "slomix.RoundRevised"
COUNT = "select count(*) filter (where key = $1), coalesce(max(seq), 0) from slomix.event"

class Wall(Plugin):
    name = "wall"

    @hookimpl
    def register_routes(self, ctx):
        async def snapshot():
            row = await ctx.db.fetchrow(COUNT, KEY)
            return row[0], row[1]

        channel = Channel("wall", snapshot=snapshot, keys={KEY}, tell=lambda event: event.payload["round_id"])

        async def live(request):
            return await channel.answer(request)

        yield Page(path="/live", endpoint=live, name="live")

plugin = Wall()
"""


def install_wall(folder: Path) -> None:
    info = folder / "site" / "slomix_wall-1.0.dist-info"
    info.mkdir(parents=True)
    (folder / "site" / "slomix_wall.py").write_text(WALL)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: slomix-wall\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[slomix]\nwall = slomix_wall:plugin\n")
    (folder / "plugins.toml").write_text(CONFIG)


@asynccontextmanager
async def web(folder: Path, dsn: str) -> AsyncIterator[tuple[str, Any]]:
    """`slomix web` in a process of its own: its address, and the process."""
    environ = {key: value for key, value in os.environ.items() if not key.startswith("SLOMIX_")}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "slomix", "--config", str(folder / "plugins.toml"), "web", "--port", "0",
        env={**environ, "PYTHONPATH": str(folder / "site"), "SLOMIX_DATABASE__URL": dsn,
             "SLOMIX_DATA_DIR": str(folder / "var")},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        async with asyncio.timeout(60):
            line = (await process.stdout.readline()).decode()
        url = re.search(r"http://\S+", line)
        assert url is not None, line
        yield url[0], process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


class Story:
    """Publishes revisions, numbered, from this process."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._bus = Bus(JobQueue(SystemClock()), SystemClock(), LiveFeed(db))
        self.told: list[str] = []

    async def goes_on(self, lines: int) -> None:
        for _ in range(lines):
            text = f"r{len(self.told)}"
            async with self._db.transaction() as tx:
                event = RoundRevised(round_id=text, match_id="m", session_id="s", cause="test")
                await self._bus.publish(tx, event)
            self.told.append(text)


@pytest.mark.parametrize("path", ["/wall/live", "/-/events"])
async def test_a_reader_goes_on_at_the_other_process_and_after_a_restart(tmp_path: Path, path: str) -> None:
    install_wall(tmp_path)
    heard: list[str] = []
    seen: dict[str, str] = {}

    async def read(url: str, lines: int) -> None:
        """Come (back) and hear so many lines, and no state in between."""
        async with reading_stream(url, path, **seen) as reader:
            if not seen and path == "/wall/live":
                assert json.loads((await reader.event())["data"]) == len(story.told)
            elif not seen:
                await reader.frame()
            await story.goes_on(2)
            for _ in range(lines):
                told = await reader.event()
                assert told["event"] == "slomix.RoundRevised"
                data = json.loads(told["data"])
                heard.append(data if isinstance(data, str) else data["round_id"])
                seen["Last-Event-ID"] = told["id"]

    with fresh_database(sources_for([])) as dsn:
        db = await Database.open(DatabaseSettings(), dsn)
        story = Story(db)
        try:
            async with AsyncExitStack() as stack:
                first, process = await stack.enter_async_context(web(tmp_path, dsn))
                second, _ = await stack.enter_async_context(web(tmp_path, dsn))
                await read(first, 2)
                await story.goes_on(3)
                await read(second, 5)
                await read(first, 2)
                process.kill()
                await process.wait()
                await story.goes_on(3)
                await read(second, 5)
                await story.goes_on(3)
                again, _ = await stack.enter_async_context(web(tmp_path, dsn))
                await read(again, 5)
            assert heard == story.told
        finally:
            await db.close()
