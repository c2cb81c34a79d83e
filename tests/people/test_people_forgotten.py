"""A person's data: exported whole, forgotten whole, and never brought back by an old file."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from slomix.contrib import Parser
from slomix.errors import BadArtifact
from slomix.host.host import Contributed
from slomix.ingest.pipeline import Pipeline
from slomix.nouns import Import, Person, RosterEntry, RoundMention, RoundSighting, Stranger
from slomix.people.audit import Who
from slomix.people.mentions import mentions
from slomix.people.search import PeopleError
from slomix.people.service import PeopleService, Takers
from slomix.testing.running import Running

ADMIN = Who(actor="cli:admin")
GUID = "ABCDEF01"
WORDS = (GUID, "Unforgettable", "770000000000000001")
TABLES = ("match", "round", "session")


async def store(tx: Any, record: Any, imported: Import) -> None:
    """Core's own rows are enough here."""


def without(name: str, data: bytes, stranger: Stranger) -> bytes:
    lines = data.decode().splitlines(keepends=True)
    for old, new in stranger.keys.items():
        lines = [f"{new} {stranger.name}\n" if line.startswith(old) else line for line in lines]
    return "".join(lines).encode()


def parser(name: str, **more: Any) -> Contributed[Parser]:
    """Files of lines `GUID name` below a line with the minute of the round."""

    def seen(record: list[tuple[str, str]]) -> RoundSighting:
        roster = tuple(RosterEntry(key=guid, guid=guid, name=player, side=None) for guid, player in record[1:])
        minute = int(record[0][0])
        ended = datetime(2026, 1, 2, 20, 0) + timedelta(minutes=minute)  # noqa: DTZ001 - a wall clock
        return RoundSighting(server_hint="s", map="supply", number=1, ended_local=ended, exact=True, roster=roster)

    def read(file: str, data: bytes) -> list[tuple[str, str]]:
        if data.startswith(b"bad"):
            raise BadArtifact("bad_line", data.decode())
        minute, *lines = data.decode().splitlines()
        return [(minute, ""), *((line[:8], line[9:]) for line in lines)]

    def sniff(file: str, head: bytes) -> float:
        return float(file.endswith(f".{name}"))

    record = Parser(name=name, version=1, sniff=sniff, parse=read, sighting=seen, store=store, **more)
    return Contributed("lists", record)


def mention() -> Contributed[Parser]:
    """Files that only add to rounds of others: any text that ends with `.more`."""
    plain = parser("more").record
    return Contributed("lists", replace(plain, parse=lambda name, data: data, sighting=lambda _: RoundMention()))


PARSERS = [parser("list", without=without), parser("plain"), mention()]


class Library:
    """People with files: `.list` can be rewritten, `.plain` can not."""

    def __init__(self, program: Running) -> None:
        runtime = program.runtime
        self.db = runtime.db
        self.pipeline = Pipeline(runtime.db, PARSERS, runtime.bus, runtime.clock, runtime.settings.core)
        takers = Takers(
            plugins=(),
            parsers={f"lists.{each.record.name}": each.record for each in PARSERS},
            settle=self.pipeline.sessions.settle,
        )
        self.people = PeopleService(runtime.db, runtime.bus, runtime.clock, None, lambda: takers)

    async def give(self, name: str, minute: int, *players: str) -> str:
        text = "\n".join([str(minute), *players, ""])
        return (await self.pipeline.offer(name, text.encode(), source="test", durable=False)).outcome

    async def raw(self, name: str) -> bytes | None:
        raw = await self.db.fetchval("select raw from slomix.artifact where name = $1", name)
        return None if raw is None else zlib.decompress(raw)

    async def mentioned(self) -> list[str]:
        """Tables and files that mention the person."""
        rows = await self.db.fetch("select name, raw from slomix.artifact where raw is not null")
        files = [row["name"] for row in rows if any(w.encode() in zlib.decompress(row["raw"]) for w in WORDS)]
        return [*await mentions(self.db, WORDS), *files]


@pytest_asyncio.fixture
async def library(town: Any) -> AsyncIterator[Library]:
    yield Library(town.program)


async def fill(library: Library) -> Person:
    """Two rounds with the person, in both kinds of files, a refused file, an account, a tier and a sick leave."""
    people = library.people
    assert await library.give("one.list", 10, f"{GUID} ^1Unforgettable", "00000002 silver") == "imported"
    assert await library.give("two.plain", 20, f"{GUID} Unforgettable too", "00000002 silver") == "imported"
    assert await library.give("three.list", 30, "00000002 silver", "00000003 gold") == "imported"
    bad = b"bad line of Unforgettable"
    assert (await library.pipeline.offer("bad.list", bad, source="test")).outcome == "quarantined"
    player = (await people.the_one(GUID)).player_id
    await people.link(Who.on_discord(770000000000000001), 770000000000000001, player, "Unforgettable#1")
    await people.give_tier(ADMIN, 770000000000000001, "admin", "Unforgettable")
    await people.grant(ADMIN, 770000000000000001, "x.y", "Unforgettable")
    await people.start_leave(ADMIN, player, "0000000C")
    await people.rename(ADMIN, player, custom="Unforgettable!")
    return await people.person(GUID)


