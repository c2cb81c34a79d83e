"""What plugins cost before they do anything: calling their hooks, and starting with 0, 5 and 25 of them.

    python -m benchmarks.hooks [--runs 7]

Plugins installed like any other; each has a parser, a handler, a job, a page, an export and a startup hook, which
do nothing. Every run is a process of its own on a database that is migrated already; the table shows medians.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from benchmarks.program import ROOT, table

COUNTS = (0, 5, 25)
CALLS = 500
PLUGIN = """
from slomix.contrib import Export, Handler, Job, Page, Parser
from slomix.events import RoundImported
from slomix.plugin import Plugin, hookimpl

async def nothing(*_): ...

class Idle(Plugin):
    name = "{0}"

    @hookimpl
    def register_parsers(self, ctx):
        yield Parser(name="p", version=1, sniff=lambda name, head: 0.0, parse=nothing, sighting=nothing, store=nothing)

    @hookimpl
    def register_handlers(self, ctx):
        yield Handler(event=RoundImported, run=nothing)

    @hookimpl
    def register_jobs(self, ctx):
        yield Job(name="{0}.work", run=nothing)

    @hookimpl
    def register_exports(self, ctx):
        yield Export(kind="{0}", columns=("n",), rows=nothing, summary="nothing")

    @hookimpl
    def register_routes(self, ctx):
        yield Page(path="/", endpoint=nothing, name="{0}")

    @hookimpl
    async def startup(self, ctx): ...

plugin = Idle()
"""


def install(site: Path, count: int) -> list[str]:
    """Put so many plugins into a folder; answers their names."""
    names = [f"idle{n}" for n in range(count)]
    for name in names:
        (site / f"slomix_{name}.py").write_text(PLUGIN.format(name))
        info = site / f"slomix_{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: slomix-{name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[slomix]\n{name} = slomix_{name}:plugin\n")
    return names


async def start(site: Path, dsn: str) -> dict[str, float]:
    """In a process of its own: open the program with the plugins of a folder; answers milliseconds."""
    sys.path.insert(0, str(site))
    began = time.perf_counter()
    from slomix.host.host import Host
    from slomix.runtime import open_runtime
    from slomix.settings import CoreSettings, DatabaseSettings, Settings

    names = sorted(path.stem.removeprefix("slomix_") for path in site.glob("slomix_*.py"))
    database = DatabaseSettings(url=dsn)
    settings = Settings(
        core=CoreSettings(strict=True, data_dir=site / "var", database=database),
        plugins=dict.fromkeys(names, True),
        plugin_sections={},
        file=None,
    )
    imported = time.perf_counter()
    Host(settings).load()
    loaded = time.perf_counter()
    async with open_runtime(settings, role="web") as runtime:
        opened = time.perf_counter()
        found = {"imports": imported - began, "load": loaded - imported, "open": opened - loaded}
        if names:
            found |= await calls(runtime.host, names)
    return {name: seconds * 1000 for name, seconds in found.items()}


async def calls(host: Any, names: list[str]) -> dict[str, float]:
    """Seconds per call of a hook on one plugin, through the host and straight."""
    runner = host._runner
    name, context = names[0], host.context(names[0])
    declare, begin = (runner.implementation(hook, name) for hook in ("register_jobs", "startup"))

    async def average(once: Callable[[], Awaitable[Any]]) -> float:
        began = time.perf_counter()
        for _ in range(CALLS):
            await once()
        return (time.perf_counter() - began) / CALLS

    async def declared(through: bool) -> None:
        assert runner.declare("register_jobs", name, context) if through else list(declare(context))

    return {
        "declare": await average(lambda: declared(True)),
        "declare straight": await average(lambda: declared(False)),
        "await": await average(lambda: runner.call("startup", name, context, limit=10)),
        "await straight": await average(lambda: begin(context)),
    }


def measure(runs: int) -> dict[int, dict[str, float]]:
    """Medians by number of plugins, in milliseconds; `process` is the whole process."""
    from slomix.testing.database import fresh_database, sources_for

    found = {}
    with fresh_database(sources_for(())) as dsn, tempfile.TemporaryDirectory() as scratch:
        for count in COUNTS:
            site = Path(scratch, str(count))
            site.mkdir()
            install(site, count)
            told = [run(site, dsn) for _ in range(runs)]
            found[count] = {name: statistics.median(each[name] for each in told) for name in told[0]}
    return found


def run(site: Path, dsn: str) -> dict[str, float]:
    """One process."""
    command = [sys.executable, "-m", "benchmarks.hooks", "--site", str(site), "--dsn", dsn]
    began = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return {**told, "process": (time.perf_counter() - began) * 1000}


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=7)
    options.add_argument("--site", type=Path)
    options.add_argument("--dsn", default="")
    given = options.parse_args()
    if given.site is not None:
        print(json.dumps(asyncio.run(start(given.site, given.dsn))))
        return
    found = measure(given.runs)
    lines = [
        (str(count), *(f"{of[part]:.0f} ms" for part in ("process", "imports", "load", "open")))
        for count, of in found.items()
    ]
    table("start", ("plugins", "whole process", "imports of core", "found and imported", "opened"), lines)
    most = found[COUNTS[-1]]
    table(
        "one hook on one plugin",
        ("", "through the host", "straight"),
        [
            (kind, f"{most[kind] * 1000:.0f} µs", f"{most[f'{kind} straight'] * 1000:.1f} µs")
            for kind in ("declare", "await")
        ],
    )


if __name__ == "__main__":
    main()
