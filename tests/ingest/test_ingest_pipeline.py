"""One offered file: what comes of it, what is kept, and what follows for the rounds around it."""

from __future__ import annotations

import zlib
from typing import Any

import pytest

from slomix.contrib import Parser
from slomix.errors import QUARANTINE_REASONS
from slomix.host.host import Contributed
from slomix.identity.aliases import resolve_match, resolve_round, resolve_session
from slomix.identity.servers import list_servers
from slomix.ingest.pipeline import Outcome, Pipeline, StoreError
from slomix.settings import DatabaseSettings
from slomix.storage.database import Database

pytestmark = pytest.mark.plugins("stats")

EVENING = "2025-10-19-21"


async def offer(pipeline: Pipeline, file: tuple[str, bytes], **kwargs: Any) -> Outcome:
    return await pipeline.offer(*file, source="test", **kwargs)


async def statuses(db: Database) -> list[str]:
    return [row["status"] for row in await db.fetch("select status from slomix.match order by ended_at, id")]


async def test_a_round_is_stored_with_its_bytes(pipeline: Pipeline, db: Database, files: Any) -> None:
    name, data = files.round(EVENING + "0000")
    outcome = await offer(pipeline, (name, data))
    assert (outcome.outcome, outcome.reason, outcome.revision) == ("imported", None, False)
    row = await db.fetchrow("select * from slomix.artifact")
    assert zlib.decompress(row["raw"]) == data
    assert (row["sha256"].hex(), row["round_id"], row["parser"]) == (outcome.artifact, outcome.round_id, "stats.stats")
    round_ = await db.fetchrow("select * from slomix.round")
    assert (round_["map"], round_["number"], round_["limit_s"], round_["target_s"]) == ("supply", 1, 600, 480)
    assert (round_["defender"], round_["winner"], round_["utc_offset_s"]) == ("axis", "allies", 7200)
    assert [line.name for line in await list_servers(db)] == ["Test Server"]


async def test_the_same_content_twice_is_a_duplicate(pipeline: Pipeline, db: Database, files: Any) -> None:
    name, data = files.round(EVENING + "0000")
    await offer(pipeline, (name, data))
    windows = data.replace(b"\n", b"\r\n")
    assert (await offer(pipeline, (name, data))).outcome == "duplicate"
    assert (await offer(pipeline, (name, windows))).outcome == "duplicate"
    assert (await offer(pipeline, (name, data), server="another")).outcome == "duplicate"
    assert await db.fetchval("select count(*) from slomix.artifact") == 1
    assert await db.fetchval("select count(*) from slomix.event where key = 'slomix.RoundImported'") == 1


async def test_a_given_server_wins_over_the_header(pipeline: Pipeline, db: Database, files: Any) -> None:
    await offer(pipeline, files.round(EVENING + "0000"), server="Pub ^1")
    await offer(pipeline, files.round(EVENING + "3000", host="^1^2"))
    assert [line.name for line in await list_servers(db)] == ["Pub ^1", "unknown server"]


async def test_the_server_has_its_time_zone(make_pipeline: Any, db: Database, files: Any) -> None:
    pipeline = make_pipeline(servers={"far": {"timezone": "America/New_York"}})
    await offer(pipeline, files.round(EVENING + "0000"), server="far")
    assert await db.fetchval("select ended_at::text from slomix.round") == "2025-10-20 01:00:00+00"


@pytest.mark.parametrize(
    "name",
    [
        ".2025-10-19-210000-supply-round-1.txt",
        "2025-10-19-210000-supply-round-1.txt.tmp",
        "2025-10-19-210000-supply-round-1.txt.part",
        "2025-10-19-210000-supply-round-1_ws.txt",
        "2025-10-19-210000-supply-round-1_engagements.txt",
        "legacy3.log",
        "auto-2025-10-19-supply.dm_84",
    ],
)
async def test_what_nobody_reads_is_ignored(pipeline: Pipeline, db: Database, name: str) -> None:
    assert (await offer(pipeline, (name, b"whatever\n"))).outcome == "ignored"
    assert await db.fetchval("select count(*) from slomix.artifact") == 0


