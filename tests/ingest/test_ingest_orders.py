"""A messy night (orphans, replays, an aborted round, pauses, the repeated hour) in any order of arrival."""

from __future__ import annotations

import random
from typing import Any

import pytest

from slomix.ingest.pipeline import Pipeline
from slomix.storage.database import Database

pytestmark = pytest.mark.plugins("stats")

NOUNS = (
    "select id, ended_at, match_id, session_id, utc_offset_s from slomix.round order by id",
    "select * from slomix.match order by id",
    "select * from slomix.session order by id",
    "select * from slomix.player order by id",
    "select * from slomix.player_name order by player_id, raw",
    "select * from slomix.round_player order by round_id, key",
)
EMPTY = "truncate slomix.server, slomix.session, slomix.match, slomix.round, slomix.player, slomix.artifact cascade"


def night(files: Any) -> list[tuple[str, bytes]]:
    """Around the end of summer time, 2025-10-26 03:00 becomes 02:00."""
    day, after = "2025-10-25-", "2025-10-26-"
    return [
        files.round(day + "200000", "supply", 1, target="8:00", names=("Ana", "Bor")),
        files.round(day + "200900", "supply", 2, limit="8:00", target="7:00"),
        files.round(day + "202000", "te_escape2", 2, limit="5:00", target="4:00"),  # its round 1 is lost
        files.round(day + "211900", "et_brewdog", 1, target="10:00", kills=2),  # bridges 59 minutes
        files.round(day + "212900", "et_brewdog", 1, target="9:00", kills=4),  # played again
        files.round(day + "213900", "et_brewdog", 2, limit="9:00", target="9:00"),
        files.round(day + "230000", "supply", 1, target="6:00", names=("Ana x", "Bor")),  # another session
        files.round(day + "230700", "supply", 2, limit="6:00", target="1:00", counter=0),  # aborted
        files.round(day + "235800", "adlernest", 1, target="7:00"),
        files.round(after + "000800", "adlernest", 2, limit="7:00", target="6:30"),
        files.round(after + "010500", "etl_ice", 1, target="7:10"),
        files.round(after + "011400", "etl_ice", 2, limit="7:10", target="7:10"),
        files.round(after + "020500", "frostbite", 1, target="8:20"),
        files.round(after + "021400", "frostbite", 2, limit="8:20", target="8:20"),
        files.round(after + "025500", "supply", 1, target="6:11"),
        files.round(after + "020300", "supply", 2, limit="6:11", target="6:00"),  # in the second hour
        files.round(after + "025700", "goldrush", 1, target="9:09"),  # in the second hour
        files.round(after + "030800", "goldrush", 2, limit="9:09", target="9:00"),
        files.round(after + "042000", "supply", 1, target="9:09", kills=9),
    ]


@pytest.fixture
def expected() -> dict[str, Any]:
    return {"complete": 7, "orphan_r2": 1, "abandoned_r1": 2, "aborted": 1, "open": 1}


async def derive(pipeline: Pipeline, db: Database, read_exports: Any, order: list[tuple[str, bytes]]) -> Any:
    await db.execute(EMPTY)
    for name, data in order:
        assert (await pipeline.offer(name, data, source="test", durable=False)).outcome == "imported"
    return await read_exports(), [[tuple(row) for row in await db.fetch(query)] for query in NOUNS]


@pytest.mark.parametrize("part", range(3))
async def test_the_order_of_arrival_does_not_matter(
    pipeline: Pipeline, db: Database, files: Any, read_exports: Any, expected: dict[str, int], part: int
) -> None:
    played = night(files)
    straight = await derive(pipeline, db, read_exports, played)
    found: dict[str, int] = {}
    for match in straight[0]["matches"]:
        found[match["status"]] = found.get(match["status"], 0) + 1
    assert found == expected
    for seed in range(part * 8, part * 8 + 8):
        shuffled = random.Random(seed).sample(played, len(played))
        assert await derive(pipeline, db, read_exports, shuffled) == straight, f"seed {seed}"
