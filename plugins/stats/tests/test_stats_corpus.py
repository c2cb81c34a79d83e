"""Real files of a server, 2024 to 2025, and files that the real scripts wrote in a simulated engine."""

from __future__ import annotations

import gzip
import json
from datetime import timedelta
from pathlib import Path

import pytest

from slomix.errors import EmptyArtifact
from slomix_stats.differential import derive, is_lossy
from slomix_stats.parser import parse
from slomix_stats.record import PlayerRecord, StatsFile
from slomix_stats.scoring import judge, score
from slomix_stats.weapons import weapon_name

pytestmark = pytest.mark.shared

Pair = tuple[StatsFile, StatsFile]


def read(path: Path) -> StatsFile:
    return parse(path.name, path.read_bytes().replace(b"\r\n", b"\n"))


@pytest.fixture(scope="module")
def files(shared: Path) -> dict[str, StatsFile | None]:
    found: dict[str, StatsFile | None] = {}
    for path in sorted((shared / "data/rounds").glob("*-round-[12].txt")):
        try:
            found[path.name] = read(path)
        except EmptyArtifact:
            found[path.name] = None
    return found


@pytest.fixture(scope="module")
def pairs(files: dict[str, StatsFile | None]) -> list[Pair]:
    found, first = [], None
    for record in filter(None, files.values()):
        if record.number == 1:
            first = record
        elif (
            first is not None
            and (first.map, first.target_s) == (record.map, record.limit_s)
            and record.ended_local - first.ended_local < timedelta(minutes=45)
        ):
            found.append((first, record))
            first = None
    return found


def test_every_real_file_is_read(files):
    assert len(files) == 209
    assert [name for name, record in files.items() if record is None] == ["2024-09-12-174949-supply-round-2.txt"]
    assert {record.layout for record in files.values() if record} == {33, 36, 37, 38}


def test_kills_are_deaths_and_damage_is_received_in_every_pair(pairs):
    assert len(pairs) == 96
    for r1, r2 in pairs:
        for rows in (derive(r1, None, "complete"), derive(r2, r1, "complete")):
            assert not is_lossy(rows), r2
            assert sum(row.kills for row in rows) == sum(row.deaths for row in rows)
            assert sum(row.values[0] for row in rows) == sum(row.values[1] for row in rows)


def test_players_change_sides_and_only_one_came_late(pairs):
    flags = []
    for r1, r2 in pairs:
        before = {row.who.key: row.side for row in derive(r1, None, "complete")}
        for row in derive(r2, r1, "complete"):
            flags += row.flags
            assert {row.side, before.get(row.who.key)} in ({"axis", "allies"}, {row.side, None})
    assert flags == ["joined_r2"]


def test_the_winner_of_round_2_is_the_winner_of_the_map_except_in_a_double_hold(pairs):
    for r1, r2 in pairs:
        points = score(*(judge(each, derive(each, None, "complete"), "complete").outcome for each in (r1, r2)))
        attackers_of_2 = r2.winner != r2.defender
        assert points in {(1, 1), (0, 2) if attackers_of_2 else (2, 0)}
    assert sum(r1.winner == r1.defender and r2.winner == r2.defender for r1, r2 in pairs) == 4


def test_holds_end_near_the_limit_or_clearly_early(pairs):
    early = 0
    for r1, r2 in pairs:
        for record, rows in ((r1, derive(r1, None, "complete")), (r2, derive(r2, r1, "complete"))):
            ended = judge(record, rows, "complete")
            if ended.outcome == "hold":
                short = record.limit_s - ended.seconds
                assert (short >= 14) is ended.ended_early
                assert short >= 14 or -6 <= short <= 6
                early += ended.ended_early
    assert early == 27


@pytest.mark.parametrize(
    ("guid", "flags", "kills", "deaths", "damage", "seconds"),
    [("EA326149", ("joined_r2",), 14, 14, 2218, 594), ("BF52721D", None, 0, 0, 0, 0)],
)
def test_a_late_joiner_and_a_leaver(files, guid, flags, kills, deaths, damage, seconds):
    r1 = files["2025-10-25-155900-supply-round-1.txt"]
    r2 = files["2025-10-25-161002-supply-round-2.txt"]
    assert guid in {player.guid for player in r2.players}
    rows = {row.who.guid: row for row in derive(r2, r1, "complete")}
    if flags is None:
        assert guid not in rows
    else:
        row = rows[guid]
        assert (row.flags, row.kills, row.deaths) == (flags, kills, deaths)
        assert (row.values[0], row.time_played_s) == (damage, seconds)


def test_a_pair_across_midnight(pairs):
    assert any(
        (r1.map, f"{r1.ended_local:%F %H%M%S}", f"{r2.ended_local:%F %H%M%S}")
        == ("etl_adlernest", "2025-10-19 235307", "2025-10-20 000043")
        for r1, r2 in pairs
    )


@pytest.mark.parametrize("session", ["6v6-s1", "3v3-s1"])
def test_files_of_the_real_scripts_show_what_the_engine_counted(shared, session):
    folder = shared / "data/sim" / session
    truths = sorted((folder / "ground_truth").glob("*.json.gz"))
    records = [read(path) for path in sorted((folder / "gamestats").glob("*-round-[12].txt"))]
    assert len(truths) == len(records) > 0
    for path, record in zip(truths, records, strict=True):
        truth = json.loads(gzip.decompress(path.read_bytes()))
        assert (truth["map"], truth["round"]) == (record.map, record.number)
        players = {player.guid: player for player in record.players}
        for expected in truth["stats_file_expected"]["at_end"]:
            if expected["weapons"]:
                assert_counted(players[expected["guid"][:8]], expected)


def assert_counted(player: PlayerRecord, expected: dict) -> None:
    counted = expected["sess"]
    names = ("damage_given", "damage_received", "team_damage_given", "team_damage_received", "gibs", "self_kills",
             "team_kills", "team_gibs")  # fmt: skip
    assert player.values[:8] == [counted[name] for name in names]
    assert (player.name_raw, player.counter, player.team) == (expected["name"], counted["rounds"], expected["team"])
    assert player.time_played_s == pytest.approx((counted["time_axis"] + counted["time_allies"]) / 1000, abs=3.1)
    weapons = {
        weapon_name(slot): dict(
            zip(("hits", "shots", "kills", "deaths", "headshots"), player.weapons[at * 5 : at * 5 + 5], strict=True)
        )
        for at, slot in enumerate(player.slots())
    }
    assert weapons == expected["weapons"]