def _damaged(files: Any) -> dict[str, tuple[str, bytes]]:
    name, good = files.round(EVENING + "0000")
    header, first, *_ = good.splitlines(keepends=True)
    return {
        "bad_name": ("readme.md", b"hello\n"),
        "not_text": (name, b"\x00\x01" + good),
        "too_large": (name, good * 5000),
        "bad_header": (name, b"a\\b\\c\n" + first),
        "header_mismatch": (name, good.replace(b"\\supply\\", b"\\other\\", 1)),
        "bad_line": (name, header + b"nonsense\n" + first),
        "weapon_count": (name, good.replace(b"\\16 10", b"\\18 10", 1)),
        "unknown_layout": (name, header + first.rstrip(b"\n") + b"\t1\t2\t3\n"),
        "truncated": (name, good[:-1]),
        "duplicate_guid": (name, good + first),
        "impossible_value": (name, good.replace(b"\t80.0\t", b"\t-80.0\t", 1)),
    }


@pytest.mark.parametrize("reason", QUARANTINE_REASONS)
async def test_damage_is_quarantined_with_its_reason(
    pipeline: Pipeline, db: Database, files: Any, read_events: Any, reason: str
) -> None:
    name, data = _damaged(files)[reason]
    outcome = await offer(pipeline, (name, data))
    assert (outcome.outcome, outcome.reason) == ("quarantined", reason), outcome.detail
    row = await db.fetchrow("select raw, size, outcome, reason, detail, round_id from slomix.artifact")
    assert (row["outcome"], row["reason"], row["round_id"], row["size"]) == ("quarantined", reason, None, len(data))
    assert row["detail"]
    if reason == "too_large":
        assert row["raw"] is None
    else:
        assert zlib.decompress(row["raw"]) == data
    assert await read_events() == [("ArtifactRejected", {"artifact": outcome.artifact, "name": name, "reason": reason})]
    assert (await offer(pipeline, (name, data))).outcome == "duplicate"


async def test_a_header_alone_is_empty(pipeline: Pipeline, db: Database, files: Any) -> None:
    name, data = files.round(EVENING + "0000")
    header = data.splitlines(keepends=True)[0]
    assert (await offer(pipeline, (name, header))).outcome == "empty"
    assert (await offer(pipeline, (name, header))).outcome == "duplicate"
    assert await db.fetchval("select count(*) from slomix.round") == 0


async def test_other_content_of_the_same_round_is_a_revision(
    pipeline: Pipeline, db: Database, files: Any, read_events: Any, read_exports: Any
) -> None:
    first = await offer(pipeline, files.round(EVENING + "0000", kills=3))
    await offer(pipeline, files.round(EVENING + "0800", number=2, limit="8:00", kills=5))
    again = await offer(pipeline, files.round(EVENING + "0000", kills=4, names=("Ana", "Bor two")))
    assert again.outcome == "imported"
    assert again.revision
    assert again.round_id == first.round_id
    revised = [payload["cause"] for key, payload in await read_events() if key == "RoundRevised"]
    assert revised == ["revision", "pairing"]
    rows = [row for row in (await read_exports())["player-rounds"] if row["guid"] == "AAAAAAA1"]
    assert [(row["round_number"], row["kills"]) for row in rows] == [(1, 4), (2, 6)]
    assert await db.fetchval("select count(*) from slomix.artifact where round_id = $1", first.round_id) == 2
    assert (
        await db.fetchval(
            "select name_raw from slomix.round_player where round_id = $1 and key = 'BBBBBBB2'", first.round_id
        )
        == "Bor two"
    )


async def test_a_late_first_half_makes_its_second_half_one(
    pipeline: Pipeline, db: Database, files: Any, read_events: Any, read_exports: Any
) -> None:
    late = await offer(pipeline, files.round(EVENING + "0800", number=2, limit="8:00", kills=5))
    assert await statuses(db) == ["orphan_r2"]
    old_match, old_session = f"m{late.round_id[1:]}", f"s{late.round_id[1:]}"
    first = await offer(pipeline, files.round(EVENING + "0000", kills=3))
    assert await statuses(db) == ["complete"]
    assert await resolve_match(db, old_match) == f"m{first.round_id[1:]}"
    assert await resolve_session(db, old_session) == f"s{first.round_id[1:]}"
    assert await resolve_round(db, "rnothing") is None
    kinds = [(key, payload.get("cause")) for key, payload in await read_events()]
    assert ("RoundRevised", "pairing") in kinds
    assert ("MatchCompleted", None) in kinds
    rows = [row for row in (await read_exports())["player-rounds"] if row["guid"] == "AAAAAAA1"]
    assert [(row["round_number"], row["kills"]) for row in rows] == [(1, 3), (2, 7)]


