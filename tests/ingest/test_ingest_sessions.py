"""When parsers settle sessions, and that none is ever forgotten."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from slomix.ingest.bulk import import_files
from slomix.ingest.pipeline import StoreError
from slomix.testing.content import content

pytestmark = pytest.mark.plugins("stats")

EVENING = [
    ("2025-10-19-210000", "supply", 1), ("2025-10-19-211000", "supply", 2), ("2025-10-19-212000", "adlernest", 1),
]  # fmt: skip


class Settler:
    """A `settle` that notes what it was asked for, and fails while it is told to."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []
        self.broken = False

    async def __call__(self, tx: Any, session_ids: Any) -> None:
        self.asked.append(tuple(session_ids))
        if self.broken:
            raise RuntimeError("broken on purpose")


@pytest.fixture
def evening(files: Any, tmp_path: Path) -> list[Path]:
    paths = []
    for stamp, map_name, number in EVENING:
        name, data = files.round(stamp, map_name, number)
        (tmp_path / name).write_bytes(data)
        paths.append(tmp_path / name)
    return paths


async def marked(db: Any) -> list[tuple[str, ...]]:
    return [tuple(row) for row in await db.fetch("select session_id, server, parser from slomix.unsettled order by 1")]


async def test_one_file_is_settled_at_once(db, make_pipeline, stats, evening):
    settle = Settler()
    pipeline = make_pipeline(stats(settle=settle))
    for path in evening:
        await pipeline.offer(path.name, path.read_bytes(), source="test")
    (session_id,) = await db.fetchrow("select id from slomix.session")
    assert settle.asked == [(session_id,)] * 3
    assert await marked(db) == []


async def test_what_can_not_be_settled_is_not_stored(db, make_pipeline, stats, evening):
    settle = Settler()
    settle.broken = True
    pipeline = make_pipeline(stats(settle=settle))
    with pytest.raises(StoreError, match="broken on purpose"):
        await pipeline.offer(evening[0].name, evening[0].read_bytes(), source="test")
    assert await db.fetchval("select count(*) from slomix.artifact") == 0


async def test_many_files_are_settled_once_per_session_and_failures_are_tried_again(db, make_pipeline, stats, evening):
    settle = Settler()
    settle.broken = True
    pipeline = make_pipeline(stats(settle=settle))
    outcomes = await import_files(pipeline, evening)
    assert [outcome.outcome for outcome in outcomes] == ["imported"] * 3 + ["failed"]
    (session_id,) = await db.fetchrow("select id from slomix.session")
    assert "RuntimeError: broken on purpose" in outcomes[-1].detail
    assert settle.asked == [(session_id,)]
    assert await marked(db) == [(session_id, "Test Server", "stats.stats")]

    settle.broken = False
    again = await import_files(pipeline, evening[:1])
    assert [outcome.outcome for outcome in again] == ["duplicate"]
    assert settle.asked == [(session_id,)] * 2
    assert await marked(db) == []


async def test_sessions_that_are_gone_are_named(db, make_pipeline, stats, files):
    settle = Settler()
    pipeline = make_pipeline(stats(settle=settle))
    for stamp, target in (("2025-10-19-210000", "8:00"), ("2025-10-19-225000", "8:01")):
        await pipeline.offer(*files.round(stamp, target=target), source="test", later=True)
    first, second = [row["id"] for row in await db.fetch("select id from slomix.session order by started_at")]
    # a late file closes the gap between the two
    await pipeline.offer(*files.round("2025-10-19-215500", target="8:02"), source="test", later=True)
    assert await db.fetchval("select count(*) from slomix.session") == 1
    assert {row[0] for row in await marked(db)} == {first, second}
    assert await pipeline.sessions.settle_left(db) == []
    assert sorted(settle.asked) == sorted([(first,), (second,)])


async def test_servers_that_share_their_players_do_not_wait_for_each_other_in_a_circle(db, make_pipeline, files):
    pipeline = make_pipeline()

    async def play(server: str, minute: int) -> None:
        for hour in range(6):
            names = ("Ana", "Bor") if minute else ("Bor", "Ana")
            guids = ("AAAAAAA1", "BBBBBBB2") if minute else ("BBBBBBB2", "AAAAAAA1")
            stamp = f"2025-10-19-{12 + hour}{minute:02}00"
            made = files.round(stamp, host=server, names=names, guids=guids, target=f"8:{hour:02}")
            await pipeline.offer(*made, source="test", durable=False)

    await asyncio.gather(*(play(f"Server {number}", number) for number in range(4)))
    rows = await db.fetch("select rounds, kills from stats.player_total")
    assert [tuple(row) for row in rows] == [(24, 72), (24, 72)]
    assert (await content(db, "slomix"))["unsettled"] == []
