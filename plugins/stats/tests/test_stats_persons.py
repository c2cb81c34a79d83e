"""Stats of persons: merged and split without a trace, forgotten with everybody else's numbers as they were."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from slomix.nouns import Person, Stranger
from slomix.people.audit import Who
from slomix.people.importing import take_file
from slomix.testing.content import content
from slomix.testing.running import Running, running
from slomix_stats.derive.rules import DEFAULT_RULES
from slomix_stats.importers import importers
from slomix_stats.parser import parse
from slomix_stats.people.files import endstats_without, report_without, stats_without
from slomix_stats.settle.rebuild import rebuild_session, sessions_to_rebuild
from slomix_stats.simulate import play_evening

pytestmark = pytest.mark.plugins("stats")

ADMIN = Who(actor="cli:admin")
MOST = "select player_id, count(*) from slomix.round_player group by 1 order by 2 desc, 1 limit 2"
VOTE = """
insert into stats.mvp_vote (session_id, voter, player_id, voted_at) select id, $1, $2, now() from slomix.session limit 1
"""
CHALLENGE = "insert into stats.challenge values ('2026-W47', 'kills', 'Kill', $1, now())"
EVENING = play_evening(seed=4, evening=1)[:8]


@pytest_asyncio.fixture
async def program(dsn: str) -> AsyncIterator[Running]:
    """One evening, imported."""
    async with running(dsn, "stats", role="all") as program:
        for each in EVENING:
            assert (await program.give(each.name, each.data)).outcome == "imported"
        yield program


async def stored(program: Running) -> dict[str, Any]:
    """Every table of stats, without what counts by itself."""
    db = program.runtime.host.context("stats").db
    return await content(db, "stats", without=("settled",))


async def two(program: Running) -> tuple[str, str]:
    rows = await program.runtime.db.fetch(MOST)
    return rows[0]["player_id"], rows[1]["player_id"]


async def test_a_merge_adds_up_and_its_undo_leaves_every_table_as_it_was(program: Running) -> None:
    people = program.runtime.people
    first, second = await two(program)
    before = await stored(program)
    totals = {json["player_id"]: json for json in map(msgspec.json.decode, before["player_total"])}
    await people.merge(ADMIN, first, second, together=True)
    merged = {json["player_id"]: json for json in map(msgspec.json.decode, (await stored(program))["player_total"])}
    assert first not in merged
    assert merged[second]["kills"] == totals[first]["kills"] + totals[second]["kills"]
    assert {each: merged[each] for each in merged if each != second} == {
        each: totals[each] for each in totals if each not in (first, second)
    }
    await people.undo(ADMIN, (await people.log(action="person.merge"))[0].id)
    assert await stored(program) == before


async def test_who_is_forgotten_stays_so_through_a_rebuild_and_the_rest_is_unchanged(program: Running) -> None:
    people, db = program.runtime.people, program.runtime.host.context("stats").db
    player_id, _ = await two(program)
    discord = 770000000000000001
    await people.link(ADMIN, discord, player_id, "somebody")
    async with db.transaction() as tx:
        for voter in (discord, 2):
            await tx.execute(VOTE, voter, player_id)
        await tx.execute(CHALLENGE, f"discord:{discord}")
    person = await people.person(player_id)
    told = (await people.export(person))["plugins"]["stats"]
    assert len(told["rounds"]) >= 6
    assert all(told[part] for part in ("totals", "evenings", "maps", "weapons", "teams", "votes"))
    msgspec.json.encode(told)
    before = await stored(program)
    stranger = await people.forget(ADMIN, person)
    after = await stored(program)

    def stand_in(text: str) -> Any:
        return stranger.instead(msgspec.json.decode(text))

    for table in ("player_total", "player_session", "player_map", "player_weapon", "player_round", "segment"):
        expected = [msgspec.json.encode(stand_in(row)) for row in before[table]]
        found = [msgspec.json.encode(msgspec.json.decode(row)) for row in after[table]]
        assert sorted(found) == sorted(expected), table
    for session_id, server in await sessions_to_rebuild(db):
        await rebuild_session(db, session_id, server)
    assert await stored(program) == after
    assert len(after["mvp_vote"]) == 1
    words = [*person.keys, str(discord), player_id, *(name for name in person.names if len(name) > 4)]
    assert not [word for rows in after.values() for row in rows for word in words if word in row]
    for each in EVENING:
        assert (await program.give(each.name, each.data)).outcome == "duplicate"
    for raw in await program.runtime.db.fetch("select name, raw from slomix.artifact"):
        text = zlib.decompress(raw["raw"])
        assert not [word for word in words if word.encode() in text]
        parse(raw["name"], text)


def stranger_of(key: str, *names: str) -> Stranger:
    person = Person(player_id="p1", keys=(key,), guids=(key,), names=names)
    return Stranger(person=person, player_id="p2", name="forgotten 0001", keys={key: "GONE0001"})


def test_files_are_rewritten_where_the_person_is_and_nowhere_else() -> None:
    data = EVENING[0].data
    record = parse(EVENING[0].name, data)
    gone, *others = record.players
    stranger = stranger_of(gone.key, gone.name_raw, gone.name)
    clean = parse(EVENING[0].name, stats_without(EVENING[0].name, data, stranger))
    assert [each for each in clean.players if each.key != "GONE0001"] == others
    (stood,) = [each for each in clean.players if each.key == "GONE0001"]
    assert (stood.name, stood.weapons, stood.values) == ("forgotten 0001", gone.weapons, gone.values)
    windows = data.replace(b"\n", b"\r\n")
    assert stats_without("x", windows, stranger).replace(b"\r\n", b"\n") == stats_without("x", data, stranger)
    whole = gone.key + "A" * 24
    endstats = f"Most damage\t{gone.name_raw}\t100\nVS_HEADER\t{gone.name}\t{whole}\nother\t1\t2\n".encode()
    assert endstats_without("x", endstats, stranger) == (
        b"Most damage\tforgotten 0001\t100\nVS_HEADER\tforgotten 0001\tGONE0001\nother\t1\t2\n"
    )
    report = msgspec.json.encode({"players": [{"guid": whole, "name": gone.name_raw}], "map": "supply"})
    assert msgspec.json.decode(report_without("x", report, stranger)) == {
        "players": [{"guid": "GONE0001", "name": "forgotten 0001"}],
        "map": "supply",
    }
    with pytest.raises(ValueError, match="within another text"):
        report_without("x", msgspec.json.encode({"text": f"{gone.name} surrendered"}), stranger)


async def test_teams_and_decisions_come_from_another_system_once(program: Running) -> None:
    db = program.runtime.host.context("stats").db
    tables = {each.name: each for each in importers(DEFAULT_RULES)}
    rows = await db.fetch("""
        select p.team, array_agg(g.guid order by g.guid) as guids,
            (select min(ended_local)::date::text from slomix.round) as day
        from stats.segment_player p join slomix.player_guid g on g.player_id = p.player_id
        where p.number = 1 group by p.team order by p.team
        """)
    lines = [f'{row["day"]},"{row["guids"]!r}",{name}' for row, name in zip(rows, ("Smiths", "Bakers"), strict=True)]
    teams = "\n".join(["date,guids,name", *lines, "2001-01-01,ABCDEF01,X", f"{rows[0]['day']},,Y"]).encode()
    for changed, known in ((2, 0), (0, 2)):
        report = await take_file(db, "stats", tables["teams"], teams, "cli:admin")
        assert (report.changed, report.known) == (changed, known)
        assert [each.line for each in report.refused] == [4, 5]
    assert "nobody played two line-ups on 2001-01-01" in report.refused[0].reason
    named = await db.fetchrow("select name_a, name_b from stats.segment where number = 1")
    assert tuple(named or ()) == ("Smiths", "Bakers")

    file, reason = EVENING[0].name, "was a test"
    decisions = f"file;valid;reason\n{file.removesuffix('.txt')};false;{reason}\n{file};maybe;\nx;1;\n".encode()
    dry = await take_file(db, "stats", tables["decisions"], decisions, "cli:admin", dry_run=True)
    assert (dry.changed, len(dry.refused)) == (1, 2)
    for changed, known in ((1, 0), (0, 1)):
        report = await take_file(db, "stats", tables["decisions"], decisions, "cli:admin")
        assert (report.changed, report.known) == (changed, known)
    invalid = await db.fetch("select invalid_reason from stats.round where not valid and invalid_reason = 'manual'")
    assert len(invalid) == 1
