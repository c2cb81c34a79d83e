"""What a demo of our own recorder says, in both sorts, and what is said of one that is damaged."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from slomix_greatshot.demo import DemoReader, Limits, NotADemo, read
from slomix_greatshot.demo.records import Joined, Left, Renamed
from slomix_greatshot.simulate.example import example


@pytest.fixture(scope="module", params=["dm_84", "tv_84"])
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("made") / f"match.{request.param}"
    example(file, broadcast=request.param == "tv_84")
    return file


def test_deaths_are_told_with_their_kind(made: Path) -> None:
    demo = read(made)
    assert demo.warnings == []
    told = [(each.attacker_slot, each.victim_slot, each.mod_name, each.kind, each.headshot) for each in demo.obituaries]
    assert told == [
        (1, 2, "mp40", "kill", False),
        (1, 2, "mp40", "kill", True),
        (3, 5, "grenade", "team_kill", False),
        (None, 7, "falling", "world_death", False),
        (4, 4, "suicide", "self_kill", False),
        (2, 3, "panzerfaust", "kill", False),
    ]
    assert [each.phase for each in demo.obituaries] == [2, 0, 0, 0, 0, 0]
    assert [each.round for each in demo.obituaries] == [None, 1, 1, 1, 1, 2]


def test_rounds_know_begin_end_and_winner(made: Path) -> None:
    first, second = read(made).rounds
    assert (first.map, first.partial, first.winner, first.start_ms) == ("supply", False, 2, 51_500)
    assert (second.map, second.partial, second.segment, second.end_ms) == ("adlernest", True, 2, None)


def test_players_are_told_apart(made: Path) -> None:
    demo = read(made)
    changes = [each for each in demo.changes if each.time_ms > 50_000 and not isinstance(each, Joined)]
    assert {(type(each), each.slot) for each in changes} >= {(Renamed, 8), (Left, 9)}
    slots = [each.slot for each in demo.players]
    assert slots == [*range(10), *range(9)]  # the second gamestate begins anew
    assert demo.players[8].names[0][1] == "^8pla^7yer8"
    assert demo.players[8].name == "somebody else"
    assert demo.players[9].last_ms is not None


def test_chat_keeps_quotes_and_channels(made: Path) -> None:
    assert [(each.slot, each.channel, each.text) for each in read(made).chat] == [
        (3, "all", 'a "quoted" word'),
        (4, "team", "come here"),
    ]


def test_numbers_say_where_they_come_from(made: Path) -> None:
    demo = read(made)
    one = next(each for each in demo.numbers if each.player == 1)
    assert (one.obituaries.kills, one.obituaries.headshots, one.obituaries.weapons) == (2, 1, {"mp40": 2})
    assert (one.bullets.impacts, one.bullets.hits, one.bullets.head_hits) == (2, 2, 1)
    assert one.server is None


def test_health_is_known_of_whom_the_file_shows(made: Path) -> None:
    known = {each.attacker_health for each in read(made).obituaries}
    assert known == ({100, 50, None} if made.suffix == ".tv_84" else {None})


def test_a_name_that_lies_about_the_sort_changes_nothing(made: Path, tmp_path: Path) -> None:
    other = tmp_path / ("match.dm_84" if made.suffix == ".tv_84" else "match.tv_84")
    other.write_bytes(made.read_bytes())
    told, lied = read(made), read(other)
    assert lied.snapshots == told.snapshots
    assert lied.obituaries == told.obituaries
    assert [each.broadcast for each in lied.segments] == [made.suffix == ".tv_84"] * 2


@pytest.mark.parametrize(
    ("game", "version", "headshots"),
    [
        ("legacy", "v2.85.0", [False, True, False, False, False, False]),
        ("legacy", "2.83-dirty", [None, True, False, False, False, False]),
        ("legacy", "v2.82.1-140-g9f3f7f2", [None, True, False, False, False, False]),
        ("legacy", "", [False, True, False, False, False, False]),
    ],
)
def test_headshots_by_what_the_version_tells(
    tmp_path: Path, game: str, version: str, headshots: list[bool | None]
) -> None:
    example(tmp_path / "match.dm_84", game=game, version=version)
    assert [each.headshot for each in read(tmp_path / "match.dm_84").obituaries] == headshots


@pytest.mark.parametrize("game", ["etmain", "etpro", "nitmod"])
def test_older_games_are_read_by_their_own_numbers(tmp_path: Path, game: str) -> None:
    example(tmp_path / "match.dm_83", game=game, version="3.2.6")
    demo = read(tmp_path / "match.dm_83")
    assert [each.mod_name for each in demo.obituaries][:3] == ["mp40", "mp40", "grenade"]
    assert [each.kind for each in demo.obituaries][2:5] == ["team_kill", "world_death", "self_kill"]
    assert bool(demo.notes and "unverified" in demo.notes[-1]) == (game == "nitmod")


def test_protocol_82_is_tried_when_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "match.dm_82"
    example(file, game="etmain", version="2.55")
    with pytest.raises(NotADemo, match="protocol 82"):
        read(file)
    assert len(read(file, old_protocol=True).obituaries) == 6


def test_a_limit_ends_with_what_was_read(made: Path) -> None:
    demo = read(made, limits=Limits(messages=60))
    assert demo.warnings == ["reading stopped at the limit of 60 messages"]
    with pytest.raises(NotADemo, match="too large"):
        read(made, limits=Limits(file_bytes=1000))


def test_nothing_is_allocated_for_a_length(tmp_path: Path) -> None:
    file = tmp_path / "huge.dm_84"
    file.write_bytes(struct.pack("<ii", 1, 0x7FFFFFFF) + bytes(100))
    with pytest.raises(NotADemo, match=r"huge\.dm_84 is not a demo: it does not begin with a message"):
        read(file)


def test_a_damaged_message_costs_only_itself(made: Path, tmp_path: Path) -> None:
    data = bytearray(made.read_bytes())
    at, sequence = 0, 0
    while sequence != 1060:
        (size,) = struct.unpack_from("<i", data, at + 4)
        at += 8 + size
        (sequence,) = struct.unpack_from("<i", data, at)
    (size,) = struct.unpack_from("<i", data, at + 4)
    data[at + 8 : at + 8 + size] = b"\xff" * size
    file = tmp_path / f"damaged{made.suffix}"
    file.write_bytes(data)
    demo = read(file)
    assert demo.warnings[0].startswith(f"message 1060 at byte {at + 8} is damaged:")
    assert demo.snapshots > 100
    assert len(demo.obituaries) >= 5


def test_the_stream_is_in_the_order_of_time(made: Path) -> None:
    reader = DemoReader(made)
    times = [each.time_ms for each in reader]
    assert times == sorted(times)
    assert reader.counters["segments"] == 2
