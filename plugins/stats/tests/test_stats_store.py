"""What an import leaves in the database, in whatever order files arrive, and what the exports say of it."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from slomix.bus import Bus, LiveFeed
from slomix.clock import SystemClock
from slomix.contrib import Parser
from slomix.ingest.pipeline import Outcome, Pipeline
from slomix.jobs.queue import JobQueue
from slomix.settings import CoreSettings
from slomix.storage.database import Database
from slomix.testing.declared import records_of
from slomix_stats.exports import exports
from slomix_stats.record import unpack
from slomix_stats.rows import PLAYER_ROUND_COLUMNS
from slomix_stats.simulate import play_evening

pytestmark = pytest.mark.plugins("stats")

Offer = Callable[..., Any]


@pytest.fixture
def offer(db: Database) -> Offer:
    """Imports a built file, a simulated round or a name with bytes."""
    parsers = records_of(Parser, "register_parsers", "stats")
    bus = Bus(JobQueue(SystemClock()), SystemClock(), LiveFeed(db))
    pipeline = Pipeline(db, parsers, bus, SystemClock(), CoreSettings())

    async def one(built: Any) -> Outcome:
        outcome = await pipeline.offer(built.name, built.data, source="test", durable=False)
        assert outcome.outcome == "imported", outcome
        return outcome

    return one


async def table(db: Database, kind: str) -> list[dict[str, Any]]:
    (export,) = [export for export in exports() if export.kind == kind]
    rows = [dict(row) async for row in export.rows(db)]
    assert all(tuple(row) == export.columns for row in rows)
    return rows


async def everything(db: Database) -> bytes:
    return msgspec.json.encode([await table(db, export.kind) for export in exports()])


@pytest.fixture
def halves(file, line):
    """Round 1 and 2 of a match of two players, one of whom comes in round 2."""
    ann, bob = {"guid": "AAAAAAA1", "name": "^1Ann"}, {"guid": "BBBBBBB2", "name": "Bob", "team": 2}
    r1 = file([line(**ann, weapons={4: (10, 40, 2, 1, 3)}, fields={0: 300, 1: 200, 8: 50.0, 22: 3.9, 9: 11, 37: 2})],
              when="2025-10-02-211808", target="3:54", limit="12:00")  # fmt: skip
    r2 = file([line(**{**ann, "team": 2, "counter": 1}, weapons={4: (25, 90, 5, 3, 4), 20: (1, 2, 1, 0, 0)},
                    fields={0: 900, 1: 500, 8: 50.0, 22: 7.5, 9: 7, 37: 1}),
               line(**bob, fields={22: 1.5})],
              when="2025-10-02-212249", number=2, winner="1", limit="3:54", target="3:54")  # fmt: skip
    return r1, r2


async def test_columns_are_in_the_order_of_the_table(db):
    rows = await db.fetch(
        "select attname from pg_attribute where attrelid = 'stats.player_round'::regclass and attnum > 0 "
        "order by attnum"
    )
    assert tuple(row["attname"] for row in rows) == PLAYER_ROUND_COLUMNS


async def test_a_match_is_stored_and_exported(db, offer, halves):
    for half in halves:
        await offer(half)
    first, ann, bob = await table(db, "player-rounds")
    assert first == {
        "server": "Slomix", "map": "supply", "round_number": 1, "ended_at": "2025-10-02T21:18:08+02:00",
        "round_id": first["round_id"], "match_id": ann["match_id"], "session_id": ann["session_id"],
        "guid": "AAAAAAA1", "name": "Ann", "side": "axis", "kills": 2, "deaths": 1, "damage_given": 300,
        "damage_received": 200, "team_damage_given": 0, "headshot_hits": 3, "hits": 10, "shots": 40,
        "time_played_s": 234, "revives_given": 2, "times_revived": 0, "xp": 11, "flags": "",
    }  # fmt: skip
    assert (ann["side"], ann["kills"], ann["deaths"], ann["hits"], ann["shots"], ann["headshot_hits"]) == (
        "allies", 4, 2, 16, 52, 1,
    )  # fmt: skip
    assert (ann["damage_given"], ann["time_played_s"], ann["xp"], ann["flags"]) == (600, 216, 7, "")
    assert (bob["guid"], bob["flags"], bob["time_played_s"]) == ("BBBBBBB2", "joined_r2", 90)
    assert await table(db, "matches") == [
        {
            "match_id": ann["match_id"], "session_id": ann["session_id"], "server": "Slomix", "map": "supply",
            "ended_at": "2025-10-02T21:22:49+02:00", "r1_round_id": first["round_id"],
            "r2_round_id": ann["round_id"], "r1_outcome": "objective", "r2_outcome": "surrender",
            "r1_seconds": 234, "r2_seconds": 216, "points_r1_attackers": 2, "points_r2_attackers": 0,
            "status": "complete", "result": "first", "team_a": [], "team_b": ["AAAAAAA1", "BBBBBBB2"],
            "points_a": 2, "points_b": 0,
        }
    ]  # fmt: skip
    (session,) = await table(db, "sessions")
    (segment,) = session.pop("segments")
    assert session == {
        "session_id": ann["session_id"], "server": "Slomix", "started_at": "2025-10-02T21:18:08+02:00",
        "ended_at": "2025-10-02T21:22:49+02:00", "rounds": 2, "matches": 1, "players": 2, "maps": ["supply"],
    }  # fmt: skip
    assert segment.pop("name_a") != segment.pop("name_b")
    assert segment == {
        "number": 1, "format": "0v2", "team_a": [], "team_b": ["AAAAAAA1", "BBBBBBB2"], "points_a": 2, "points_b": 0,
    }  # fmt: skip


async def test_weapons_and_the_raw_file_are_kept(db, offer, halves):
    r1, r2 = halves
    await offer(r1)
    ended = await offer(r2)
    rows = await db.fetch(
        "select * from stats.weapon_round where round_id = $1 and key = 'AAAAAAA1' order by slot", ended.round_id
    )
    assert [tuple(row)[3:] for row in rows] == [(4, 15, 50, 3, 2, 1), (20, 1, 2, 1, 0, 0)]
    stored = await db.fetchrow(
        "select raw, basis, ended_early, flags from stats.round where round_id = $1", ended.round_id
    )
    assert unpack(stored["raw"]).players[0].weapons[:2] == [25, 90]
    assert (stored["ended_early"], stored["flags"]) == (True, ["lossy"])


async def test_a_late_round_1_mends_round_2(db, offer, halves):
    r1, r2 = halves
    await offer(r2)
    ann, bob = await table(db, "player-rounds")
    assert (ann["kills"], ann["flags"], bob["flags"]) == (6, "orphan_r2", "orphan_r2")
    (orphan,) = await table(db, "matches")
    assert (orphan["status"], orphan["r1_round_id"], orphan["r2_outcome"], orphan["points_r1_attackers"]) == (
        "orphan_r2", None, "hold", None,
    )  # fmt: skip
    await offer(r1)
    _, ann, bob = await table(db, "player-rounds")
    assert (ann["kills"], ann["flags"], bob["flags"]) == (4, "", "joined_r2")
    (match,) = await table(db, "matches")
    assert (match["status"], match["points_r1_attackers"], match["r2_seconds"]) == ("complete", 2, 216)
    assert await db.fetchval("select count(*) from stats.match_result") == 1


async def test_a_rewritten_round_1_changes_round_2(db, offer, halves, file, line):
    r1, r2 = halves
    await offer(r1)
    await offer(r2)
    changed = file(
        [
            line(guid="AAAAAAA1", weapons={4: (10, 40, 1, 1, 3)}, fields={0: 300, 1: 200, 22: 3.9}),
            line(guid="CCCCCCC3", team=2),
        ],
        when="2025-10-02-211808", target="3:54",
    )  # fmt: skip
    assert (await offer(changed)).revision
    rows = await table(db, "player-rounds")
    assert [(row["round_number"], row["guid"], row["kills"]) for row in rows] == [
        (1, "AAAAAAA1", 1), (1, "CCCCCCC3", 5), (2, "AAAAAAA1", 5), (2, "BBBBBBB2", 5),
    ]  # fmt: skip
    await offer(type(r1)(**{**vars(r1), "host": "^2Slo^7mix"}))
    rows = await table(db, "player-rounds")
    assert [(row["round_number"], row["guid"]) for row in rows] == [
        (1, "AAAAAAA1"), (2, "AAAAAAA1"), (2, "BBBBBBB2"),
    ]  # fmt: skip


async def test_an_aborted_round_counts_for_nothing(db, offer, file, line):
    await offer(file([line(fields={22: 1.2})], number=2, target="71:05"))
    (row,) = await table(db, "player-rounds")
    (match,) = await table(db, "matches")
    assert row["flags"] == "aborted"
    assert (match["status"], match["r2_outcome"], match["r2_seconds"]) == ("aborted", "aborted", 72)
    assert (match["r1_outcome"], match["result"]) == (None, "unscored")
    assert (match["points_r1_attackers"], match["points_r2_attackers"]) == (None, None)


async def test_what_a_layout_lacks_is_null(db, offer, file, line):
    await offer(file([line(count=33)]))
    (row,) = await table(db, "player-rounds")
    assert (row["revives_given"], row["times_revived"]) == (None, 0)
    assert await db.fetchval("select denied_playtime_s from stats.player_round") is None


async def test_the_largest_numbers_fit(db, offer, file, line):
    most = (10_000_000,) * 5
    top = {at: 1_000_000.0 if at in (8, 21, 23, 24, 25, 26) else 10_000_000 for at in range(38)}
    await offer(file([line(weapons=dict.fromkeys(range(28), most), fields={**top, 22: 1440.0})], tail=("1",) * 200))
    (row,) = await table(db, "player-rounds")
    assert (row["kills"], row["time_played_s"]) == (280_000_000, 86_400)


@pytest.mark.parametrize("seed", range(3))
async def test_the_order_of_arrival_changes_nothing(dsn, offer, db, seed):
    played = [*play_evening(seed=4, evening=0), *play_evening(seed=4, evening=1)]
    for item in played:
        await offer(item)
    in_order = await everything(db)
    async with db.transaction() as tx:
        tables = await tx.fetch(
            "select schemaname || '.' || tablename as name from pg_tables where schemaname in ('slomix', 'stats') "
            "and tablename in (select relname from pg_class where relkind = 'r') and tablename not like '%yoyo%' "
            "and tablename not like '%migration%'"
        )
        await tx.execute(f"truncate {', '.join(row['name'] for row in tables)}")
    random.Random(seed).shuffle(played)
    for item in played:
        await offer(item)
    assert await everything(db) == in_order


async def test_exports_are_plain_values(db, offer):
    for item in play_evening(seed=4, evening=2)[:4]:
        await offer(item)
    for export in exports():
        out = io.StringIO()
        writer = csv.DictWriter(out, export.columns)
        async for row in export.rows(db):
            assert {type(value) for value in row.values()} <= {str, int, float, list, type(None)}
            writer.writerow(row)
        assert out.getvalue() or export.kind not in ("player-rounds", "matches", "sessions")
