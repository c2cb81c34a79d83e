"""From the file in the folder to the row, the Discord post and the browser: how long people wait.

Starts `slomix up` on an embedded database, a fake Discord in a process of its own, and a reader of the event stream;
then drops the rounds of a simulated evening into the watched folder, one after another, as a game server does.

    python -m benchmarks.latency [--rounds 60]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx2

from benchmarks.program import discord_process, free_port, program, table

PAUSE_S = 0.4


async def rows(client: httpx2.AsyncClient, seen: dict[str, float]) -> None:
    """Ask the program itself, 200 times a second, how many rounds it has; note when the count grows."""
    while True:
        status = (await client.get("/api/status")).json()
        count = status["ledger"]["imported"]
        while len(seen) < count:
            seen[str(len(seen))] = time.monotonic()
        await asyncio.sleep(0.005)


async def browser(client: httpx2.AsyncClient, seen: list[float]) -> None:
    """Read the event stream as a page does."""
    async with client.stream("GET", "/-/events", timeout=None) as answer:
        async for line in answer.aiter_lines():
            if line == "event: slomix.RoundImported":
                seen.append(time.monotonic())


async def posts(api: httpx2.AsyncClient, seen: list[float]) -> None:
    """Look at the channel, 100 times a second."""
    while True:
        count = len((await api.get("/_/messages")).json())
        while len(seen) < count:
            seen.append(time.monotonic())
        await asyncio.sleep(0.01)


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` of the values lie."""
    return statistics.quantiles(values, n=100, method="inclusive")[round(share * 100) - 1]


async def measure(rounds: int) -> dict[str, Any]:
    """Drop `rounds` files; answers seconds per stage."""
    from slomix_stats.simulate import simulate

    with tempfile.TemporaryDirectory() as scratch:
        folder, played = Path(scratch, "gamestats"), Path(scratch, "played")
        folder.mkdir()
        files = list(simulate(played, seed=3, rounds=rounds))
        port = free_port()
        async with discord_process() as discord:
            environment = {
                "SLOMIX_DATA_DIR": f"{scratch}/data",
                "SLOMIX_WEB__PORT": str(port),
                "SLOMIX_INGEST__FOLDERS": json.dumps([str(folder)]),
                "SLOMIX_DISCORD__TOKEN": discord["token"],
                "SLOMIX_DISCORD__GUILD": str(discord["guild"]),
                "SLOMIX_DISCORD__CHANNEL": str(discord["channel"]),
                "SLOMIX_DISCORD__API_BASE": discord["api_base"],
                "SLOMIX_DISCORD__GATEWAY_URL": discord["gateway_url"],
                "SLOMIX_DISCORD__POST_MAX_AGE": str(60 * 24 * 3650),
                "SLOMIX_STATS__MATCH_POST": "false",  # one post for each file is waited for
            }
            async with (
                program(["up"], environment, port) as base,
                httpx2.AsyncClient(base_url=base) as client,
                httpx2.AsyncClient(base_url=discord["page"]) as channel,
            ):
                row_times: dict[str, float] = {}
                page_times: list[float] = []
                post_times: list[float] = []
                watchers = [
                    asyncio.create_task(rows(client, row_times)),
                    asyncio.create_task(browser(client, page_times)),
                    asyncio.create_task(posts(channel, post_times)),
                ]
                await asyncio.sleep(2)
                dropped = []
                for file in files:
                    target = folder / file.name
                    content = file.read_bytes()
                    dropped.append(time.monotonic())
                    target.write_bytes(content)
                    await asyncio.sleep(PAUSE_S)
                await asyncio.sleep(3)
                for watcher in watchers:
                    watcher.cancel()
    got = {"row": list(row_times.values()), "browser": page_times, "Discord post": post_times}
    for stage, times in got.items():
        if len(times) != len(dropped):
            raise SystemExit(f"{stage}: {len(times)} of {len(dropped)} rounds arrived")
    return {stage: [t - d for t, d in zip(times, dropped, strict=True)] for stage, times in got.items()}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=60)
    waits = asyncio.run(measure(parser.parse_args().rounds))
    lines = [
        (stage, f"{percentile(w, 0.5):.3f} s", f"{percentile(w, 0.95):.3f} s", f"{max(w):.3f} s", "p95 < 1 s")
        for stage, w in waits.items()
    ]
    table("from the file in the folder to …", ("stage", "p50", "p95", "max", "to reach"), lines)
    sys.exit(any(percentile(w, 0.95) >= 1 for w in waits.values()))


if __name__ == "__main__":
    main()