async def test_an_export_has_everything_of_core(library: Library) -> None:
    person = await fill(library)
    told = await library.people.export(person)
    text = msgspec.json.encode(told).decode()
    own = told["core"]
    assert [len(own[part]) for part in ("player", "guids", "names", "rounds", "files")] == [1, 1, 2, 2, 2]
    assert [len(own[part]) for part in ("sick_leaves", "account", "tiers", "rights", "log")] == [1, 1, 1, 1, 5]
    assert {each["name"] for each in own["files"]} == {"one.list", "two.plain"}
    assert "silver" not in text
    only_account = await library.people.person("discord:770000000000000002")
    assert (await library.people.export(only_account))["core"]["rounds"] == []


async def test_who_is_forgotten_is_mentioned_nowhere_and_the_rest_stays(library: Library) -> None:
    person = await fill(library)
    assert await library.mentioned()
    before = {t: await library.db.fetch(f"select t::text from slomix.{t} t order by 1") for t in TABLES}
    silver = await library.db.fetch("select t::text from slomix.round_player t where key = '00000002' order by 1")
    stranger = await library.people.forget(ADMIN, person)
    assert await library.mentioned() == []
    assert {t: await library.db.fetch(f"select t::text from slomix.{t} t order by 1") for t in TABLES} == before
    now = await library.db.fetch("select t::text from slomix.round_player t where key = '00000002' order by 1")
    assert now == silver
    (key,) = stranger.keys.values()
    assert key.startswith("GONE")
    assert await library.raw("one.list") == f"10\n{key} {stranger.name}\n00000002 silver\n".encode()
    assert await library.raw("two.plain") is await library.raw("bad.list") is None
    assert await library.raw("three.list") == b"30\n00000002 silver\n00000003 gold\n"
    found = await library.people.the_one(key)
    assert (found.player_id, found.name, found.aliases) == (stranger.player_id, stranger.name, (stranger.name,))
    assert await library.people.tier_of(770000000000000001) == "everyone"
    log = await library.people.log(limit=50)
    assert {entry.subject for entry in log if entry.action.startswith("person")} == {f"player:{stranger.player_id}"}
    with pytest.raises(PeopleError, match="what it did was forgotten"):
        await library.people.undo(ADMIN, log[-1].id)


async def test_old_files_bring_nobody_back_and_who_plays_again_is_new(library: Library) -> None:
    person = await fill(library)
    stranger = await library.people.forget(ADMIN, person)
    assert await library.give("one.list", 10, f"{GUID} ^1Unforgettable", "00000002 silver") == "duplicate"
    assert await library.give("late.list", 15, f"{GUID} Unforgettable", "00000002 silver") == "imported"
    assert await library.give("late.plain", 16, f"{GUID} Unforgettable", "00000002 silver") == "empty"
    assert await library.give("clean.plain", 17, "00000002 silver") == "imported"
    assert await library.mentioned() == []
    assert await library.give("late.list", 15, f"{GUID} Unforgettable", "00000002 silver") == "duplicate"
    seats = "select count(*) from slomix.round_player where player_id = $1"
    assert await library.db.fetchval(seats, stranger.player_id) == 3
    for name, text, outcome in (
        ("2026-01-02-201000-more.more", f"{GUID}{'0' * 24} did well", "empty"),
        ("2026-01-02-201000-other.more", "silver did well", "imported"),
        ("by-its-time.more", f"1767384600 {GUID.lower()}", "empty"),
        ("4000-01-01-000000-later.more", f"{GUID} is back", "imported"),
    ):
        more = await library.pipeline.offer(name, text.encode(), source="test", durable=False)
        assert more.outcome == outcome, name
    await library.db.execute("delete from slomix.artifact where name like '4000%'")
    minutes = 60 * 24 * 365 * 5
    assert await library.give("back.list", minutes, f"{GUID} Unforgettable", "00000002 silver") == "imported"
    assert (await library.people.the_one("Unforgettable")).guids == (GUID,)
    again = await library.people.forget(ADMIN, await library.people.person(GUID))
    assert await library.mentioned() == []
    assert again.player_id != stranger.player_id


async def test_an_account_without_a_player_is_forgotten_too(library: Library) -> None:
    discord = 770000000000000001
    await library.people.give_tier(Who.on_discord(discord), discord, "admin", "Unforgettable")
    await library.people.give_tier(Who.on_discord(discord, "helps"), 5, "admin", "somebody else")
    await library.people.forget(Who.on_discord(discord), await library.people.person(f"discord:{discord}"))
    assert await library.mentioned() == []
    (done,) = await library.people.log(subject="discord:5")
    assert (done.reason, done.detail["name"]) == ("helps", "somebody else")
