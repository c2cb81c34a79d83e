"""Endstats beside stats files: before, with or after them, the right play, the richer one; and the exports."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import islice
from pathlib import Path
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
from slomix_stats.inputs.checks import clocks_agree
from slomix_stats.inputs.parsers import parsers
from slomix_stats.simulate.companions import companions
from slomix_stats.simulate.evening import begin_of_evening, play
from slomix_stats.simulate.feed import FIRST_EVENING
from slomix_stats.simulate.people import community
from slomix_stats.simulate.statsfile import file_name, render

pytestmark = pytest.mark.plugins("stats")

GUIDS = {"Ann": "AAAAAAA1", "Bob": "BBBBBBB2"}
RICH = ("Most deaths\tAnn\t9", "Most kills per minute\tBob\t1.78", "Bob\t2\t1", "Ann\t1\t2")
Offer = Callable[..., Any]


@pytest.fixture
def offer(db: Database) -> Offer:
    """`offer(name, data)` imports a file."""
    found = records_of(Parser, "register_parsers", "stats")
    bus = Bus(JobQueue(SystemClock()), SystemClock(), LiveFeed(db))
    pipeline = Pipeline(db, found, bus, SystemClock(), CoreSettings())

    async def one(name: str, data: bytes, server: str | None = None) -> Outcome:
        outcome = await pipeline.offer(name, data, source="test", server=server, durable=False)
        assert outcome.outcome == "imported", outcome
        return outcome

    return one


async def table(db: Database, kind: str) -> list[dict[str, Any]]:
    (export,) = [export for export in exports() if export.kind == kind]
    return [dict(row) async for row in export.rows(db)]


def endstats(when: str, *lines: str, number: int = 1) -> tuple[str, bytes]:
    return f"{when}-supply-round-{number}-endstats.txt", "".join(f"{line}\n" for line in lines).encode()


@pytest.fixture
def stats(file: Any, line: Any) -> Callable[..., tuple[str, bytes]]:
    """A stats file of Ann on Axis and Bob on Allies."""

    def build(when: str, **more: Any) -> tuple[str, bytes]:
        lines = [line(guid=GUIDS["Ann"], name="^1Ann"), line(guid=GUIDS["Bob"], name="^2B^7ob", team=2)]
        built = file(lines, when=when, **more)
        return built.name, built.data

    return build


async def told(db: Database) -> list[tuple[Any, ...]]:
    rows = await table(db, "awards")
    return [(row["round_id"], row["award"], row["guid"], row["value"]) for row in rows]


@pytest.mark.parametrize("first", ["stats", "endstats"])
async def test_before_or_after_its_round(db: Database, offer: Offer, stats: Any, first: str) -> None:
    files = [stats("2025-10-02-211808"), endstats("2025-10-02-211811", *RICH)]
    outcomes = [await offer(*each) for each in (files if first == "stats" else reversed(files))]
    round_id = next(each.round_id for each in outcomes if "endstats" not in each.name)
    assert await told(db) == [
        (round_id, "Most deaths", GUIDS["Ann"], 9), (round_id, "Most kills per minute", GUIDS["Bob"], 1.78),
    ]  # fmt: skip
    assert (await table(db, "awards"))[0]["ended_at"] == "2025-10-02T21:18:08+02:00"
    duels = [(row["name"], row["guid"], row["opponent_guid"], row["kills"]) for row in await table(db, "versus")]
    assert duels == [("Ann", GUIDS["Ann"], GUIDS["Bob"], 2), ("Bob", GUIDS["Bob"], GUIDS["Ann"], 1)]
    revised = await db.fetchval("select count(*) from slomix.event where key = 'slomix.RoundRevised'")
    assert revised == (1 if first == "stats" else 0), "whoever tells of the round tells again"


async def test_it_waits_and_is_told_meanwhile(db: Database, offer: Offer, stats: Any) -> None:
    outcome = await offer(*endstats("2025-10-02-211811", *RICH))
    assert outcome.round_id is None
    assert await db.fetchval("select count(*) from slomix.round") == 0
    assert await told(db) == [(None, "Most deaths", None, 9), (None, "Most kills per minute", None, 1.78)]
    waiting = (await table(db, "versus"))[0]
    assert (waiting["ended_at"], waiting["name"], waiting["subject_from"]) == ("2025-10-02T21:18:11", "Ann", "matrix")


async def test_replayed_maps_and_richer_files(db: Database, offer: Offer, stats: Any) -> None:
    first, second = await offer(*stats("2025-10-02-211808")), await offer(*stats("2025-10-02-212608", target="9:00"))
    await offer(*endstats("2025-10-02-212611", "Most deaths\tBob\t4"))
    assert await told(db) == [(second.round_id, "Most deaths", GUIDS["Bob"], 4)]
    await offer(*endstats("2025-10-02-211810", *RICH))
    poorer = await offer(*endstats("2025-10-02-211812", "Most deaths\tBob\t3"))
    assert poorer.outcome == "imported"
    found = await told(db)
    assert found[0] == (first.round_id, "Most deaths", GUIDS["Ann"], 9)
    assert (len(found), found[2]) == (3, (second.round_id, "Most deaths", GUIDS["Bob"], 4))
    await offer(*endstats("2025-10-02-212611", *RICH))
    assert (await told(db))[2] == (second.round_id, "Most deaths", GUIDS["Ann"], 9), "the file was not complete before"


async def test_names_are_found_anew_when_the_roster_changes(db: Database, offer: Offer, stats: Any) -> None:
    await offer(*stats("2025-10-02-211808"))
    await offer(*endstats("2025-10-02-211808", "Most deaths\tAnn\t9", "Most revives\tCat\t9"))
    assert [row[2] for row in await told(db)] == [GUIDS["Ann"], None]
    name, data = stats("2025-10-02-211808")
    await offer(name, data.replace(b"^1Ann", b"Cat").replace(GUIDS["Ann"].encode(), b"CCCCCCC3"))
    assert [row[2] for row in await told(db)] == [None, "CCCCCCC3"]


def gametimes(end: int, **facts: Any) -> tuple[str, bytes]:
    """A gametimes file of the round that ends then, with the fields of its payload."""
    fields = {"Map": "supply", "Round": "1", "Lua_RoundEnd": str(end), **facts.pop("payload", {})}
    embed = {"title": "Round Complete: supply R1", "fields": [{"name": n, "value": v} for n, v in fields.items()]}
    meta = {"map": "supply", "round": 1, "round_start_unix": end - 620, "round_end_unix": end, **facts}
    content = {"meta": meta, "payload": {"content": "STATS_READY", "embeds": [embed]}}
    return f"gametime-supply-R1-{end}.json", msgspec.json.encode(content)


async def judged(db: Database, round_id: str | None) -> tuple[Any, ...]:
    row = await db.fetchrow("select outcome, seconds, ended_early from stats.round where round_id = $1", round_id)
    return tuple(row or ())


#: 21:18:08 in Ljubljana.
END = 1759432688


@pytest.mark.parametrize("first", ["stats", "report"])
async def test_a_report_tells_the_true_duration(db: Database, offer: Offer, stats: Any, first: str) -> None:
    vote = {"Lua_EndReason": "surrender", "Lua_SurrenderTeam": "1", "Winner": "2", "Defender": "1"}
    files = [stats("2025-10-02-211808"), gametimes(END - 3, actual_duration_seconds=581, payload=vote)]
    outcomes = [await offer(*each) for each in (files if first == "stats" else reversed(files))]
    round_id = next(each.round_id for each in outcomes if each.name.endswith(".txt"))
    assert await judged(db, round_id) == ("objective", 581, True), "the defenders gave up"
    assert await db.fetchval("select r1_seconds from stats.match_result") == 581
    assert await db.fetchval("select sum(rounds) from stats.player_total") == 2
    richer = {**vote, "Lua_EndReason": "objective"}
    people = [{"guid": guid + "0" * 24, "name": name, "spawns": 3} for name, guid in GUIDS.items()]
    await offer(*gametimes(END - 2, actual_duration_seconds=582, payload=richer, spawn_stats=people))
    assert await judged(db, round_id) == ("objective", 582, False), "a vote that was only called"
    await offer(*stats("2025-10-02-211808", winner="1", target="12:00"))
    assert await judged(db, round_id) == ("hold", 582, True), "the attackers gave up"
    assert await db.fetchval("select count(*) from stats.input where counts") == 1


async def test_a_report_of_another_play_waits(db: Database, offer: Offer, stats: Any) -> None:
    played = await offer(*stats("2025-10-02-211808"))
    await offer(*gametimes(END + 900, actual_duration_seconds=500))
    assert await judged(db, played.round_id) == ("objective", 600, False)
    assert await db.fetchval("select round_id from stats.input") is None
    later = await offer(*stats("2025-10-02-213308", target="9:00"))
    assert await judged(db, later.round_id) == ("objective", 500, False)


def evening() -> list[tuple[str, bytes]]:
    """Everything that a server writes on an evening: two maps with all that stands beside their stats files."""
    found: list[tuple[str, bytes]] = []
    for played in islice(play(4, 1, community(4), begin_of_evening(4, 1, FIRST_EVENING)), 6):
        truth = played.truth()
        found.append((file_name(truth), render(truth, played.lines)))
        found += companions(truth, played.lines, played.half.beats)
    return found


async def everything(db: Database) -> list[Any]:
    rounds = await db.fetch("select round_id, outcome, seconds, ended_early, flags from stats.round order by round_id")
    return [[tuple(row) for row in rounds], *[await table(db, export.kind) for export in exports()]]


async def test_the_order_of_arrival_changes_nothing(db: Database, offer: Offer) -> None:
    files = evening()
    for name, data in files:
        await offer(name, data)
    expected = await everything(db)
    assert all(row["round_id"] and row["guid"] for row in await table(db, "awards"))
    assert await db.fetchval("select count(*) from stats.input where round_id is null") == 0
    for seed in range(2):
        await db.execute("truncate slomix.server, slomix.session, slomix.artifact, stats.input cascade")
        for name, data in random.Random(seed).sample(files, len(files)):
            await offer(name, data)
        assert await everything(db) == expected


async def test_a_clock_in_another_zone_is_told(db: Database, offer: Offer, stats: Any) -> None:
    await offer(*stats("2025-10-02-211808"))
    await offer(*gametimes(END - 4))
    healthy = await clocks_agree(db)
    assert (healthy.ok, healthy.detail) == (True, "0 files beside stats files wait for their round")
    await offer(*gametimes(END - 7203))
    result = await clocks_agree(db)
    assert (result.ok, result.detail) == (False, "reports (1) are 2 h from rounds of 'Slomix'")
    assert "timezone" in result.next_step


@pytest.mark.shared
async def test_the_real_file_waits(db: Database, offer: Offer, shared: Path) -> None:
    name = "2026-01-12-224606-te_escape2-round-2-endstats.txt"
    await offer(name, (shared / "data" / "rounds" / name).read_bytes())
    assert (len(await table(db, "awards")), len(await table(db, "versus"))) == (22, 18)
    assert {row["subject_from"] for row in await table(db, "versus")} == {"matrix"}


def test_every_parser_is_registered() -> None:
    names = [each.record.name for each in records_of(Parser, "register_parsers", "stats")]
    assert names == ["stats", *(parser.name for parser in parsers())]
