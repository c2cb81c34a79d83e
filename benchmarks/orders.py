"""Many random orders of arrival of the same evenings: the three exports must be the same bytes each time.

    python -m benchmarks.orders [--orders 200] [--rounds 48] [--from FOLDER]

Without a folder the evenings are simulated. Every tenth file is held back to the end, as a late one.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import random
import sys
import tempfile
import time
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from slomix.bus import Bus, LiveFeed
from slomix.cli.export import write_table
from slomix.clock import SystemClock
from slomix.contrib import Parser
from slomix.ingest.files import files_of
from slomix.ingest.pipeline import Pipeline
from slomix.jobs.queue import JobQueue
from slomix.settings import CoreSettings, DatabaseSettings
from slomix.storage.database import Database
from slomix.testing.database import fresh_database, sources_for
from slomix.testing.declared import records_of

EMPTY = "truncate slomix.server, slomix.session, slomix.match, slomix.round, slomix.player, slomix.artifact cascade"


async def tables(db: Database, exports: list[Any]) -> list[bytes]:
    """Each table as `slomix export` writes it."""
    written = []
    for export in exports:
        file = io.BytesIO()
        await write_table(export, db, file, "ndjson")
        written.append(file.getvalue())
    return written


async def measure(files: list[Path], orders: int) -> dict[str, Any]:
    """Import the files in so many orders; answers how many gave other tables than the order of time."""
    (point,) = entry_points(group="slomix", name="stats")
    plugin = point.load()
    clock = SystemClock()
    data = {path: path.read_bytes() for path in files}
    began = time.perf_counter()
    with fresh_database(sources_for(("stats",))) as dsn:
        db = await Database.open(DatabaseSettings(), dsn)
        bus = Bus(JobQueue(clock), clock, LiveFeed(db))
        parsers = records_of(Parser, "register_parsers", "stats")
        pipeline = Pipeline(db, parsers, bus, clock, CoreSettings())
        exports = list(plugin.register_exports(None))
        expected: list[bytes] = []
        differing = []
        for seed in range(orders + 1):
            await db.execute(EMPTY)
            order = random.Random(seed).sample(files, len(files)) if seed else files
            late = order[::10] if seed else []
            for path in [*(path for path in order if path not in late), *late]:
                await pipeline.offer(path.name, data[path], source="benchmark", durable=False)
            found = await tables(db, exports)
            expected = expected or found
            if found != expected:
                differing.append(seed)
        await db.close()
    return {
        "orders": orders,
        "files": len(files),
        "bytes": sum(map(len, expected)),
        "differing": differing,
        "seconds": round(time.perf_counter() - began, 1),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=48)
    parser.add_argument("--from", dest="folder", type=Path, help="stats files to use, the last ROUNDS of them")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        source = given.folder
        if source is None:
            (point,) = entry_points(group="slomix", name="stats")
            (simulator,) = point.load().register_simulators(None)
            source = Path(folder)
            list(simulator.run(source, seed=7, rounds=given.rounds))
        result = asyncio.run(measure(files_of([source])[-given.rounds :], given.orders))
    print(json.dumps(result))
    return 1 if result["differing"] else 0


if __name__ == "__main__":
    sys.exit(main())
