"""What is derived of sessions: the same in whatever order files come, and sums that equal those over the rounds."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import pytest

from slomix.bus import Bus, LiveFeed
from slomix.clock import SystemClock
from slomix.contrib import Check, CliCommand, Parser
from slomix.errors import SlomixError
from slomix.ingest.pipeline import Pipeline
from slomix.jobs.queue import JobQueue
from slomix.settings import CoreSettings
from slomix.storage.database import Database
from slomix.testing.content import content
from slomix.testing.declared import records_of
from slomix.testing.running import running
from slomix_stats.settle.counting import SOMETIMES, SUMS, uncount
from slomix_stats.settle.rebuild import rebuild_session, sessions_to_rebuild
from slomix_stats.settle.session import settle
from slomix_stats.simulate import play_evening

pytestmark = pytest.mark.plugins("stats")

EMPTY = """
truncate slomix.server, slomix.session, slomix.match, slomix.round, slomix.player, slomix.artifact, slomix.unsettled
cascade
"""
#: What may go wrong with what is derived; the sums stay those of the rounds.
SPOILED = """
delete from stats.player_round p using stats.round s where s.round_id = p.round_id and not s.valid;
update stats.round set version = 0, mvp = null, seconds = 1, outcome = null;
update stats.match_result set result = null, team_a = '{}', points_r1_attackers = 1, r1_outcome = null;
delete from stats.segment;
"""
COUNTED = """
select p.*, r.map, s.defender, r.session_id, coalesce(x.segment, 0) as segment, e.ended_at
from stats.player_round p
join slomix.round r on r.id = p.round_id
join stats.round s on s.round_id = p.round_id and s.valid
join slomix.session e on e.id = r.session_id
left join stats.match_result x on x.match_id = r.match_id
"""
Tables = dict[str, list[dict[str, Any]]]


@pytest.fixture
def pipeline(db: Database) -> Pipeline:
    parsers = records_of(Parser, "register_parsers", "stats")
    return Pipeline(
        db, parsers, Bus(JobQueue(SystemClock()), SystemClock(), LiveFeed(db)), SystemClock(), CoreSettings()
    )


async def take(pipeline: Pipeline, name: str, data: bytes, *, later: bool = False) -> None:
    outcome = await pipeline.offer(name, data, source="test", durable=False, later=later)
    assert outcome.outcome == "imported", outcome


async def derived(db: Database) -> Tables:
    """Every table of stats. Files say nothing of the order in which they came, and nobody asks when it was."""
    rows = await content(db, "stats", without=("settled", "round.artifact"))
    return {name: [msgspec.json.decode(row) for row in found] for name, found in rows.items()}


def _role(row: Mapping[str, Any]) -> str:
    if row["defender"] is None or row["side"] not in ("axis", "allies"):
        return "none"
    return "defence" if row["side"] == row["defender"] else "attack"


def _sums(rows: list[Mapping[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {"rounds": len(rows), **{name: sum(row[name] for row in rows) for name in SUMS}}
    for name in SOMETIMES:
        known = [row[name] for row in rows if row[name] is not None]
        found |= {name: sum(known) if known else None, f"{name}_known": len(known)}
    return found


async def added_up(db: Database) -> Tables:
    """The sums from scratch."""
    rows = [{**row, "ended_at": row["ended_at"].isoformat()} for row in await db.fetch(COUNTED)]

    def by(key: Callable[[Mapping[str, Any]], dict[str, Any]]) -> list[dict[str, Any]]:
        groups: defaultdict[tuple[Any, ...], list[Mapping[str, Any]]] = defaultdict(list)
        for row in rows:
            groups[tuple(key(row).items())].append(row)
        return [{**dict(group), **_sums(played)} for group, played in sorted(groups.items())]

    weapons: defaultdict[tuple[str, int], list[tuple[int, ...]]] = defaultdict(list)
    for row in rows:
        columns = (row[f"weapon_{name}"] for name in ("hits", "shots", "kills", "deaths", "headshot_hits"))
        for slot, *numbers in zip(row["weapon_slots"], *columns, strict=True):
            weapons[row["player_id"], slot].append((1, *numbers))
    names = ("rounds", "hits", "shots", "kills", "deaths", "headshot_hits")
    return {
        "player_total": by(lambda row: {"player_id": row["player_id"]}),
        "player_session": by(lambda row: {n: row[n] for n in ("session_id", "segment", "player_id", "ended_at")}),
        "player_map": by(
            lambda row: {
                "player_id": row["player_id"], "map": row["map"],
                "side": row["side"] if row["side"] in ("axis", "allies") else "none", "role": _role(row),
            }
        ),
        "player_weapon": [
            {"player_id": player, "slot": slot, **dict(zip(names, map(sum, zip(*used, strict=True)), strict=True))}
            for (player, slot), used in sorted(weapons.items())
        ],
    }  # fmt: skip


def _canonical(row: Mapping[str, Any]) -> str:
    return repr(sorted(row.items()))


async def assert_sums_are_right(db: Database) -> None:
    stored, expected = await derived(db), await added_up(db)
    for name, rows in expected.items():
        assert sorted(stored[name], key=_canonical) == sorted(rows, key=_canonical), name


@pytest.fixture(scope="module")
def played() -> list[tuple[str, bytes]]:
    """Two evenings, the first of them with an older script that lacks numbers; maps of bots; revisions."""
    from slomix_stats.simulate import Layout

    old = Layout(header=8, fields=33)
    files = [*play_evening(seed=4, evening=0, layout=old)[:9], *play_evening(seed=4, evening=1)[:9]]
    return [(each.name, each.data) for each in files]


def revised(data: bytes) -> bytes:
    """The file again, by hand: the last player is missing."""
    lines = data.split(b"\n")
    return b"\n".join([*lines[:-2], b""])


@pytest.mark.parametrize("seed", range(4))
async def test_nothing_depends_on_the_order_of_arrival(db, pipeline, played, seed):
    chance = random.Random(seed)
    rewritten = {name: revised(data) for name, data in chance.sample(played, 3)}
    for name, data in played:
        await take(pipeline, name, rewritten.get(name, data))
    await assert_sums_are_right(db)
    in_order = await derived(db)
    assert in_order["player_session"], "nothing counted"
    await db.execute(EMPTY)
    late = chance.sample(played, len(played))
    # everything in any order; some by its older content first; some settled at once, some at the end
    for name, data in late:
        await take(pipeline, name, data, later=chance.random() < 0.5)
    for name, data in rewritten.items():
        await take(pipeline, name, data, later=chance.random() < 0.5)
    assert await pipeline.sessions.settle_left(db) == []
    assert await db.fetchval("select count(*) from slomix.unsettled") == 0
    await assert_sums_are_right(db)
    assert await derived(db) == in_order


async def test_a_late_round_1_makes_its_round_2_count(db, pipeline, file, line):
    player = {"guid": "AAAAAAA1", "name": "Ann"}
    r1 = file([line(**player, weapons={4: (10, 40, 2, 1, 3)}, fields={0: 300, 22: 3.9})], target="3:54")
    r2 = file(
        [line(**{**player, "team": 2, "counter": 1}, weapons={4: (25, 90, 5, 3, 4)}, fields={0: 900, 22: 7.5})],
        when="2025-10-02-212249", number=2, winner="1", limit="3:54", target="3:54",
    )  # fmt: skip
    await take(pipeline, r2.name, r2.data)
    (orphan,) = (await derived(db))["round"]
    assert (orphan["status"], orphan["valid"], orphan["invalid_reason"]) == ("orphan_r2", False, "orphan_r2")
    assert (await derived(db))["player_total"] == []
    await take(pipeline, r1.name, r1.data)
    assert {row["status"] for row in (await derived(db))["round"]} == {"completed"}
    (total,) = (await derived(db))["player_total"]
    assert (total["rounds"], total["kills"], total["damage_given"]) == (2, 5, 900)
    await assert_sums_are_right(db)


async def test_a_manual_decision_is_kept_and_can_be_undone(db, pipeline, played):
    name, data = played[0]
    await take(pipeline, name, data)
    round_id, session_id = await db.fetchrow("select id, session_id from slomix.round")
    await db.execute(
        "insert into stats.decision (kind, subject, value, decided_by, reason) values ('validity', $1, $2, 'me', '')",
        round_id, {"valid": False},
    )  # fmt: skip

    async def settled() -> tuple[Any, ...]:
        async with db.transaction() as tx:
            await settle(tx, [session_id])
        await assert_sums_are_right(db)
        return tuple(await db.fetchrow("select valid, invalid_reason from stats.round where round_id = $1", round_id))

    assert await settled() == (False, "manual")
    assert (await derived(db))["player_total"] == []
    await take(pipeline, name, revised(data))
    assert (await derived(db))["round"][0]["invalid_reason"] == "manual"
    await db.execute("update stats.decision set undone_at = now()")
    assert await settled() == (True, None)


async def test_rounds_that_are_taken_out_come_back_when_their_session_is_settled(db, pipeline, played):
    for name, data in played[:4]:
        await take(pipeline, name, data)
    before = await derived(db)
    (session_id,) = {row["session_id"] for row in before["player_session"]}
    async with db.transaction() as tx:
        await uncount(tx, [row["round_id"] for row in before["round"]])
        await uncount(tx, [row["round_id"] for row in before["round"]])
    after = await derived(db)
    assert [after[table] for table in ("player_total", "player_session", "player_map", "player_weapon")] == [[]] * 4
    async with db.transaction() as tx:
        await settle(tx, [session_id])
        await settle(tx, [session_id])
    assert await derived(db) == before


async def test_a_rebuild_makes_everything_again_from_the_parsed_files(db, pipeline, played):
    for name, data in played:
        await take(pipeline, name, data)
    before = await derived(db)
    rounds = await db.fetch("select * from stats.player_round order by round_id, key")
    await db.execute(SPOILED)
    assert await derived(db) != before
    sessions = await sessions_to_rebuild(db)
    assert sum([await rebuild_session(db, *each) for each in sessions]) == len(played)
    assert await derived(db) == before
    assert await db.fetch("select * from stats.player_round order by round_id, key") == rounds
    assert await db.fetchval("select count(*) from stats.round where version = 0") == 0


async def test_who_listens_is_told_of_a_rebuild(db, pipeline, played):
    await take(pipeline, *played[0])
    feed = LiveFeed(db)
    listening = asyncio.create_task(feed.run())
    await feed.started()
    before = feed.version
    ((session_id, server),) = await sessions_to_rebuild(db)
    await rebuild_session(db, session_id, server)
    async with asyncio.timeout(30):
        while feed.version == before:
            await asyncio.sleep(0.01)
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)


async def test_the_command_rebuilds_one_session_or_all_and_doctor_says_when(dsn, played, capsys):
    async with running(dsn, "stats") as house:
        for name, data in played[7:11]:
            await house.give(name, data)
        host = house.runtime.host
        (check,) = [each.record for each in host.records(Check) if each.record.name == "derivation"]
        host.declare(("register_cli",))
        commands = {each.record.command.name: each.record.command for each in host.records(CliCommand)}
        rebuild: Any = commands["rebuild"]
        assert (await check.run()).ok
        async with house.runtime.db.transaction() as tx:
            await tx.execute("set local role none")
            await tx.execute("update stats.round set version = 0")
        assert (await check.run()).detail.startswith("the numbers of 4 rounds are of an older derivation")
        latest, _ = (await house.web.get("/stats/api/v1/sessions")).json()["sessions"]
        await rebuild.main(["--round", f"r{latest['session_id'][1:]}"], standalone_mode=False)
        assert not (await check.run()).ok
        await rebuild.main([], standalone_mode=False)
        assert (await check.run()).ok
        assert "4 rounds of 2 sessions were derived anew" in capsys.readouterr().out
        with pytest.raises(SlomixError, match="There is no session 's0'"):
            await rebuild.main(["--session", "s0"], standalone_mode=False)
