"""How long each JSON answer of stats takes, and whether one of them reads a large table from end to end.

    python -m benchmarks.endpoints DATA_DIR [--connections 8] [--requests 160] [--goal 50]

The program serves a data directory that is there (fill one with benchmarks.simulated and `slomix ingest`). Each address
is asked for over so many connections at once, for players, sessions, maps and metrics in turn, so that some answers are
worked out and some remembered, as in life. `first` is the slowest answer of those asked for the first time, alone.
Afterwards PostgreSQL's counters say which tables were read without an index.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import re
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import asyncpg
import httpx2

from benchmarks.program import free_port, program, table
from slomix.storage.embedded import attach

API = "/stats/api/v1"
#: Tables of fewer rows are quickest read whole.
LARGE = 5_000
SEQUENTIAL = """
select schemaname || '.' || relname as name, seq_scan, seq_tup_read, n_live_tup from pg_stat_user_tables
where schemaname in ('stats', 'slomix')
"""
ADDRESSES = (
    "/sessions", "/sessions/{session}", "/matches/{match}", "/rounds/{round}", "/players?q=a", "/players/{player}",
    "/leaderboard?metric={classic}", "/metrics", "/milestones", "/leaderboards/{metric}",
    "/leaderboards/{metric}?period=season", "/leaderboards/grenades?period=season",
    "/leaderboards/{metric}?period=90d&map={map}",
    "/leaderboards/{metric}?map={map}", "/leaderboards/{metric}?side=attack",
    "/leaderboards/{metric}?period=2026-Q3&side=defence&format=3v3", "/leaderboards/{metric}?format=3v3",
    "/leaderboards/{metric}?period=2025-01-01..2026-12-31", "/form", "/records", "/records?map={map}", "/hall-of-fame",
    "/hall-of-fame?period=season", "/maps", "/maps/{map}", "/weapons", "/seasons", "/seasons/2026-Q3", "/on-this-day",
    "/players/{player}/numbers", "/players/{player}/numbers?period=90d&map={map}", "/players/{player}/bands",
    "/players/{player}/consistency", "/players/{player}/consistency?period=all", "/players/{player}/maps",
    "/players/{player}/roles", "/players/{player}/fatigue", "/players/{player}/rivals",
    "/players/{player}/rivals?period=season", "/players/{player}/with/{other}", "/players/{player}/achievements",
    "/compare?players={player},{other}", "/matchup?a={player}&b={other}", "/sessions/{session}/insight",
    "/sessions/{session}/awards", "/sessions/{session}/teams", "/sessions/{session}/changes",
    "/sessions/{session}/bests", "/sessions/{session}/milestones", "/sessions/{session}/endstats", "/teams",
    "/teams/{team}",
)  # fmt: skip


async def samples(client: httpx2.AsyncClient) -> Iterator[dict[str, str]]:
    """What stands for the words in braces, endlessly."""

    async def get(path: str) -> Any:
        answer = await client.get(API + path)
        answer.raise_for_status()
        return answer.json()

    sessions = [each["session_id"] for each in (await get("/sessions?limit=60"))["sessions"]]
    detail = await get(f"/sessions/{sessions[0]}")
    people = [row["who"]["player_id"] for row in (await get("/leaderboards/rounds?limit=30"))["rows"]]
    found = {
        "session": sessions,
        "match": [match["match_id"] for match in detail["matches"]],
        "round": [match["r1"]["round_id"] for match in detail["matches"] if match["r1"]],
        "player": people,
        "other": [*people[1:], people[0]],
        "map": [each["map"] for each in (await get("/maps"))["maps"]],
        "metric": ["dpm", "kills", "kd", "accuracy", "revives", "gibs", "teamwork", "headshots"],
        "classic": ["dpm", "kills", "kd"],
        "team": (await get("/teams"))["names"],
    }
    turning = {name: itertools.cycle(values) for name, values in found.items()}
    return ({name: next(values) for name, values in turning.items()} for _ in itertools.count())


class Connection:
    """One connection that stays open; as little work as can be, so that the program is measured and not its client."""

    def __init__(self, base: str) -> None:
        self._host, _, port = base.removeprefix("http://").partition(":")
        self._port = int(port)

    async def __aenter__(self) -> Connection:
        self._reader, self._writer = await asyncio.open_connection(self._host, self._port, limit=1 << 22)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._writer.close()

    async def timed(self, path: str) -> float:
        """Milliseconds until the whole answer was there."""
        began = time.perf_counter()
        self._writer.write(f"GET {API}{quote(path, safe='/?&=,.%')} HTTP/1.1\r\nHost: {self._host}\r\n\r\n".encode())
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = re.search(r"content-length: (\d+)", head)
        if length is None:
            raise SystemExit(f"{path}: {head[:100]}")
        body = await self._reader.readexactly(int(length[1]))
        took = 1000 * (time.perf_counter() - began)
        if head.split()[1] != "200":
            raise SystemExit(f"{path}: {head.split()[1]} {body[:200]!r}")
        return took


async def measure(base: str, address: str, words: Iterator[dict[str, str]], given: argparse.Namespace) -> list[str]:
    """One line: address, first, median, p95."""
    paths = [address.format(**next(words)) for _ in range(given.requests)]
    async with Connection(base) as alone:
        first = [await alone.timed(path) for path in list(dict.fromkeys(paths))[:8]]
    waiting = iter(paths)

    async def connection() -> list[float]:
        async with Connection(base) as one:
            return [await one.timed(path) for path in waiting]

    parts = await asyncio.gather(*(connection() for _ in range(given.connections)))
    taken = [each for some in parts for each in some]
    p95 = statistics.quantiles(taken, n=20)[-1]
    return [address, f"{max(first):.1f}", f"{statistics.median(taken):.1f}", f"{p95:.1f}"]


async def scans(dsn: str) -> dict[str, tuple[int, int, int]]:
    """Sequential scans, the rows they read, and the rows there are, by table."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("select pg_stat_force_next_flush()")
        return {row["name"]: tuple(row.values())[1:] for row in await connection.fetch(SEQUENTIAL)}
    finally:
        await connection.close()


async def run(given: argparse.Namespace) -> bool:
    """Measure all; whether every p95 is below the goal and no large table was read whole."""
    port = free_port()
    environment = {
        "SLOMIX_DATA_DIR": str(given.data_dir),
        "SLOMIX_WEB__PORT": str(port),
        "SLOMIX_LOG__LEVEL": "warning",
    }
    attachment = await attach(given.data_dir)
    lines = []
    try:
        async with program(["web"], environment, port, quiet=True) as base:
            async with httpx2.AsyncClient(base_url=base, timeout=60) as client:
                words = await samples(client)
            before = await scans(attachment.dsn)
            for address in ADDRESSES:
                lines.append(await measure(base, address, words, given))
            after = await scans(attachment.dsn)
    finally:
        await attachment.release()
    table(f"milliseconds, {given.connections} connections", ("address", "first", "median", "p95"), lines)
    whole = [
        (name, str(scanned - before[name][0]), str(rows))
        for name, (scanned, _, rows) in after.items()
        if scanned > before[name][0] and rows > LARGE
    ]
    table(f"tables of more than {LARGE} rows that were read without an index", ("table", "times", "rows"), whole)
    return not whole and all(float(line[3]) < given.goal for line in lines)


def main() -> None:
    """Measure a data directory."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--requests", type=int, default=160)
    parser.add_argument("--goal", type=float, default=50.0)
    sys.exit(0 if asyncio.run(run(parser.parse_args())) else 1)


if __name__ == "__main__":
    main()
