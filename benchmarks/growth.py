"""What grows with the history: one import, the pages, every answer of stats, at 3,000 and at 30,000 rounds.

    python -m benchmarks.growth [--small 3000] [--large 30000] [--home /tmp/slomix-growth]

The history is simulated and imported once into HOME and used again by the next run. Between the two sizes nothing may
cost more than twice as much; at the large one every answer is asked for at 8 connections (goal: p95 under 50 ms), and
PostgreSQL's own counters say which large tables were read from end to end.
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
CONNECTIONS = 8
REQUESTS = 160
#: Rounds that are imported one by one, at either size.
SINGLE = 40
#: Tables with fewer rows may be read from end to end.
LARGE_TABLE = 2000
PLUGINS = {"stats": True, "webui": True}

SAMPLES = {
    "session": "select id from slomix.session order by md5(id) limit 40",
    "match": "select id from slomix.match where status = 'complete' order by md5(id) limit 40",
    "round": "select round_id as id from stats.round where valid order by md5(round_id) limit 40",
    "player": "select player_id as id from stats.player_total order by rounds desc limit 40",
    "map": "select distinct map as id from slomix.match order by 1 limit 40",
    "season": "select distinct to_char(ended_at, 'YYYY\"-Q\"Q') as id from slomix.session order by 1",
    "format": "select distinct format as id from stats.segment order by 1",
    "team": "select distinct name_a as id from stats.segment order by 1",
}
METRICS = ["dpm", "accuracy", "kd", "efficiency"]
#: Whose id a place in an address is, by the word before it.
PLACES = {
    "sessions": "session", "matches": "match", "rounds": "round", "players": "player", "maps": "map",
    "seasons": "season", "teams": "team", "with": "player", "metrics": "metric", "leaderboards": "metric",
}  # fmt: skip
SCANS = """
select s.schemaname || '.' || s.relname as name, s.seq_scan, s.seq_tup_read, c.reltuples::bigint as rows
from pg_stat_user_tables s join pg_class c on c.oid = s.relid
"""


def import_up_to(home: Path, count: int) -> float:
    """Import the first rounds of the history that are not there yet; answers the seconds it took."""
    files = sorted((home / "gamestats").iterdir())[:count]
    part = home / f"first-{count}"
    part.mkdir(exist_ok=True)
    for file in files:
        if not (part / file.name).exists():
            os.link(file, part / file.name)
    command = [sys.executable, "-m", "slomix", "--config", str(home / "plugins.toml"), "ingest", "--json", str(part)]
    done = subprocess.run(command, env=os.environ | environment(home), check=True, stdout=subprocess.PIPE)
    return float(json.loads(done.stdout)["seconds"])


def environment(home: Path) -> dict[str, str]:
    return {"SLOMIX_DATA_DIR": str(home / "var"), "SLOMIX_LOG__LEVEL": "error"}


async def one_by_one(home: Path, files: list[Path]) -> list[float]:
    """Milliseconds of single imports, each on the disk before the next."""
    core = CoreSettings(data_dir=home / "var")
    settings = Settings(core=core, plugins=PLUGINS, plugin_sections={}, file=None)
    times = []
    async with open_runtime(settings, role="cli") as runtime:
        pipeline = Pipeline(runtime.db, runtime.host.records(Parser), runtime.bus, runtime.clock, core)
        for file in files:
            began = time.perf_counter()
            outcome = await pipeline.offer(file.name, file.read_bytes(), source="benchmark")
            if outcome.outcome == "imported":
                times.append((time.perf_counter() - began) * 1000)
    return times


async def samples(connection: Any) -> dict[str, list[str]]:
    found = {kind: [row["id"] for row in await connection.fetch(query)] for kind, query in SAMPLES.items()}
    return found | {"metric": METRICS}


async def ask(client: httpx2.AsyncClient, paths: list[str], connections: int) -> tuple[list[float], int]:
    """Milliseconds per request over so many connections, and the worst status."""
    todo, times, worst = iter(paths), [], 200

    async def one() -> None:
        nonlocal worst
        for path in todo:
            began = time.perf_counter()
            answer = await client.get(path)
            times.append((time.perf_counter() - began) * 1000)
            worst = max(worst, answer.status_code)

    await asyncio.gather(*(one() for _ in range(connections)))
    return times, worst


def paths_of(template: str, parameters: list[dict[str, Any]], found: dict[str, list[str]]) -> list[str] | None:
    """Requests to one address of the API document, each for something else; None where nothing is known to ask for."""
    parts = template.split("/")
    names = {part: PLACES.get(parts[at - 1], "") for at, part in enumerate(parts) if part.startswith("{")}
    if not all(found.get(kind) for kind in names.values()):
        return None
    asked = queries({each["name"]: each.get("schema", {}) for each in parameters if each["in"] == "query"}, found)
    made = []
    for number in range(REQUESTS):
        path = template
        for place, (name, kind) in enumerate(names.items()):
            path = path.replace(name, found[kind][(number + place) % len(found[kind])])
        query = asked[number % len(asked)]
        made.append(str(httpx2.URL(path, params=query)) if query else path)
    return made


def queries(known: dict[str, Any], found: dict[str, list[str]]) -> list[dict[str, str]]:
    """What requests ask besides their address: every scope, and who is meant."""
    players = found["player"]
    fours = [[players[(at + step) % len(players)] for step in range(4)] for at in range(len(players))]
    if "players" in known:
        base = [{"players": ",".join(four[:2])} for four in fours]
    elif {"a", "b"} <= known.keys():
        base = [{"a": ",".join(four[:2]), "b": ",".join(four[2:])} for four in fours]
    elif "metric" in known:
        base = [{"metric": name} for name in known["metric"].get("enum", METRICS)]
    else:
        base = [{}]
    scopes: list[dict[str, str]] = [{}]
    for name in ("map", "period", "format"):
        kind = "season" if name == "period" else name
        scopes += [{name: each} for each in found[kind][:4]] if name in known else []
    scopes += [{"side": each} for each in known.get("side", {}).get("enum", ())]
    return [{**base[at % len(base)], **scopes[at % len(scopes)]} for at in range(max(len(base), len(scopes)))]


async def answers(
    home: Path, connection: Any
) -> tuple[list[tuple[str, float, float, int]], list[tuple[str, int, int]]]:
    """Median, p95 and worst status of every GET of stats; and the large tables that were read from end to end."""
    found = await samples(connection)
    port = free_port()
    told = []
    async with program(["web"], environment(home) | {"SLOMIX_WEB__PORT": str(port)}, port, quiet=True) as base:
        limits = httpx2.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
        async with httpx2.AsyncClient(base_url=base, limits=limits, timeout=60) as client:
            document = (await client.get("/openapi.json")).json()
            await ask(client, [f"{API}/leaderboard"] * CONNECTIONS, CONNECTIONS)
            before = {row["name"]: row for row in await connection.fetch(SCANS)}
            for template, methods in sorted(document["paths"].items()):
                if not template.startswith(API) or "get" not in methods:
                    continue
                paths = paths_of(template, methods["get"].get("parameters", []), found)
                if paths is None:
                    continue
                times, worst = await ask(client, paths, CONNECTIONS)
                told.append((template.removeprefix(API), statistics.median(times), percentile95(times), worst))
    await asyncio.sleep(2)  # backends report what they counted when they are idle
    scans = []
    for row in await connection.fetch(SCANS):
        more = row["seq_scan"] - before[row["name"]]["seq_scan"]
        if more and row["rows"] > LARGE_TABLE:
            scans.append((row["name"], row["rows"], more))
    return told, scans


def percentile95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20, method="inclusive")[-1]


async def pages(home: Path, connection: Any) -> dict[str, float]:
    """Median milliseconds of the pages, one request after another."""
    found = await samples(connection)
    port = free_port()
    asked = {
        "session page": [f"/sessions/{each}" for each in found["session"]],
        "player page": [f"/players/{each}" for each in found["player"]],
        "leaderboard": ["/leaderboard"] * 40,
        "session (JSON)": [f"{API}/sessions/{each}" for each in found["session"]],
        "player (JSON)": [f"{API}/players/{each}" for each in found["player"]],
        "leaderboard (JSON)": [f"{API}/leaderboard?metric={each}" for each in ("kills", "dpm", "accuracy", "xp")] * 10,
    }
    result = {}
    async with (
        program(["web"], environment(home) | {"SLOMIX_WEB__PORT": str(port)}, port, quiet=True) as base,
        httpx2.AsyncClient(base_url=base, timeout=60) as client,
    ):
        for name, paths in asked.items():
            await ask(client, paths[:5], 1)
            times, worst = await ask(client, paths, 1)
            result[name if worst == 200 else f"{name} ({worst})"] = statistics.median(times)
    return result


async def at_size(home: Path, count: int, files: list[Path]) -> tuple[float, dict[str, float]]:
    """Bring the history to this size and measure there."""
    seconds = import_up_to(home, count)
    attachment = await attach(home / "var")
    try:
        connection = await asyncpg.connect(attachment.dsn)
        await connection.execute("analyze")
        costs = {"importing one round": statistics.median(await one_by_one(home, files) or [0.0])}
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
    attachment = await attach(home / "var")
    try:
        connection = await asyncpg.connect(attachment.dsn)
        told, scans = await answers(home, connection)
        await connection.close()
    finally:
        await attachment.release()
    return {
        "import_seconds": [first_seconds, more_seconds],
        "costs": {name: (first[name], second[name]) for name in first if name in second},
        "answers": told,
        "scans": scans,
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
        (name, f"{first:.1f} ms", f"{second:.1f} ms", f"{second / first:.2f}" if first else "-")
        for name, (first, second) in found["costs"].items()
    ]
    table("what it costs (median), goal: at most twice as much", head, lines)
    table(
        f"answers at {given.large} rounds, {CONNECTIONS} connections, goal: p95 < 50 ms",
        ("answer", "median", "p95", "worst status"),
        [(name, f"{middle:.1f} ms", f"{high:.1f} ms", str(worst)) for name, middle, high, worst in found["answers"]],
    )
    table(
        "large tables read from end to end",
        ("table", "rows", "times"),
        [tuple(map(str, row)) for row in found["scans"]],
    )
    print(json.dumps(found))
    grown = [name for name, (first, second) in found["costs"].items() if first and second > 2 * first]
    slow = [name for name, _, high, worst in found["answers"] if high >= 50 or worst >= 500]
    return 1 if grown or slow or found["scans"] else 0


if __name__ == "__main__":
    sys.exit(main())
