"""`kill -9` of `slomix ingest` at many random points: nothing may be lost, doubled or half there.

    python -m benchmarks.kills [--kills 200] [--files 3000]

The importer works on an embedded database of its own. After every kill the ledger is compared with what the plugin
holds; at the end everything is compared with an import that nobody disturbed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import asyncpg

from slomix.storage.embedded import attach
from slomix.testing.content import content

SLOMIX = [sys.executable, "-m", "slomix"]
KINDS = ("player-rounds", "matches", "sessions")

WRONG = """
select
    (select count(*) from slomix.artifact a left join stats.round r on r.round_id = a.round_id
     where a.outcome <> 'imported' or r.round_id is null)
  + (select count(*) from slomix.round r where not exists
     (select from slomix.artifact a where a.round_id = r.id))
  + (select count(*) from slomix.round r where not exists
     (select from stats.player_round p where p.round_id = r.id))
  + (select count(*) from slomix.session s where s.rounds <>
     (select count(*) from slomix.round r where r.session_id = s.id))
  + (select count(*) from stats.round s join slomix.round r on r.id = s.round_id
     where s.status is null and not exists (select from slomix.unsettled u where u.session_id = r.session_id))
  + (select count(*) from (
        select p.player_id, count(*) as rounds, sum(p.kills) as kills
        from stats.player_round p join stats.round r on r.round_id = p.round_id and r.valid group by 1
     ) as played full join stats.player_total t using (player_id)
     where (t.rounds, t.kills) is distinct from (played.rounds, played.kills))
"""


def slomix(home: Path, *arguments: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
    """Run the program to its end."""
    command = [*SLOMIX, "--config", str(home / "plugins.toml"), *arguments]
    return subprocess.run(command, env=environment(home), check=True, stdout=subprocess.PIPE, **options)


def environment(home: Path) -> dict[str, str]:
    return {**os.environ, "SLOMIX_DATA_DIR": str(home / "var"), "SLOMIX_LOG__LEVEL": "error"}


def prepare(home: Path) -> None:
    home.mkdir()
    (home / "plugins.toml").write_text("schema = 1\n[plugins]\nstats = true\n")


async def everything(home: Path) -> tuple[list[bytes], dict[str, list[str]]]:
    """The exports, and every table of stats."""
    attachment = await attach(home / "var")
    try:
        connection = await asyncpg.connect(attachment.dsn)
        tables = await content(connection, "stats", without=("settled",))
        await connection.close()
        return [slomix(home, "export", kind).stdout for kind in KINDS], tables
    finally:
        await attachment.release()


async def kill_once(home: Path, files: Path, connection: Any, chance: random.Random) -> None:
    """Start an import, let it write something, and kill it up to a fifth of a second later."""
    had = await connection.fetchval("select count(*) from slomix.artifact")
    process = await asyncio.create_subprocess_exec(
        *SLOMIX, "--config", str(home / "plugins.toml"), "ingest", str(files), env=environment(home),
        stdout=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    while process.returncode is None and await connection.fetchval("select count(*) from slomix.artifact") == had:
        await asyncio.sleep(0.003)
    await asyncio.sleep(chance.random() * 0.2)
    if process.returncode is None:
        process.kill()
    await process.wait()


async def measure(kills: int, count: int, folder: Path) -> dict[str, Any]:
    disturbed, calm, files = folder / "disturbed", folder / "calm", folder / "gamestats"
    prepare(disturbed)
    prepare(calm)
    slomix(calm, "simulate", "--out", str(files), "--rounds", str(count))
    slomix(disturbed, "migrate")
    chance = random.Random(5)
    under_way, wrong, began = 0, 0, time.perf_counter()
    attachment = await attach(disturbed / "var")
    try:
        connection = await asyncpg.connect(attachment.dsn)
        for _ in range(kills):
            await kill_once(disturbed, files, connection, chance)
            wrong += await connection.fetchval(WRONG)
            under_way += await connection.fetchval("select count(*) from slomix.artifact") < count
        await connection.close()
        slomix(disturbed, "ingest", str(files))
        after = await everything(disturbed)
    finally:
        await attachment.release()
    slomix(calm, "ingest", str(files))
    same = after == await everything(calm)
    return {
        "kills": kills,
        "under_way": under_way,
        "files": count,
        "lost_doubled_or_partial": wrong,
        "same_as_undisturbed": same,
        "seconds": round(time.perf_counter() - began, 1),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--files", type=int, default=3000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        result = asyncio.run(measure(given.kills, given.files, Path(folder)))
    print(json.dumps(result))
    return 0 if result["same_as_undisturbed"] and not result["lost_doubled_or_partial"] else 1


if __name__ == "__main__":
    sys.exit(main())
