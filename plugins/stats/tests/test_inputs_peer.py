"""Rounds that the other common Lua script posts: both generations, as one record with stats files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from slomix.bus import Bus, LiveFeed
from slomix.clock import SystemClock
from slomix.contrib import Parser
from slomix.errors import BadArtifact, EmptyArtifact
from slomix.ingest.pipeline import Pipeline
from slomix.jobs.queue import JobQueue
from slomix.settings import CoreSettings
from slomix.storage.database import Database
from slomix.testing.declared import records_of
from slomix_stats.differential import PlayerRound, derive
from slomix_stats.exports import exports
from slomix_stats.inputs.peer import kept, parse, sniff
from slomix_stats.record import StatsFile
from slomix_stats.scoring import judge

#: 21:18:05 in Ljubljana.
END = 1759432685
ANN, BOB, CAT = (letter * 7 + "1" + "0" * 24 for letter in "ABC")
MP40 = 1 << 4


def player(name: str, team: int, kills: int, deaths: int, given: int, **more: Any) -> dict[str, Any]:
    """A player who used the MP40 only."""
    line = [MP40, kills * 10, kills * 40, kills, deaths, kills, given, given, 0, 0, 1, 0, 0, 0, 75.5, 33]
    return {"name": name, "rounds": "0", "team": str(team), "weaponStats": [str(number) for number in line], **more}


def posted(players: dict[str, Any], number: int = 1, gamelog: Any = None, **info: Any) -> bytes:
    """A round of 10 minutes that the attackers won after 8, as the script writes it."""
    facts = {
        "servername": "^1Pub", "config": "legacy3", "mapname": "supply", "matchID": "1", "server_ip": "192.0.2.1",
        "server_port": "27960", "round": number, "defenderteam": 1, "winnerteam": 2, "timelimit": "10:00",
        "nextTimeLimit": "8:00", "round_start": 60_000, "round_end": 540_000, "round_start_unix": END - 480,
        "round_end_unix": END, **info,
    }  # fmt: skip
    content: dict[str, Any] = {"round_info": facts, "player_stats": players}
    if gamelog is not None:
        content["gamelog"] = gamelog
    return msgspec.json.encode(content)


FIRST = posted({ANN: player("^2Ann", 1, 5, 3, 900), BOB: player("Bob", 2, 3, 5, 700)})
SECOND_FACTS = {"timelimit": "8:00", "nextTimeLimit": "8:00", "winnerteam": 1, "round_end_unix": END + 600}
SECOND = posted(
    {
        ANN: player("^2Ann", 2, 9, 4, 1500, rounds="1"),
        BOB: player("Bob", 1, 4, 9, 1600, rounds="1"),
        CAT: player("Cat", 1, 2, 1, 100),
    },
    2, **SECOND_FACTS,
)  # fmt: skip


def halves(second: bytes) -> dict[str, PlayerRound]:
    """The players of round 2 by name."""
    return {row.who.name: row for row in derive(parse("b.json", second), parse("a.json", FIRST), "complete")}


def test_the_first_generation() -> None:
    record = parse("a.json", FIRST)
    assert (record.host, record.map, record.number, record.limit_s, record.target_s) == ("Pub", "supply", 1, 600, 480)
    assert (record.defender, record.winner, record.ended_local.timestamp()) == ("axis", "allies", END)
    ann = record.players[0]
    assert (ann.key, ann.name, ann.team, ann.counter) == ("AAAAAAA1", "Ann", 1, 0)
    assert (ann.slots(), ann.weapons) == ((4,), [50, 200, 5, 3, 5])
    assert ann.values[:10] == [900, 900, 0, 0, 1, 0, 0, 0, 755, 33]
    assert ann.time_played_s == 480, "that of the round"
    result = judge(record, derive(record, None, "open"), "open")
    assert (result.outcome, result.seconds) == ("objective", 480)


def test_round_2_counts_on() -> None:
    rows = halves(SECOND)
    ann, cat = rows["Ann"], rows["Cat"]
    assert (ann.kills, ann.deaths, ann.values[0], ann.side, ann.flags) == (4, 1, 600, "allies", ())
    assert (ann.time_played_s, ann.weapons) == (480, [40, 160, 4, 1, 4])
    assert ann.alive_s == 362
    assert (cat.kills, cat.flags) == (2, ("joined_r2",))


def test_reconnected_and_silent_counters() -> None:
    again = posted({ANN: player("Ann", 2, 9, 4, 1500, rounds="1"), BOB: player("Bob", 1, 1, 2, 10)}, 2, **SECOND_FACTS)
    assert (halves(again)["Bob"].flags, halves(again)["Bob"].kills) == (("reconnected",), 1)
    silent = posted({ANN: player("Ann", 2, 9, 4, 1500), BOB: player("Bob", 1, 1, 2, 10)}, 2, **SECOND_FACTS)
    rows = halves(silent)
    assert (rows["Ann"].kills, rows["Ann"].flags) == (4, ())
    assert (rows["Bob"].kills, rows["Bob"].flags, rows["Bob"].time_played_s) == (1, ("reconnected",), 480)
    gone = posted({ANN: player("Ann", 2, 9, 4, 1500), BOB: player("Bob", 3, 3, 5, 700)}, 2, **SECOND_FACTS)
    assert [*halves(gone)] == ["Ann"], "who did nothing in round 2 was not there"


def test_the_second_generation_has_a_game_log() -> None:
    log = [
        {"label": "spawn", "player": ANN, "leveltime": 61_000},
        {"label": "spawn", "player": BOB, "leveltime": 300_000},
        {"label": "revive", "player": ANN, "victim": BOB, "leveltime": 310_000},
        {"label": "message", "player": ANN, "message": "hello", "leveltime": 1},
        {"label": "damage", "killer": "WORLD", "damage": 5},
    ]
    stats = {
        ANN: player("Ann", 1, 5, 3, 900, obj_planted={"1": "x", "2": "y"}, obj_taken=[]),
        BOB: player("B", 2, 3, 5, 9),
    }
    record = parse("c.json", posted(stats, gamelog=log, stats_version="2.1.0"))
    ann, bob = record.players
    assert (ann.values[37], ann.values[19], bob.values[37], bob.values[19]) == (1, 0, 0, 1)
    assert (ann.values[17], ann.values[15], ann.values[36]) == (2, 0, None)
    assert (ann.time_played_s, bob.time_played_s) == (480, 240), "Bob spawned first in the middle of the round"


def test_names_and_lists_as_lua_writes_them() -> None:
    stats = {ANN: player("J\\u{c3}\\u{b6}rg \\u{ff}", 1, 5, 3, 900)}
    assert parse("a.json", posted(stats)).players[0].name == "Jörg ÿ"
    raw = posted(stats).replace(b"\\\\u{", b"\\u{")
    assert parse("a.json", raw).players[0].name == "Jörg ÿ", "which is no JSON"
    with pytest.raises(EmptyArtifact):
        parse("a.json", posted([]))  # type: ignore[arg-type]
    with pytest.raises(EmptyArtifact):
        parse("a.json", posted({ANN: {**player("Ann", 1, 0, 0, 0), "weaponStats": []}}))


def test_chat_and_passwords_are_not_kept() -> None:
    said = [{"guid": ANN, "message": 'my "secret"', "vsay_text": "x"}]
    data = posted({ANN: player("Ann", 1, 5, 3, 900)}, messages=said, pw="pass")
    clean = kept(data)
    assert not any(word in clean for word in (b"secret", b'"x"', b'"pass"'))
    assert parse("a.json", clean) == parse("a.json", data)
    assert b"secret" not in kept(data[: data.index(b"secret") + 6]), "nor of a file that was cut off"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"round_end_unix": None}, "bad_header"),
        ({"round_end_unix": -5}, "impossible_value"),
        ({"mapname": "a/b"}, "bad_header"),
        ({"timelimit": "soon"}, "bad_header"),
        ({"timelimit": "0:00"}, "impossible_value"),
        ({"defenderteam": 7}, "impossible_value"),
        ({"round": None}, "bad_header"),
    ],
)
def test_hostile_facts_are_refused(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(BadArtifact) as refused:
        parse("a.json", posted({ANN: player("Ann", 1, 5, 3, 900)}, **change))
    assert refused.value.reason == reason


def with_line(line: list[Any]) -> bytes:
    return posted({ANN: {**player("Ann", 1, 5, 3, 900), "weaponStats": line}})


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (with_line(["16", "1", "2"]), "weapon_count"),
        (with_line(["-1"] * 16), "impossible_value"),
        (with_line(["0", "-5", *["0"] * 9]), "bad_line"),
        (with_line(["0", *["99999999999"] * 10]), "impossible_value"),
        (with_line(["x"] * 11), "bad_line"),
        (with_line([{"a": 1}] * 11), "bad_line"),
        (posted({"?": player("Ann", 1, 5, 3, 900)}), "bad_line"),
        (posted({ANN: player("Ann", 1, 5, 3, 9), ANN.lower(): player("Ann", 1, 5, 3, 9)}), "duplicate_guid"),
        (posted({f"{at:032d}"[::-1]: player("A", 1, 1, 1, 1) for at in range(70)}), "impossible_value"),
        (b'{"round_info": 1}', "bad_header"),
        (b'{"match": {"rounds": []}}', "bad_header"),
        (b'{"round_info": {', "truncated"),
    ],
)
def test_hostile_players_are_refused(data: bytes, reason: str) -> None:
    with pytest.raises(BadArtifact) as refused:
        parse("a.json", data)
    assert refused.value.reason == reason


def test_sniffing() -> None:
    assert sniff("posted.json", FIRST[:4096]) == 0.9
    assert sniff("stats-1-2025-10-02-211808-supply-round-1.json", b"{") == 0.7
    assert sniff("photo.jpg", b"\xff\xd8") == sniff("notes.json", b"{}") == 0.0


Offer = Callable[..., Any]


@pytest.fixture
def offer(db: Database) -> Offer:
    """`offer(data, name)` imports a file."""
    bus = Bus(JobQueue(SystemClock()), SystemClock(), LiveFeed(db))
    found = records_of(Parser, "register_parsers", "stats")
    pipeline = Pipeline(db, found, bus, SystemClock(), CoreSettings())

    async def one(data: bytes, name: str = "posted.json") -> Any:
        outcome = await pipeline.offer(name, data, source="test", server="pub", durable=False)
        assert outcome.outcome == "imported", outcome
        return outcome

    return one


async def table(db: Database, kind: str) -> list[dict[str, Any]]:
    (export,) = [export for export in exports() if export.kind == kind]
    return [dict(row) async for row in export.rows(db)]


@pytest.mark.plugins("stats")
@pytest.mark.parametrize("order", [(FIRST, SECOND), (SECOND, FIRST)], ids=["in order", "late"])
async def test_a_match_of_posted_rounds(db: Database, offer: Offer, order: tuple[bytes, ...]) -> None:
    for data in order:
        await offer(data)
    (match,) = await table(db, "matches")
    assert (match["status"], match["ended_at"], match["server"]) == ("complete", "2025-10-02T21:28:05+02:00", "pub")
    assert (match["r1_outcome"], match["r2_outcome"], match["points_r1_attackers"]) == ("objective", "hold", 2)
    rows = {(row["round_number"], row["name"]): row for row in await table(db, "player-rounds")}
    assert {key: row["kills"] for key, row in rows.items()} == {
        (1, "Ann"): 5, (1, "Bob"): 3, (2, "Ann"): 4, (2, "Bob"): 1, (2, "Cat"): 2,
    }  # fmt: skip
    assert rows[2, "Ann"]["damage_given"] == 600


@pytest.mark.plugins("stats")
@pytest.mark.parametrize("first", ["file", "post"])
async def test_a_stats_file_of_the_same_round_knows_better(
    db: Database, offer: Offer, file: Any, line: Any, first: str
) -> None:
    built = file([line(guid="AAAAAAA1", name="Ann", weapons={4: (50, 200, 6, 3, 5)}), line(guid="BBBBBBB1", team=2)])
    offers = [(built.data, built.name), (FIRST, "posted.json")]
    ids = [(await offer(*each)).round_id for each in (offers if first == "file" else offers[::-1])]
    assert await db.fetchval("select count(*) from slomix.round") == 1
    assert ids[0] == ids[1] or first == "post"
    ann = (await table(db, "player-rounds"))[0]
    assert (ann["kills"], ann["ended_at"]) == (6, "2025-10-02T21:18:08+02:00")
    assert await db.fetchval("select layout from stats.round") == 38


def test_it_packs() -> None:
    from slomix_stats.record import pack, unpack

    record: StatsFile = parse("a.json", FIRST)
    assert unpack(pack(record)) == record
