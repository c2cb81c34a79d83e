"""The reader against what the game's own codec read in the shared demos, and against what was played in them."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from slomix_greatshot.demo import DemoReader, NotADemo, read
from slomix_greatshot.demo.decoder import Decoder
from slomix_greatshot.demo.frames import snapshots
from slomix_greatshot.demo.records import Chat, Command, Hit, Obituary, Revive
from slomix_greatshot.demo.text import decoded

pytestmark = pytest.mark.shared

GENERATED = ("gen_030s_v284_s1", "gen_005m_v284_s2", "gen_005m_v282_fps40_loss2_s4")
ALL = (*GENERATED, "real_v2821_scores")
DIGEST = Path(__file__).with_name("demos_digest.py")


@pytest.fixture
def demos(shared: Path) -> Path:
    return shared / "data" / "demos"


def oracle(demos: Path, name: str) -> list[dict[str, Any]]:
    with gzip.open(demos / "oracle" / f"{name}.dm_84.oracle.jsonl.gz") as file:
        return [json.loads(line) for line in file]


def truth(demos: Path, name: str, *kinds: str) -> list[dict[str, Any]]:
    with gzip.open(demos / f"{name}.truth.json.gz") as file:
        return [event for event in json.load(file)["events"] if event["k"] in kinds]


@pytest.mark.parametrize("name", ALL)
def test_every_snapshot_has_the_checksum_of_the_game(demos: Path, name: str) -> None:
    expected = [(line["i"], line["time"], line["crc"]) for line in oracle(demos, name) if line["t"] == "snap"]
    assert [(each.i, each.time, each.crc) for each in snapshots(demos / f"{name}.dm_84")] == expected


@pytest.mark.parametrize("name", ALL)
def test_every_command_is_read_once_and_whole(demos: Path, name: str) -> None:
    expected = [(line["n"], line["s"]) for line in oracle(demos, name) if line["t"] == "cmd"]
    stream = DemoReader(demos / f"{name}.dm_84", commands=True)
    told = [(each.number, each.text) for each in stream if isinstance(each, Command)]
    assert told == [(number, decoded(text.encode("latin-1"))) for number, text in expected]


@pytest.mark.parametrize("name", ALL)
def test_the_gamestate_is_the_one_of_the_game(demos: Path, name: str) -> None:
    expected = oracle(demos, name)[0]
    data = (demos / f"{name}.dm_84").read_bytes()
    decoder = Decoder(False)
    decoder.feed(data + bytes(8), 0, len(data), 0)
    (gamestate,) = decoder.take()
    _, sequence, heard, strings, client, feed = gamestate
    assert (sequence, heard, client, feed) == tuple(
        expected[key] for key in ("msg", "cmdSeq", "clientNum", "checksumFeed")
    )
    assert {str(index): value.decode("latin-1") for index, value in strings} == expected["cs"]
    baselines = decoder.baselines_now()
    assert (len(baselines), decoder.baselines_crc()) == (expected["nBaselines"], expected["baselineCrc"])


@pytest.mark.parametrize("name", GENERATED)
def test_every_death_is_found_and_none_invented(demos: Path, name: str) -> None:
    demo = read(demos / f"{name}.dm_84")
    expected = truth(demos, name, "obituary")
    deaths = truth(demos, name, "death")
    told = [(each.time_ms, each.attacker_slot, each.victim_slot, each.mod) for each in demo.obituaries]
    assert told == [
        (each["time"], None if each["attacker"] > 63 else each["attacker"], each["victim"], each["mod"])
        for each in expected
    ]
    for told_death, death in zip(demo.obituaries, deaths, strict=True):
        assert told_death.headshot in (None, death["headshot"])
        assert told_death.phase == death["phase"]
        if told_death.kind in {"kill", "team_kill"}:
            assert (told_death.kind == "team_kill") == (death["attackerTeam"] == death["victimTeam"])
    unknown = [each for each in demo.obituaries if each.headshot is None]
    assert len(unknown) == (2 if name.endswith("loss2_s4") else 0)


@pytest.mark.parametrize("name", GENERATED)
def test_bullets_hits_and_revives_are_the_ones_that_were_seen(demos: Path, name: str) -> None:
    stream = list(DemoReader(demos / f"{name}.dm_84"))
    hits = Counter((each.time_ms, each.attacker_slot, each.hit) for each in stream if isinstance(each, Hit))
    names = ("none", "team", "head", "body")
    assert hits == Counter(
        (each["time"], each["client"], names[each["type"]]) for each in truth(demos, name, "ev_hit", "ps_hit")
    )
    demo = read(demos / f"{name}.dm_84")
    bullets = Counter((each.time_ms, each.attacker_slot, each.target_slot, each.hit) for each in demo.hits)
    assert bullets == Counter(
        (each["time"], each["attacker"], each["target"], names[each["hit"]])
        for each in truth(demos, name, "ev_bullet")
        if each["hit"]
    )
    revives = [(each.time_ms, each.revived_slot) for each in stream if isinstance(each, Revive)]
    seen = truth(demos, name, "ev_revive")
    if seen:
        assert revives == [(each["time"], each["client"]) for each in seen]
    else:
        assert revives == [(each["frame"], each["client"]) for each in truth(demos, name, "revive")]


@pytest.mark.parametrize("name", GENERATED)
def test_what_was_said_is_heard_in_its_channel(demos: Path, name: str) -> None:
    stream = DemoReader(demos / f"{name}.dm_84")
    told = [(each.slot, each.channel, each.text) for each in stream if isinstance(each, Chat) and each.voice is None]
    assert told == [
        (each["client"], "team" if each["team"] else "all", decoded(each["msg"].replace("%", ".").encode("latin-1")))
        for each in truth(demos, name, "chat")
    ]


@pytest.mark.parametrize("name", GENERATED)
def test_the_course_of_the_match_is_known(demos: Path, name: str) -> None:
    demo = read(demos / f"{name}.dm_84")
    starts = truth(demos, name, "round_start")
    ends = truth(demos, name, "round_end")
    assert [(each.start_ms, each.map, each.partial) for each in demo.rounds] == [
        (each["frame"], each["map"], False) for each in starts
    ]
    assert [(each.end_ms, each.winner) for each in demo.rounds if each.end_ms] == [
        (each["frame"], each["winner"] + 1) for each in ends
    ]
    pauses = [(each["frame"]) for each in truth(demos, name, "pause", "unpause")]
    assert [each.time_ms for each in demo.pauses] == pauses
    renames = [(each.time_ms, each.slot, each.after) for each in demo.changes if type(each).__name__ == "Renamed"]
    assert renames == [(each["frame"], each["client"], each["name"]) for each in truth(demos, name, "rename")]
    teams = [(each.time_ms, each.slot, each.after) for each in demo.changes if type(each).__name__ == "TeamChanged"]
    assert teams == [(each["frame"], each["client"], each["team"]) for each in truth(demos, name, "team")]
    left = [(each.time_ms, each.slot) for each in demo.changes if type(each).__name__ == "Left"]
    assert left == [(each["frame"], each["client"]) for each in truth(demos, name, "disconnect")]
    popups = Counter(each.time_ms for each in demo.objectives)
    shown = {0, 1, 2, 5, 6}
    assert popups == Counter(each["time"] for each in truth(demos, name, "ev_popup") if each["type"] in shown)


def test_the_real_demo_is_read_whole(demos: Path) -> None:
    demo = read(demos / "real_v2821_scores.dm_84")
    assert (demo.warnings, demo.snapshots, len(demo.obituaries)) == ([], 712, 9)
    assert [each.headshot for each in demo.obituaries if each.headshot] == [True]
    assert demo.began is not None
    assert (demo.began.map, demo.began.version) == ("adlernest", "v2.82.1-140-g9f3f7f2")
    assert {each.kind for each in demo.obituaries} == {"kill"}


def bad_files(demos: Path) -> dict[str, dict[str, Any]]:
    expected: dict[str, dict[str, Any]] = json.loads((demos / "bad" / "expected.json").read_text("utf-8"))
    return expected


def test_every_bad_file_ends_as_it_should(demos: Path) -> None:
    for name, expected in bad_files(demos).items():
        try:
            demo = read(demos / "bad" / name)
        except NotADemo as error:
            ended, count, told = "reject", 0, str(error)
        else:
            ended, count, told = "partial" if demo.warnings else "ok", demo.snapshots, name
        assert (name, ended) == (name, expected["ends"])
        assert (name, count >= expected["snapshots_at_least"]) == (name, True)
        assert name in told


def digests(files: list[str], reader: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, str(DIGEST), *files],
        env={**os.environ, "SLOMIX_GREATSHOT_READER": reader},
        capture_output=True,
        check=True,
        timeout=110,
    )
    told: dict[str, Any] = json.loads(done.stdout)
    assert told["reader"] == reader or reader == "native"
    return told["files"]  # type: ignore[no-any-return]


def test_both_readers_say_the_same(demos: Path) -> None:
    files = [demos / "gen_030s_v284_s1.dm_84", demos / "real_v2821_scores.dm_84"]
    chosen = ("bitflips", "corrupt", "missing_20", "no_gamestate", "repeated", "starts", "trunc_mid_message", "random")
    files += [demos / "bad" / name for name in bad_files(demos) if name.startswith(chosen)]
    names = [str(file) for file in files]
    assert digests(names, "python") == digests(names, "native")


def test_obituaries_are_told_in_the_order_of_the_game(demos: Path) -> None:
    times = [each.time_ms for each in DemoReader(demos / "gen_005m_v284_s2.dm_84") if isinstance(each, Obituary)]
    assert times == sorted(times)
