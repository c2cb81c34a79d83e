"""What grows with the history: importing one round and the pages, at 3,000 and at 30,000 rounds.

    python -m benchmarks.growth [--small 3000] [--large 30000] [--home FOLDER]

The history is simulated and imported once into HOME, and used again by the next run. Between the two sizes nothing may
cost more than twice as much. Afterwards `python -m benchmarks.endpoints HOME/var` measures every answer of the API.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import asyncpg
import httpx2

from benchmarks.program import free_port, program, table
from benchmarks.simulated import fill
from slomix import logs
from slomix.contrib import Parser
from slomix.ingest.pipeline import Pipeline
from slomix.runtime import open_runtime
from slomix.settings import CoreSettings, LogSettings, Settings
from slomix.storage.embedded import attach

API = "/stats/api/v1"
#: Rounds that are imported one by one, at either size.
SINGLE = 40
PLUGINS = {"stats": True, "webui": True}

SESSIONS = "select id from slomix.session order by md5(id) limit 40"
PLAYERS = "select player_id as id from stats.player_total order by rounds desc limit 40"


def environment(home: Path) -> dict[str, str]:
    """Where the program finds its settings and its data."""
    return {
        "SLOMIX_CONFIG": str(home / "plugins.toml"),
        "SLOMIX_DATA_DIR": str(home / "var"),
        "SLOMIX_LOG__LEVEL": "error",
    }


def import_up_to(home: Path, count: int) -> float:
    """Import the first rounds of the history that are not there yet; answers the seconds it took."""
    part = home / f"first-{count}"
    part.mkdir(exist_ok=True)
    for file in sorted((home / "gamestats").iterdir())[:count]:
        if not (part / file.name).exists():
            os.link(file, part / file.name)
    command = [sys.executable, "-m", "slomix", "ingest", "--json", str(part)]
    done = subprocess.run(command, env=os.environ | environment(home), check=True, stdout=subprocess.PIPE)
    return float(json.loads(done.stdout)["seconds"])


async def one_by_one(home: Path, files: list[Path]) -> list[float]:
    """Milliseconds of single imports, each on the disk before the next; empty where they were imported before."""
    core = CoreSettings(data_dir=home / "var")
    times = []
    settings = Settings(core=core, plugins=PLUGINS, plugin_sections={}, file=None)
    async with open_runtime(settings, role="cli") as runtime:
        pipeline = Pipeline(runtime.db, runtime.host.records(Parser), runtime.bus, runtime.clock, core)
        for file in files:
            began = time.perf_counter()
            outcome = await pipeline.offer(file.name, file.read_bytes(), source="benchmark")
            if outcome.outcome == "imported":
                times.append((time.perf_counter() - began) * 1000)
    return times


async def pages(home: Path, connection: Any) -> dict[str, float]:
    """Median milliseconds of the pages, one request after another."""
    sessions = [row["id"] for row in await connection.fetch(SESSIONS)]
    players = [row["id"] for row in await connection.fetch(PLAYERS)]
    asked = {
        "session page": [f"/sessions/{each}" for each in sessions],
        "player page": [f"/players/{each}" for each in players],
        "leaderboard": ["/leaderboard"] * 40,
        "session (JSON)": [f"{API}/sessions/{each}" for each in sessions],
        "player (JSON)": [f"{API}/players/{each}" for each in players],
        "leaderboard (JSON)": [f"{API}/leaderboard?metric={each}" for each in ("kills", "dpm", "accuracy", "xp")] * 10,
    }
    port = free_port()
    result = {}
    async with (
        program(["web"], environment(home) | {"SLOMIX_WEB__PORT": str(port)}, port, quiet=True) as base,
        httpx2.AsyncClient(base_url=base, timeout=60) as client,
    ):
        for name, paths in asked.items():
            times = []
            for path in [*paths[:5], *paths]:
                began = time.perf_counter()
                (await client.get(path)).raise_for_status()
                times.append((time.perf_counter() - began) * 1000)
            result[name] = statistics.median(times[5:])
    return result


async def at_size(home: Path, count: int, files: list[Path]) -> tuple[float, dict[str, float]]:
    """Bring the history to this size and measure there."""
    seconds = import_up_to(home, count)
    attachment = await attach(home / "var")
    try:
        connection = await asyncpg.connect(attachment.dsn)
        await connection.execute("analyze")
        singles = await one_by_one(home, files)
        costs = {"importing one round": statistics.median(singles)} if singles else {}
        costs |= await pages(home, connection)
        await connection.close()
    finally:
        await attachment.release()
    return seconds, costs


async def measure(home: Path, small: int, large: int) -> dict[str, Any]:
    """Everything, at both sizes."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "plugins.toml").write_text("schema = 1\n[plugins]\nstats = true\nwebui = true\n")
    if not (home / "gamestats").is_dir():
        fill(home / "gamestats", large + SINGLE)
    files = sorted((home / "gamestats").iterdir())
    first_seconds, first = await at_size(home, small, files[small : small + SINGLE])
    more_seconds, second = await at_size(home, large, files[large : large + SINGLE])
    return {
        "import_seconds": [first_seconds, more_seconds],
        "costs": {name: (first[name], second[name]) for name in first if name in second},
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", type=int, default=3000)
    parser.add_argument("--large", type=int, default=30000)
    parser.add_argument("--home", type=Path, default=Path(tempfile.gettempdir(), "slomix-growth"))
    given = parser.parse_args()
    logs.setup(LogSettings(level="error"))
    found = asyncio.run(measure(given.home, given.small, given.large))
    head = ("what", f"{given.small} rounds", f"{given.large} rounds", "times")
    lines = [
        (name, f"{first:.1f} ms", f"{second:.1f} ms", f"{second / first:.2f}")
        for name, (first, second) in found["costs"].items()
    ]
    table("what it costs (median), goal: at most twice as much", head, lines)
    print(json.dumps(found))
    return 1 if any(second > 2 * first for first, second in found["costs"].values()) else 0


if __name__ == "__main__":
    sys.exit(main())
