"""`kill -9` of `slomix worker` at many random points: every effect of a durable handler happens exactly once.

    python -m benchmarks.worker_kills [--kills 200]

Three workers run on one embedded database, and one after the other is killed while rounds keep arriving. A plugin made
for this, installed like any other, has a durable handler that writes a row, takes a moment, writes another one, and
fails now and then. At the end every event must have its two rows once, and no job may be left or buried.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from slomix.bus import Bus, LiveFeed
from slomix.bus.outbox import DurableHandler
from slomix.clock import SystemClock
from slomix.contrib import Handler
from slomix.events import PlayerFirstSeen
from slomix.jobs.history import counts
from slomix.jobs.queue import JobQueue
from slomix.settings import DatabaseSettings
from slomix.storage.database import Database
from slomix.storage.embedded import attach
from slomix.storage.roles import ANY_PLUGIN

#: Seconds after which the jobs of a killed worker go to the other one.
HEARTBEAT_S = 1
WORKERS = 3
DELIVERIES = "select count(*) from slomix.pgqueuer where entrypoint = 'slomix.deliver' and status <> 'failed'"
#: Events that are published per kill.
EVENTS = 6

PLUGIN = """
import asyncio, random
from slomix.contrib import Handler
from slomix.events import PlayerFirstSeen
from slomix.plugin import Plugin, hookimpl

class Counting(Plugin):
    name = "counting"

    @hookimpl
    def register_handlers(self, ctx):
        async def count(event, delivery):
            await delivery.tx.execute("insert into public.effect values ($1, 1)", delivery.event_id)
            await asyncio.sleep(random.random() * 0.05)
            if random.random() < 0.02:
                raise ValueError("now and then")
            await delivery.tx.execute("insert into public.effect values ($1, 2)", delivery.event_id)

        yield Handler(event=PlayerFirstSeen, run=count)

plugin = Counting()
"""
WRONG = """
select count(*) from slomix.event e
where (select array_agg(part order by part) from public.effect where event_id = e.seq) is distinct from array[1, 2]
"""
RECLAIMED = """
select count(*) from (
    select job_id from slomix.pgqueuer_log where status = 'picked' group by job_id having count(*) > 1) again
"""


def install(folder: Path) -> None:
    """The plugin as an installed distribution, and a plugins.toml that enables it."""
    info = folder / "site" / "slomix_counting-1.0.dist-info"
    info.mkdir(parents=True)
    (folder / "site" / "slomix_counting.py").write_text(PLUGIN)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: slomix-counting\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[slomix]\ncounting = slomix_counting:plugin\n")
    (folder / "plugins.toml").write_text("schema = 1\n[plugins]\ncounting = true\n")


async def start(folder: Path) -> asyncio.subprocess.Process:
    """A worker that has said that it is up."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("SLOMIX_")} | {
        "PYTHONPATH": str(folder / "site"),
        "SLOMIX_DATA_DIR": str(folder / "var"),
        "SLOMIX_LOG__LEVEL": "error",
        "SLOMIX_JOBS__HEARTBEAT_S": str(HEARTBEAT_S),
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "slomix", "--config", str(folder / "plugins.toml"), "worker",
        env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    assert process.stdout is not None
    said = await process.stdout.readline()
    if not said.startswith(b"Slomix worker is up"):
        raise RuntimeError(f"the worker did not start: {said!r}")
    return process


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Database]:
    """The database that the workers share."""
    attachment = await attach(folder / "var")
    database = await Database.open(DatabaseSettings(), attachment.dsn)
    try:
        yield database
    finally:
        await database.close()
        await attachment.release()


class Rounds:
    """Publishes events for the plugin's handler, as an import in another process would."""

    def __init__(self, database: Database) -> None:
        async def nothing(event: Any, delivery: Any) -> None: ...

        self._database = database
        self._bus = Bus(JobQueue(SystemClock()), SystemClock(), LiveFeed(database))
        self._bus.declare([DurableHandler("counting.count", Handler(event=PlayerFirstSeen, run=nothing))])
        self.published = 0

    async def publish(self, count: int) -> None:
        """So many events, each in its own transaction."""
        for _ in range(count):
            self.published += 1
            async with self._database.transaction() as tx:
                await self._bus.publish(tx, PlayerFirstSeen(player_id=f"p{self.published}", name="x"))


async def kill(database: Database, rounds: Rounds, process: asyncio.subprocess.Process, chance: random.Random) -> bool:
    """Publish, wait a moment, kill; answers whether jobs were running then."""
    await rounds.publish(EVENTS)
    await asyncio.sleep(chance.random() * 0.08)
    under_way = (await counts(database)).running > 0
    process.kill()
    await process.wait()
    return under_way


async def drained(database: Database, limit_s: float) -> bool:
    """Wait until no delivery waits or runs."""
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        if await database.fetchval(DELIVERIES) == 0:
            return True
        await asyncio.sleep(0.1)
    return False


async def measure(kills: int, folder: Path) -> dict[str, Any]:
    """Kill workers, and count what their handlers did."""
    install(folder)
    chance = random.Random(3)
    began, under_way = time.perf_counter(), 0
    async with opened(folder) as database:
        await (first := asyncio.create_task(start(folder)))  # it makes the tables
        await database.execute("create table public.effect (event_id bigint, part integer)")
        await database.execute(f"grant insert on public.effect to {ANY_PLUGIN}")
        workers = [first, *(asyncio.create_task(start(folder)) for _ in range(WORKERS - 1))]
        rounds = Rounds(database)
        try:
            for _ in range(kills):
                under_way += await kill(database, rounds, await workers.pop(0), chance)
                workers.append(asyncio.create_task(start(folder)))
            done = await drained(database, 60)
        finally:
            for worker in workers:
                process = await worker
                process.kill()
                await process.wait()
        left = await counts(database)
        return {
            "kills": kills,
            "while_jobs_ran": under_way,
            "events": rounds.published,
            "jobs_given_to_another_worker": await database.fetchval(RECLAIMED),
            "effects_lost_doubled_or_partial": await database.fetchval(WRONG),
            "drained": done,
            "buried": left.buried,
            "seconds": round(time.perf_counter() - began, 1),
        }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        result = asyncio.run(measure(given.kills, folder))
    print(json.dumps(result))
    well = result["drained"] and not result["effects_lost_doubled_or_partial"] and not result["buried"]
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
