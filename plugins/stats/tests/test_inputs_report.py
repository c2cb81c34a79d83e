"""Reports of a round's end: the webhook payload and the gametimes file, read strictly."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from slomix.errors import BadArtifact
from slomix_stats.inputs import gametimes, texts, webhook
from slomix_stats.inputs.report import Pause, RoundReport

END = 1759432685
ANN, BOB = "AAAAAAA1" + "0" * 24, "BBBBBBB2" + "0" * 24
FIELDS: dict[str, str] = {
    "Map": "supply",
    "Round": "2",
    "Winner": "1",
    "Defender": "1",
    "Lua_Playtime": "200 sec",
    "Lua_Timelimit": "3.933 min",
    "Lua_Pauses": "1 (30 sec)",
    "Lua_EndReason": "surrender",
    "Lua_Warmup": "45 sec",
    "Lua_WarmupStart": str(END - 280),
    "Lua_RoundStart": str(END - 235),
    "Lua_RoundEnd": str(END),
    "Lua_SurrenderTeam": "2",
    "Lua_SurrenderCaller": BOB,
    "Lua_SurrenderCallerName": "B^2ob",
    "Lua_AxisScore": "1",
    "Lua_AlliesScore": "0",
    "Axis_JSON": json.dumps([{"guid": ANN, "name": 'A"nn'}]),
    "Allies_JSON": json.dumps([{"guid": BOB.lower(), "name": "Bob"}]),
    "Lua_Pauses_JSON": f'[{{"n":1,"start":{END - 100},"end":{END - 70},"sec":30}}]',
    "Lua_SpawnSummary": "Players:2 | Spawns:9 | AvgRespawn:12s | MaxRespawn:20s",
}
META: dict[str, Any] = {
    "map": "supply", "round": 0, "round_start_unix": END - 235, "round_end_unix": END, "actual_duration_seconds": 201,
    "warmup_seconds": 44, "pause_seconds": 31, "pause_count": 1, "server_ip": "192.0.2.1", "server_port": 27960,
    "match_id": END,
    "spawn_stats": [
        {"guid": BOB, "name": "Bob", "spawns": 5, "deaths": 4, "dead_seconds": 61, "avg_respawn": 15.25,
         "max_respawn": 20},
        {"guid": "C" * 32, "name": "Cat", "spawns": 1, "deaths": 0, "dead_seconds": 0, "avg_respawn": 0,
         "max_respawn": 0},
    ],
}  # fmt: skip


def payload(**changes: str | None) -> dict[str, Any]:
    """The payload with other fields; None leaves one out."""
    fields = {name: value for name, value in {**FIELDS, **changes}.items() if value is not None}
    return {
        "username": "ET:Legacy Stats",
        "content": "STATS_READY",
        "embeds": [
            {
                "title": "Round Complete: supply R2",
                "fields": [{"name": name, "value": value, "inline": True} for name, value in fields.items()],
                "footer": {"text": "Slomix Lua Webhook v1.6.2"},
            }
        ],
    }


def read(**changes: str | None) -> RoundReport:
    return webhook.parse("supply-R2.json", msgspec.json.encode(payload(**changes)))


def read_gametimes(inner: Any = None, **changes: Any) -> RoundReport:
    content = {"meta": {**META, **changes}, "payload": payload() if inner is None else inner}
    return gametimes.parse("gametime-supply-R2-1.json", msgspec.json.encode(content))


def test_the_payload_says_all_of_it() -> None:
    report = read()
    assert (report.map, report.number, report.winner, report.defender) == ("supply", 2, "axis", "axis")
    assert report.limit_s == 236, "3.933 min"
    assert (report.seconds, report.warmup_s, report.pause_count, report.pause_s) == (200, 45, 1, 30)
    assert report.ended_at == datetime.fromtimestamp(END, UTC)
    assert (report.end_reason, report.surrender_side, report.surrender_guid) == ("surrender", "allies", BOB)
    assert report.pauses == [Pause(END - 100.0, END - 70.0, 30.0)]
    assert [(person.guid, person.key, person.name, person.side) for person in report.people] == [
        (ANN, ANN[:8], 'A"nn', "axis"), (BOB, BOB[:8], "Bob", "allies"),
    ]  # fmt: skip
    assert report.script == "1.6.2"


def test_round_0_means_2_and_a_caller_has_a_side() -> None:
    assert read(Round="0").number == 2
    assert read(Lua_SurrenderTeam="0").surrender_side == "allies", "the caller was on that side"
    assert read(Lua_SurrenderTeam="0", Lua_SurrenderCaller=None).surrender_side is None


def test_what_is_missing_is_unknown() -> None:
    report = read(**dict.fromkeys([*FIELDS][2:10]), Lua_RoundStart="0", Axis_JSON=None, Lua_Pauses_JSON=None)
    assert (report.seconds, report.winner, report.pause_count, report.started_at) == (None, None, None, None)
    assert [person.name for person in report.people] == ["Bob"]


def test_a_list_that_discord_cut_off_is_unknown() -> None:
    cut = json.dumps([{"guid": ANN, "name": "Ann"}] * 20)
    assert [person.name for person in read(Axis_JSON=cut[:1024]).people] == ["Bob"]


def test_gametimes_win_and_add_spawns() -> None:
    report = read_gametimes()
    assert (report.number, report.seconds, report.warmup_s, report.pause_s) == (2, 201, 44, 31)
    assert (report.end_reason, report.limit_s, report.winner) == ("surrender", 236, "axis")
    people = {person.name: (person.side, person.spawns, person.max_respawn_s) for person in report.people}
    assert people == {'A"nn': ("axis", None, None), "Bob": ("allies", 5, 20), "Cat": (None, 1, 0)}
    assert report.richness > read().richness
    alone = read_gametimes(inner={})
    assert (alone.seconds, alone.end_reason, len(alone.people)) == (201, None, 2)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"Lua_Playtime": "many sec"}, "bad_line"),
        ({"Lua_Playtime": "-5 sec"}, "bad_line"),
        ({"Lua_Playtime": "999999 sec"}, "impossible_value"),
        ({"Lua_Playtime": "900 sec"}, "impossible_value"),  # in 235 s
        ({"Lua_Timelimit": "NaN min"}, "bad_line"),
        ({"Lua_Pauses": "1"}, "bad_line"),
        ({"Lua_EndReason": "boredom"}, "bad_line"),
        ({"Lua_RoundEnd": None}, "bad_header"),
        ({"Lua_RoundEnd": "99"}, "impossible_value"),
        ({"Lua_RoundStart": str(END + 9)}, "impossible_value"),
        ({"Map": "../../etc/passwd"}, "bad_header"),
        ({"Winner": "3"}, "impossible_value"),
        ({"Round": "seven"}, "bad_line"),
        ({"Axis_JSON": "{oops"}, "bad_line"),
        ({"Lua_Pauses_JSON": '[{"start":9,"end":3,"sec":1}]'}, "impossible_value"),
    ],
)
def test_hostile_payloads_are_refused(changes: dict[str, str | None], reason: str) -> None:
    with pytest.raises(BadArtifact) as refused:
        read(**changes)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "truncated"),
        (b'{"embeds": [', "truncated"),
        (b"\xff\xfe", "not_text"),
        (b"[]", "bad_header"),
        (b'{"embeds": []}', "bad_header"),
        (b'{"content": "hello", "embeds": [{"title": "buy"}]}', "bad_header"),
        (b'{"content": "STATS_READY", "embeds": [{"fields": [{"name": 1}]}]}', "bad_line"),
        (b'{"a":' * 40 + b"1" + b"}" * 40, "impossible_value"),
        (b"[" * 100_000, "truncated"),
    ],
)
def test_no_payload_at_all(data: bytes, reason: str) -> None:
    with pytest.raises(BadArtifact) as refused:
        webhook.parse("x-R1.json", data)
    assert refused.value.reason in (reason, "not_text")


def test_hostile_gametimes_are_refused() -> None:
    for changes, reason in [
        ({"actual_duration_seconds": -1}, "impossible_value"),
        ({"actual_duration_seconds": True}, "bad_line"),
        ({"spawn_stats": {"guid": 1}}, "bad_line"),
        ({"map": "oasis"}, "header_mismatch"),
        ({"round": 3}, "impossible_value"),
        ({"round_end_unix": 1e300}, "impossible_value"),
    ]:
        with pytest.raises(BadArtifact) as refused:
            read_gametimes(**changes)  # type: ignore[arg-type]
        assert refused.value.reason == reason, changes
    with pytest.raises(BadArtifact, match="bad_header"):
        gametimes.parse("gametime-x.json", b'{"payload": {}}')


def test_sniffing_by_content() -> None:
    plain = msgspec.json.encode(payload())
    nested = msgspec.json.encode({"meta": META, "payload": payload()})
    assert webhook.sniff("anything", plain) > gametimes.sniff("anything", plain)
    assert gametimes.sniff("anything", nested) > webhook.sniff("anything", nested)
    assert gametimes.sniff("gametime-supply-R1-1.json", b"") == 1.0
    assert webhook.sniff("photo.jpg", b"\xff\xd8") == gametimes.sniff("photo.jpg", b"\xff\xd8") == 0.0


def test_texts() -> None:
    assert [texts.seconds(value, "x") for value in ("236 sec", "3.933 min", "12", 4.5, "", None)] == [
        236, 236, 12, 4.5, None, None,
    ]  # fmt: skip
    assert texts.pauses("2 (75 sec)") == (2, 75)
