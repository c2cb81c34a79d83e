"""`kill -9` of an import, again and again: nothing is lost, doubled or half there."""

from __future__ import annotations

import asyncio
import os
import random
import sys
from pathlib import Path
from typing import Any

import pytest

from slomix.ingest.bulk import import_files
from slomix.ingest.files import files_of
from slomix.ingest.pipeline import Pipeline
from slomix.storage.database import Database
from slomix.testing.content import content

pytestmark = [pytest.mark.plugins("stats"), pytest.mark.timeout(300)]

KILLS = 12
#: Files per kill: the next one must still find work.
FILES = 24 * KILLS
#: How often something was settled is not what came of it.
COUNTERS = ("settled",)
SLOMIX = Path(sys.executable).parent / "slomix"

HALF_THERE = {
    "a file without its round": """
        select count(*) from slomix.artifact a left join stats.round r on r.round_id = a.round_id
        where a.outcome <> 'imported' or r.round_id is null""",
    "a round without its file": """
        select count(*) from slomix.round r where not exists
        (select from slomix.artifact a where a.round_id = r.id)""",
    "a round without its players": """
        select count(*) from slomix.round r
        where not exists (select from slomix.round_player p where p.round_id = r.id)
           or not exists (select from stats.player_round p where p.round_id = r.id)""",
    "a sum of other rounds than the valid ones": """
        select count(*) from (
            select p.player_id, count(*) as rounds, sum(p.kills) as kills, sum(p.time_played_s) as time_played_s
            from stats.player_round p join stats.round r on r.round_id = p.round_id and r.valid
            group by p.player_id
        ) as played
        full join stats.player_total t using (player_id)
        where (t.rounds, t.kills, t.time_played_s)
            is distinct from (played.rounds, played.kills, played.time_played_s)""",
    "a session that is neither settled nor marked": """
        select count(*) from slomix.round r join stats.round s on s.round_id = r.id
        where s.status is null and not exists (select from slomix.unsettled u where u.session_id = r.session_id)""",
    "a session with another count": """
        select count(*) from slomix.session s
        where s.rounds <> (select count(*) from slomix.round r where r.session_id = s.id)""",
}


async def killed_import(db: Database, dsn: str, folder: Path, chance: random.Random) -> None:
    """Start an import, let it get somewhere, kill it."""
    had = await db.fetchval("select count(*) from slomix.artifact")
    environment = {**os.environ, "SLOMIX_DATABASE__URL": dsn, "SLOMIX_LOG__LEVEL": "error"}
    process = await asyncio.create_subprocess_exec(
        SLOMIX, "--config", folder / "plugins.toml", "ingest", folder / "gamestats", env=environment,
        stdout=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    while process.returncode is None and await db.fetchval("select count(*) from slomix.artifact") == had:
        await asyncio.sleep(0.005)
    await asyncio.sleep(chance.random() * 0.12)
    if process.returncode is None:
        process.kill()
    await process.wait()


async def test_nothing_is_lost_doubled_or_half_there(
    pipeline: Pipeline, db: Database, dsn: str, tmp_path: Path, read_exports: Any
) -> None:
    from importlib.metadata import entry_points

    (point,) = entry_points(group="slomix", name="stats")
    (simulator,) = point.load().register_simulators(None)
    assert len(list(simulator.run(tmp_path / "gamestats", seed=3, rounds=FILES))) == FILES
    (tmp_path / "plugins.toml").write_text("schema = 1\n[plugins]\nstats = true\n")
    files = files_of([tmp_path / "gamestats"])

    chance = random.Random(11)
    cut_short = 0
    for _ in range(KILLS):
        await killed_import(db, dsn, tmp_path, chance)
        cut_short += await db.fetchval("select count(*) from slomix.artifact") < FILES
        for what, query in HALF_THERE.items():
            assert await db.fetchval(query) == 0, what
    assert cut_short >= KILLS // 2, "most kills must hit an import that is under way"

    await import_files(pipeline, files)
    interrupted = await read_exports(), await content(db, "stats", without=COUNTERS)
    assert await db.fetchval("select count(*) from slomix.unsettled") == 0
    assert await db.fetchval("select count(*) from slomix.artifact") == FILES
    told = (
        "select count(distinct payload ->> 'round_id'), count(*) from slomix.event where key = 'slomix.RoundImported'"
    )
    assert tuple(await db.fetchrow(told)) == (FILES, FILES)
    await db.execute(
        "truncate slomix.server, slomix.session, slomix.match, slomix.round, slomix.player, slomix.artifact, "
        "slomix.unsettled cascade"
    )
    await import_files(pipeline, files)
    assert (await read_exports(), await content(db, "stats", without=COUNTERS)) == interrupted
