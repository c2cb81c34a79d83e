"""How long `slomix stats rebuild` takes, and that it changes nothing.

python -m benchmarks.rebuild [--rounds 3000]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import asyncpg

from benchmarks.kills import prepare, slomix
from benchmarks.simulated import fill
from slomix.storage.embedded import attach
from slomix.testing.content import content


async def measure(rounds: int, folder: Path) -> dict[str, Any]:
    """Import, rebuild, compare."""
    home = folder / "home"
    prepare(home)
    fill(folder / "gamestats", rounds)
    slomix(home, "ingest", str(folder / "gamestats"))
    attachment = await attach(home / "var")
    try:
        connection = await asyncpg.connect(attachment.dsn)
        before = await content(connection, "stats", without=("settled",))
        began = time.perf_counter()
        slomix(home, "stats", "rebuild")
        seconds = time.perf_counter() - began
        same = await content(connection, "stats", without=("settled",)) == before
        await connection.close()
    finally:
        await attachment.release()
    return {"rounds": rounds, "seconds": round(seconds, 1), "same_as_before": same}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        result = asyncio.run(measure(given.rounds, Path(folder)))
    print(json.dumps(result))
    return 0 if result["same_as_before"] else 1


if __name__ == "__main__":
    sys.exit(main())
