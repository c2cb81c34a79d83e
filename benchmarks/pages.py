"""The dashboard's pages: how long one takes without any memory, and how many per second: uncached, anew, kept, as 304.

    python -m benchmarks.pages [--small 300] [--large 30000] [--home FOLDER] [--seconds 3]

The histories are simulated and imported once into HOME, the last evening being a few days ago. The program runs on one
processor and what asks on another (`benchmarks.load`); PostgreSQL runs where there is room.

Uncached: the setting `slomix.web.kept_answers_mib` is 0, every page is read and rendered and stats remembers nothing.
Anew: pages for addresses that were never asked for, with the settings as they are; what depends on everybody (bands,
form, lists of maps) was worked out once since the last round. `reference` is what the existing system's JSON alone was
measured at, of 300 rounds, on two such processors.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg

from benchmarks.program import free_port, program, table
from benchmarks.simulated import fill
from slomix.storage.embedded import attach
from slomix_stats.simulate.evening import ZONE

#: A simulated community plays so many rounds a day.
ROUNDS_PER_DAY = 7.0
PROGRAM_CPU, LOAD_CPU = 0, 1
GZIP = "Accept-Encoding: gzip"

SESSIONS = "select id from slomix.session order by ended_at desc limit 30"
PLAYERS = "select player_id as id from stats.player_total order by rounds desc limit 20"


@dataclass(frozen=True)
class Goal:
    """What a page must reach: milliseconds without memory, and what the reference was measured at."""

    p50_ms: float
    reference_ms: float | None = None
    reference_per_second: float | None = None


PAGES = {
    "home": Goal(8.0),
    "leaderboard": Goal(3.0, 17.8, 105),
    "records": Goal(3.0, 19.8, 42),
    "session": Goal(8.0, 44.9, 38),
    "player": Goal(3.0, 12.4, 80),
}
#: What kept answers and 304s must reach per second, and how many times the reference pages without memory.
KEPT_PER_SECOND = 3_000
TIMES_REFERENCE = 5
#: Addresses of one measurement; more than are asked for in its time.
MOST_ONCE = 10_000


def history(home: Path, rounds: int) -> Path:
    """A folder with settings and data of so many rounds, made where it is not there yet."""
    folder = home / str(rounds)
    if not (folder / "done").exists():
        start = datetime.now(ZONE) - timedelta(days=2 + rounds / ROUNDS_PER_DAY)
        fill(folder / "gamestats", rounds, start=start.replace(hour=21, minute=0, second=0, microsecond=0))
        (folder / "plugins.toml").write_text("schema = 1\n[plugins]\nstats = true\nwebui = true\n")
        command = [sys.executable, "-m", "slomix", "ingest", "--json", str(folder / "gamestats")]
        subprocess.run(command, env=os.environ | environment(folder), check=True, stdout=subprocess.DEVNULL)
        (folder / "done").touch()
    return folder


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Where the program finds its settings and its data; nobody is told to come later."""
    return {
        "SLOMIX_CONFIG": str(folder / "plugins.toml"),
        "SLOMIX_DATA_DIR": str(folder / "var"),
        "SLOMIX_LOG__LEVEL": "error",
        "SLOMIX_WEB__VIEWS_PER_MINUTE": "10000000",
        **more,
    }


async def paths(folder: Path) -> dict[str, list[str]]:
    """The addresses of each page."""
    attachment = await attach(folder / "var")
    connection = await asyncpg.connect(attachment.dsn)
    try:
        await connection.execute("analyze")
        sessions = [row["id"] for row in await connection.fetch(SESSIONS)]
        players = [row["id"] for row in await connection.fetch(PLAYERS)]
    finally:
        await connection.close()
        await attachment.release()
    metrics = ("dpm", "kd", "kills", "accuracy", "revives", "gibs")
    return {
        "home": ["/"],
        "leaderboard": [f"/leaderboards?metric={metric}" for metric in metrics],
        "records": ["/records"],
        "session": [f"/sessions/{each}" for each in sessions],
        "player": [f"/players/{each}" for each in players],
    }


async def load(base: str, asked: list[str], *options: str) -> dict[str, Any]:
    """What `benchmarks.load` says of these addresses."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(asked))
        file.flush()
        command = ["-m", "benchmarks.load", base, file.name, "--cpu", str(LOAD_CPU), "--header", GZIP, *options]
        process = await asyncio.create_subprocess_exec(sys.executable, *command, stdout=asyncio.subprocess.PIPE)
        out, _ = await process.communicate()
    answer: dict[str, Any] = json.loads(out)
    if unexpected := set(answer["statuses"]) - {"200", "304"}:
        raise SystemExit(f"{asked[0]}: answered {', '.join(unexpected)}")
    return answer


def pin(pid: int) -> None:
    """One processor for the program: the other one asks."""
    os.sched_setaffinity(pid, {PROGRAM_CPU})


async def measured(pid: int, base: str, asked: list[str], *options: str) -> dict[str, Any]:
    """`load`, with `cpu`: milliseconds of the program's processor per answer, whoever else is busy."""
    before = processor_s(pid)
    answer = await load(base, asked, *options)
    spent = processor_s(pid) - before
    return answer | {"cpu": 1000 * spent / answer["all"]}