async def test_a_second_half_is_the_first_thing_that_a_connection_sees(
    pipeline: Pipeline, db: Database, dsn: str, files: Any
) -> None:
    await offer(pipeline, files.round(EVENING + "0000"))
    other = await Database.open(DatabaseSettings(), dsn)
    pipeline.db = other
    assert (await offer(pipeline, files.round(EVENING + "0800", number=2, limit="8:00"))).outcome == "imported"
    await other.close()
    assert await statuses(db) == ["complete"]


async def test_a_file_in_between_joins_two_sessions(pipeline: Pipeline, db: Database, files: Any) -> None:
    early = await offer(pipeline, files.round("2025-10-19-200000", "supply"))
    later = await offer(pipeline, files.round("2025-10-19-214500", "te_escape2"))
    assert await db.fetchval("select count(*) from slomix.session") == 2
    await offer(pipeline, files.round("2025-10-19-205500", "et_brewdog"))
    session = await db.fetchrow("select id, rounds, matches, players from slomix.session")
    assert dict(session) == {"id": f"s{early.round_id[1:]}", "rounds": 3, "matches": 0, "players": 2}
    assert await resolve_session(db, f"s{later.round_id[1:]}") == session["id"]
    assert await statuses(db) == ["abandoned_r1", "abandoned_r1", "open"]


async def test_the_repeated_hour_keeps_halves_in_order_however_they_arrive(
    make_pipeline: Any, db: Database, files: Any, read_exports: Any
) -> None:
    first = files.round("2025-10-26-025500", "supply", 1)
    second = files.round("2025-10-26-020400", "supply", 2, limit="8:00")
    pipeline = make_pipeline()
    for server, order in (("a", (first, second)), ("b", (second, first))):
        # another content per server, as the same one would be a duplicate
        for name, data in order:
            await offer(pipeline, (name, data.replace(b"Test", server.encode())), server=server)
    for server in "ab":
        rows = [row for row in (await read_exports())["matches"] if row["server"] == server]
        assert [(row["status"], row["ended_at"]) for row in rows] == [("complete", "2025-10-26T02:04:00+01:00")]


async def test_a_parser_that_breaks_its_promise_does_not_stop_the_import(
    make_pipeline: Any, db: Database, files: Any, stats: Contributed[Parser]
) -> None:
    def broken(name: str, data: bytes) -> Any:
        raise ZeroDivisionError

    pipeline = make_pipeline(stats(parse=broken))
    outcome = await offer(pipeline, files.round(EVENING + "0000"))
    assert (outcome.outcome, outcome.reason) == ("quarantined", "bad_line")
    assert "ZeroDivisionError" in str(outcome.detail)


async def test_a_plugin_that_can_not_store_loses_nothing(
    make_pipeline: Any, pipeline: Pipeline, db: Database, files: Any, stats: Any
) -> None:
    async def broken(tx: Any, record: Any, imported: Any) -> None:
        await tx.execute("select 1 / 0")

    file = files.round(EVENING + "0000")
    with pytest.raises(StoreError, match=r"stats\.stats failed with DivisionByZeroError"):
        await offer(make_pipeline(stats(store=broken)), file)
    for table in ("artifact", "round", "match", "session", "player", "event", "server"):
        assert await db.fetchval(f"select count(*) from slomix.{table}") == 0
    assert (await offer(pipeline, file)).outcome == "imported"


async def test_players_keep_their_names_in_the_order_of_play(pipeline: Pipeline, db: Database, files: Any) -> None:
    for stamp, names in (("2200", ("^1New", "Bor")), ("2000", ("Old", "Bor")), ("2100", ("Mid", "Bor"))):
        await offer(pipeline, files.round(f"2025-10-19-{stamp}00", names=names))
    player = await db.fetchrow(
        "select p.name, p.name_raw, p.first_seen::text, p.last_seen::text from slomix.player p "
        "join slomix.player_guid g on g.player_id = p.id where g.key = 'AAAAAAA1'"
    )
    assert tuple(player) == ("New", "^1New", "2025-10-19 18:00:00+00", "2025-10-19 20:00:00+00")
    assert await db.fetchval("select count(*) from slomix.player_name") == 4


async def test_events_tell_the_story_once(pipeline: Pipeline, files: Any, read_events: Any) -> None:
    await offer(pipeline, files.round(EVENING + "0000"))
    await offer(pipeline, files.round(EVENING + "0800", number=2, limit="8:00"))
    assert [key for key, _ in await read_events()] == [
        "RoundImported",
        "SessionOpened",
        "PlayerFirstSeen",
        "PlayerFirstSeen",
        "RoundImported",
        "MatchCompleted",
    ]
