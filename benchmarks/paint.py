"""When a reader sees something: first contentful paint of cold visits on loopback, in the system's Chromium.

    python -m benchmarks.paint [--visits 21] [--rounds 300] [--home FOLDER]

The history is that of `benchmarks.pages`, the program a process of its own. Each visit has a fresh context with an
empty cache: document, styles, script and icon come over the wire. `reference` is what the existing system's pages were
measured at in the same browser (the shell, before its data is asked for).
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks.pages import environment, history, paths
from benchmarks.program import free_port, program, table
from slomix.testing.browser import Browser, connected
from slomix.testing.chromium import chromium

PAGES = ("home", "session", "player", "leaderboard")
GOAL_MS = 250.0
REFERENCE = "390 to 960"
REFERENCE_REQUESTS = "61 to 85"


async def visits(base: str, browser: Browser, addresses: list[str], count: int) -> dict[str, float]:
    """Medians of so many cold visits; one before them fills what the program keeps."""
    paints, sizes, requests = [], [], []
    for number in range(count + 1):
        async with browser.view(f"{base}{addresses[0]}", cache=False) as view:
            await view.still()
            painted = await view.first_paint()
            if number and painted is not None:
                paints.append(painted)
                sizes.append(view.bytes)
                requests.append(len(view.requests))
    paints.sort()
    return {
        "p50": statistics.median(paints),
        "p95": paints[min(len(paints) - 1, round(0.95 * len(paints)))],
        "kb": statistics.median(sizes) / 1000,
        "requests": statistics.median(requests),
    }


async def measure(count: int, folder: Path) -> dict[str, dict[str, float]]:
    """Numbers by page. The program is a process of its own, as in life."""
    found, port = {}, free_port()
    asked = await paths(folder)
    with chromium() as address:
        async with (
            program(["web"], environment(folder, SLOMIX_WEB__PORT=str(port)), port, quiet=True) as base,
            connected(address) as browser,
        ):
            for page in PAGES:
                found[page] = await visits(base, browser, asked[page], count)
    return found


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--visits", type=int, default=21)
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--home", type=Path, default=Path(tempfile.gettempdir(), "slomix-pages"))
    given = parser.parse_args()
    found = asyncio.run(measure(given.visits, history(given.home, given.rounds)))
    head = ("page", "first paint p50 ms", "p95", "goal", "reference", "requests", "reference", "KB cold")
    lines = [
        (page, f"{each['p50']:.0f}", f"{each['p95']:.0f}", f"{GOAL_MS:g}", REFERENCE, f"{each['requests']:.0f}",
         REFERENCE_REQUESTS, f"{each['kb']:.0f}")
        for page, each in found.items()
    ]  # fmt: skip
    table(f"{given.visits} cold visits", head, lines)
    return 1 if any(each["p50"] > GOAL_MS for each in found.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
