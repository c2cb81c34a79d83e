"""From the first byte of a demo that somebody sends to its highlights on the page: how long people wait.

    python -m benchmarks.greatshot_upload [FILE] [--times 30]

Without a file, it is a match of 23 minutes by our own recorder (6 MB). Each upload is another content (bytes behind the
end marker), over real HTTP, beside a worker that cuts the clips of the one before. The page is asked for until it shows
highlights.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

import httpx2

from benchmarks.demos import long_demo
from benchmarks.program import table
from slomix.testing.database import fresh_database, sources_for
from slomix.testing.login import give_cookies
from slomix.testing.running import Running, running
from slomix.testing.web import serving

PLUGINS = ("stats", "webui", "greatshot")
GOAL_S = 1.0
LOOK_S = 0.02
SHOWN = b'class="gs-moments"'


async def upload(web: httpx2.AsyncClient, data: bytes, name: str) -> tuple[float, float]:
    """Seconds until the upload was answered, and until the page had highlights."""
    began = time.perf_counter()
    sent = await web.post(f"/greatshot/api/v1/demos?name={name}", content=data)
    sent.raise_for_status()
    answered = time.perf_counter() - began
    while True:
        page = await web.get(sent.json()["address"])
        if SHOWN in page.content:
            return answered, time.perf_counter() - began
        await asyncio.sleep(LOOK_S)


async def measure(data: bytes, times: int) -> list[tuple[float, float]]:
    """All uploads, one after another; the first one, which starts everything, does not count."""
    core = {"web": {"views_per_minute": 1_000_000, "changes_per_minute": 1_000_000}}
    sections = {"greatshot": {"uploads_per_hour": times + 2}}
    with fresh_database(sources_for(PLUGINS)) as dsn:
        async with running(dsn, *PLUGINS, sections=sections, core=core) as program, serving(program.app) as url:
            working = asyncio.create_task(program.runtime.worker.run())
            try:
                async with httpx2.AsyncClient(base_url=url, timeout=60) as web:
                    give_cookies(web, await _session(program))
                    found = [
                        await upload(web, data + bytes([number]) * 9, f"{number}.dm_84") for number in range(times + 1)
                    ]
            finally:
                working.cancel()
                await asyncio.gather(working, return_exceptions=True)
    return found[1:]


async def _session(program: Running) -> str:
    return await program.session_of(1)


def main() -> int:
    """Print the times; 1 when the goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, nargs="?")
    parser.add_argument("--times", type=int, default=30)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = given.file or Path(folder, "long.dm_84")
        if given.file is None:
            long_demo(file, 23)
        data = file.read_bytes()
    found = asyncio.run(measure(data, given.times))
    lines = []
    worst = 0.0
    for what, values in zip(("answered", "highlights on the page"), zip(*found, strict=True), strict=True):
        p95 = statistics.quantiles(values, n=20, method="inclusive")[18]
        worst = max(worst, p95)
        lines.append(
            (what, f"{statistics.median(values) * 1000:.0f}", f"{p95 * 1000:.0f}", f"{max(values) * 1000:.0f}")
        )
    table(f"{len(data) / 1e6:.1f} MB, {given.times} times", ("ms until", "median", "p95", "most"), lines)
    print(f"goal: {GOAL_S * 1000:.0f} ms p95")
    return int(worst > GOAL_S)


if __name__ == "__main__":
    sys.exit(main())
