"""PostgreSQL restarted under load: nothing acknowledged is lost, answers are never 500, and it goes on at once.

    python -m benchmarks.restarts [--restarts 30]

`slomix up` runs on a PostgreSQL of its own while files are uploaded and pages read; the server is stopped in turn
cleanly and by a crash, and started again. At the end every upload that was answered with 200 must be in the ledger,
and after each start a page and an upload must be answered with 200 within two seconds.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import httpx2

from benchmarks.program import free_port, program
from slomix.contrib import Simulator
from slomix.identity.servers import add_server, create_token
from slomix.settings import DatabaseSettings
from slomix.storage.database import Database
from slomix.storage.migrate import migrate
from slomix.testing.cluster import Cluster, cluster
from slomix.testing.database import sources_for

PLUGINS = ("stats", "webui")
SERVER = "bench"
PAGES = ("/", "/sessions", "/players", "/stats/api/v1/sessions", "/api/status")
#: Files in the pool: more than can be uploaded.
FILES_PER_RESTART = 60
READERS = 3
WRITERS = 2
UP_S = 0.6
DOWN_S = 0.3
#: One in ten stays down for longer than anything waits for it: that is when 503 is the answer.
LONG_DOWN_S = 6.0


@dataclass
class Load:
    """What was sent and answered. `acknowledged` are names of files whose upload was answered with 200."""

    client: httpx2.AsyncClient
    token: str
    files: list[Path]
    reads: Counter[int] = field(default_factory=Counter)
    writes: Counter[int] = field(default_factory=Counter)
    acknowledged: list[str] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)
    last_read: float = 0.0
    last_write: float = 0.0
    ended: bool = False

    async def read(self, first: int) -> None:
        """One reader: page after page."""
        turn = first
        while not self.ended:
            turn += 1
            answer = await self.client.get(PAGES[turn % len(PAGES)], timeout=30)
            self._count(self.reads, answer)
            if answer.status_code in (200, 304) and "/api/status" not in str(answer.url):
                self.last_read = time.monotonic()
            await asyncio.sleep(0.005)

    async def write(self) -> None:
        """One game server's script: uploads each file until it is taken."""
        while not self.ended and self.files:
            file = self.files.pop()
            while not self.ended:
                answer = await self.client.post(
                    "/-/ingest", params={"name": file.name}, content=file.read_bytes(), timeout=30,
                    headers={"Authorization": f"Bearer {self.token}"},
                )  # fmt: skip
                self._count(self.writes, answer)
                if answer.status_code == 200:
                    self.last_write = time.monotonic()
                    self.acknowledged.append(file.name)
                    break
                await asyncio.sleep(0.02)

    def _count(self, counter: Counter[int], answer: httpx2.Response) -> None:
        counter[answer.status_code] += 1
        if answer.status_code not in (200, 304, 503):
            self.bodies.append(f"{answer.status_code} {answer.url}: {answer.text[:300]}")


async def prepare(server: Cluster, folder: Path, rounds: int) -> tuple[str, list[Path]]:
    """The tables, a server with a token, and files to upload."""
    await migrate(server.dsn, sources_for(PLUGINS))
    database = await Database.open(DatabaseSettings(), server.dsn)
    try:
        async with database.transaction() as tx:
            await add_server(tx, SERVER)
            token = await create_token(tx, SERVER)
    finally:
        await database.close()
    (simulator,) = _simulators()
    files = list(simulator.run(folder / "gamestats", seed=9, rounds=rounds))
    return token, files[::-1]


def _simulators() -> list[Simulator]:
    from importlib.metadata import entry_points

    (point,) = entry_points(group="slomix", name="stats")
    return list(point.load().register_simulators(None))


async def restart(server: Cluster, load: Load, mode: str, down_s: float) -> float:
    """Stop the server, start it, and wait until both a page and an upload were answered well; answers the seconds
    from the moment at which it accepts connections."""
    await asyncio.sleep(UP_S)
    await asyncio.to_thread(server.stop, mode)
    await asyncio.sleep(down_s)
    starting = asyncio.create_task(asyncio.to_thread(server.start))
    accepts = await _accepts(server)
    async with asyncio.timeout(30):
        while load.last_read < accepts or load.last_write < accepts:
            await asyncio.sleep(0.005)
    await starting
    return max(load.last_read, load.last_write) - accepts


async def _accepts(server: Cluster) -> float:
    while True:
        with contextlib.suppress(OSError, asyncpg.PostgresError):
            connection = await asyncpg.connect(server.dsn, timeout=2)
            accepts = time.monotonic()
            await connection.close()
            return accepts
        await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def loaded(load: Load) -> AsyncIterator[None]:
    """Readers and writers while the block runs; an error of theirs is raised at its end."""
    async with asyncio.TaskGroup() as group:
        for n in range(READERS):
            group.create_task(load.read(n))
        for _ in range(WRITERS):
            group.create_task(load.write())
        yield
        load.ended = True


async def measure(restarts: int, server: Cluster, folder: Path) -> dict[str, Any]:
    """Restart under load and look at what came of it."""
    token, files = await prepare(server, folder, restarts * FILES_PER_RESTART)
    config = folder / "plugins.toml"
    config.write_text("schema = 1\n[plugins]\nstats = true\nwebui = true\n")
    port = free_port()
    environment = {
        "SLOMIX_CONFIG": str(config),
        "SLOMIX_DATABASE__URL": server.dsn,
        "SLOMIX_WEB__PORT": str(port),
        "SLOMIX_LOG__LEVEL": "error",
        "SLOMIX_LOG__FORMAT": "json",
    }
    began = time.perf_counter()
    async with program(["up"], environment, port) as base, httpx2.AsyncClient(base_url=base) as client:
        load = Load(client, token, files)
        async with loaded(load):
            recoveries = [
                await restart(server, load, ("fast", "immediate")[n % 2], LONG_DOWN_S if n % 10 == 9 else DOWN_S)
                for n in range(restarts)
            ]
    connection = await asyncpg.connect(server.dsn)
    known = {row[0] for row in await connection.fetch("select name from slomix.artifact where outcome = 'imported'")}
    await connection.close()
    return {
        "restarts": restarts,
        "acknowledged": len(load.acknowledged),
        "acknowledged_and_lost": len(set(load.acknowledged) - known),
        "reads": dict(sorted(load.reads.items())),
        "writes": dict(sorted(load.writes.items())),
        "wrong_answers": load.bodies[:5],
        "slowest_recovery_s": round(max(recoveries), 2),
        "median_recovery_s": round(sorted(recoveries)[len(recoveries) // 2], 2),
        "files_left": len(load.files),
        "seconds": round(time.perf_counter() - began, 1),
    }


def well(result: dict[str, Any]) -> bool:
    """Whether nothing acknowledged was lost, nothing was answered wrongly, and it went on in time."""
    return (
        result["acknowledged_and_lost"] == 0
        and not result["wrong_answers"]
        and result["slowest_recovery_s"] <= 2
        and result["files_left"] > 0
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--restarts", type=int, default=30)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, cluster(durable=True) as server:
        result = asyncio.run(measure(given.restarts, server, Path(folder)))
    print(json.dumps(result))
    return 0 if well(result) else 1


if __name__ == "__main__":
    sys.exit(main())