def processor_s(pid: int) -> float:
    """Processor time of a process so far, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident(pid: int) -> float:
    """Resident memory in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1000


async def at_size(folder: Path, seconds: float) -> tuple[dict[str, dict[str, float]], dict[str, float]]:
    """Numbers by page, and memory of the program in MB."""
    asked, found, memory = await paths(folder), {}, {}
    of_time = ("--seconds", str(seconds))
    running: list[int] = []

    def begun(pid: int) -> None:
        pin(pid)
        running.append(pid)

    port = free_port()
    plain = environment(folder, SLOMIX_WEB__PORT=str(port), SLOMIX_WEB__KEPT_ANSWERS_MIB="0")
    async with program(["web"], plain, port, quiet=True, begun=begun) as base:
        memory["idle"] = resident(running[-1])
        for page, where in asked.items():
            alone = await measured(running[-1], base, where, "--connections", "1", *of_time)
            many = await load(base, where, *of_time)
            found[page] = {
                "p50": alone["p50"],
                "p95": alone["p95"],
                "cpu": alone["cpu"],
                "uncached": many["per_second"],
            }
        memory["after uncached"] = resident(running[-1])
    kept = environment(folder, SLOMIX_WEB__PORT=str(port))
    async with program(["web"], kept, port, quiet=True, begun=begun) as base:
        for page, where in asked.items():
            anew = await load(base, once(where, 0), "--connections", "1", *of_time)
            crowd = await load(base, once(where, MOST_ONCE), *of_time)
            found[page] |= {"anew": anew["p50"], "anew/s": crowd["per_second"]}
            warm = await measured(running[-1], base, where, *of_time)
            same = await measured(running[-1], base, where, "--etags", *of_time)
            found[page] |= {"kept": warm["per_second"], "304": same["per_second"], "wire": warm["bytes"]}
            found[page] |= {"kept cpu": warm["cpu"], "304 cpu": same["cpu"]}
        memory["after kept"] = resident(running[-1])
    return found, memory


def once(where: list[str], first: int) -> list[str]:
    """These pages at addresses that were never asked for, so that none of them is kept."""
    numbers = range(first, first + MOST_ONCE)
    return [
        f"{each}{'&' if '?' in each else '?'}n={number}"
        for each, number in zip(itertools.cycle(where), numbers, strict=False)
    ]


def report(rounds: int, found: dict[str, dict[str, float]], memory: dict[str, float]) -> None:
    """Print one size."""
    head = (
        "page", "p50 ms", "p95 ms", "CPU ms", "goal", "reference", "uncached/s", "reference/s", "anew ms", "anew/s",
        "kept/s", "CPU ms", "304/s", "CPU ms", "KB",
    )  # fmt: skip
    lines = []
    for page, each in found.items():
        goal = PAGES[page]
        lines.append(
            (
                page,
                f"{each['p50']:.2f}",
                f"{each['p95']:.2f}",
                f"{each['cpu']:.2f}",
                f"{goal.p50_ms:g}",
                "" if goal.reference_ms is None else f"{goal.reference_ms:g}",
                f"{each['uncached']:.0f}",
                "" if goal.reference_per_second is None else f"{goal.reference_per_second:g}",
                f"{each['anew']:.2f}",
                f"{each['anew/s']:.0f}",
                f"{each['kept']:.0f}",
                f"{each['kept cpu']:.3f}",
                f"{each['304']:.0f}",
                f"{each['304 cpu']:.3f}",
                f"{each['wire'] / 1000:.1f}",
            )
        )
    table(f"{rounds} rounds", head, lines)
    print("  memory: " + ", ".join(f"{name} {value:.0f} MB" for name, value in memory.items()))


def missed(found: dict[str, dict[str, float]], *, times: float) -> list[str]:
    """Goals that were not reached; `times` their milliseconds are allowed."""
    late = []
    for page, each in found.items():
        goal = PAGES[page]
        if each["p50"] > times * goal.p50_ms:
            late.append(f"{page}: {each['p50']:.1f} ms")
        if goal.reference_per_second and each["uncached"] < TIMES_REFERENCE * goal.reference_per_second / times:
            late.append(f"{page}: {each['uncached']:.0f} per second uncached")
        late += [f"{page}: {each[way]:.0f} per second {way}" for way in ("kept", "304") if each[way] < KEPT_PER_SECOND]
    return late


def main() -> int:
    """Measure both sizes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", type=int, default=300)
    parser.add_argument("--large", type=int, default=30_000, help="0 leaves it out")
    parser.add_argument("--home", type=Path, default=Path(tempfile.gettempdir(), "slomix-pages"))
    parser.add_argument("--seconds", type=float, default=3.0)
    given = parser.parse_args()
    late = []
    for rounds, times in ((given.small, 1.0), (given.large, 2.0)):
        if rounds:
            found, memory = asyncio.run(at_size(history(given.home, rounds), given.seconds))
            report(rounds, found, memory)
            late += [f"{rounds} rounds, {each}" for each in missed(found, times=times)]
    if late:
        print("\nmissed: " + "; ".join(late))
    return 1 if late else 0


if __name__ == "__main__":
    sys.exit(main())
