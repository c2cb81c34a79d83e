"""The parser: what it reads of every layout, and the reason with which it refuses each kind of damage."""

from __future__ import annotations

from datetime import datetime

import pytest

from slomix.errors import BadArtifact, EmptyArtifact
from slomix_stats.filename import sniff
from slomix_stats.layout import REVIVES_GIVEN, XP
from slomix_stats.parser import parse
from slomix_stats.record import pack, sighting, unpack


def reason(name: str, data: bytes) -> str:
    with pytest.raises(BadArtifact) as caught:
        parse(name, data)
    return caught.value.reason


def test_a_file_says_who_where_and_when(file, line):
    record = parse(*as_args(file([line(weapons={4: (1, 2, 3, 4, 5), 27: (6, 7, 0, 0, 0)}, fields={37: 9, 22: 3.9})])))
    assert (record.host, record.host_raw, record.map, record.number) == ("Slomix", "^1Slo^7mix", "supply", 1)
    assert (record.defender, record.winner, record.limit_s, record.target_s) == ("axis", "allies", 720, 600)
    assert record.ended_local == datetime(2025, 10, 2, 21, 18, 8)  # noqa: DTZ001
    (player,) = record.players
    assert (player.key, player.name, player.name_raw) == ("8C49608C", "fragger", "^1frag^7ger")
    assert (player.slots(), player.weapons) == ((4, 27), [1, 2, 3, 4, 5, 6, 7, 0, 0, 0])
    assert (player.time_played_s, player.value(REVIVES_GIVEN)) == (234, 9)


def as_args(built):
    return built.name, built.data


@pytest.mark.parametrize(("count", "absent"), [(33, (28, 34, 35, 36, 37)), (36, (36, 37)), (37, (37,)), (38, ())])
def test_a_layout_keeps_each_field_at_its_number(file, line, count, absent):
    fields = {at: at + 1 for at in range(38)}
    (player,) = parse(*as_args(file([line(count=count, fields=fields)]))).players
    expected = [(at + 1) * (10 if at == 8 or 21 <= at <= 26 else 1) for at in range(38)]
    assert player.values == [None if at in absent else expected[at] for at in range(38)]


@pytest.mark.parametrize(
    ("tail", "measured"),
    [((), None), (("148312",), 148.312), (("456",), 456.0), (("-5",), None), (("nan",), None), (("x",), None),
     (("1e999",), None), (("9000", "more", "to come"), 9000.0)],
)  # fmt: skip
def test_the_ninth_header_field_is_milliseconds_or_seconds(file, tail, measured):
    record = parse(*as_args(file(tail=tail)))
    assert (record.measured_s, record.header_fields) == (measured, 8 + len(tail))


@pytest.mark.parametrize(
    ("text", "seconds"), [("9:46", 586), ("12:00", 720), ("1:02:03", 3723), ("71:05", 4265), ("7.5", 450), ("90", 90)]
)
def test_times_of_every_form(file, text, seconds):
    assert parse(*as_args(file(target=text))).target_s == seconds


@pytest.mark.parametrize("side", ["0", "3", "", "axis", "-1"])
def test_an_unknown_side_is_unknown(file, side):
    record = parse(*as_args(file(defender=side, winner=side)))
    assert (record.defender, record.winner) == (None, None)


@pytest.mark.parametrize(
    "name",
    [
        "notes.txt",
        "2025-13-02-211808-supply-round-1.txt",
        "2025-02-30-211808-supply-round-1.txt",
        "2019-10-02-211808-supply-round-1.txt",
        "2036-10-02-211808-supply-round-1.txt",
        "2025-10-02-211868-supply-round-1.txt",
        "2025-10-02-211808-supply-round-3.txt",
        "2025-10-02-211808-sup ply-round-1.txt",
        "2025-10-02-211808-../x-round-1.txt",
        "2025-10-02-211808--round-1.txt",
        f"2025-10-02-211808-{'m' * 51}-round-1.txt",
    ],
)
def test_bad_names(file, name):
    assert reason(name, file().data) == "bad_name"


@pytest.mark.parametrize(
    ("why", "old", "new"),
    [
        ("not_text", b"frag", b"fr\0g"),
        ("bad_header", b"\\legacy3", b""),
        ("bad_header", b"12:00", b"12:60"),
        ("bad_header", b"10:00", b"soon"),
        ("bad_header", b"legacy3\\1", b"legacy3\\one"),
        ("header_mismatch", b"\\supply\\", b"\\radar\\"),
        ("header_mismatch", b"legacy3\\1", b"legacy3\\2"),
        ("impossible_value", b"12:00", b"0:00"),
        ("bad_line", b"8C49608C", b"8C4960"),
        ("bad_line", b"8C49608C", b"8C49608C\n8C49608C"),
        ("bad_line", b"\\0\\1\\", b"\\x\\1\\"),
        ("bad_line", b" 30 90", b" 30  90"),
        ("bad_line", b" 30 90", b" 30 9_0"),
        ("bad_line", b" 30 90", b" 30 +90"),
        ("bad_line", b"\t1200\t", b"\tnan\t"),
        ("bad_line", b"\t1200\t", b"\t12x\t"),
        ("bad_line", b"\t1200\t", b"\t12.5\t"),
        ("bad_line", b"\t75.0\t", b"\tinf\t"),
        ("bad_line", b"\t75.0\t", b"\t75.0,1\t"),
        ("weapon_count", b" 30 90", b" 30"),
        ("weapon_count", b" 30 90", b" 30 90 1"),
        ("unknown_layout", b"\t1200\t900\t0\t0\t", b"\t"),
        ("bad_line", b"\t1200\t", b"\t"),
        ("unknown_layout", b"\t1200\t", b"\t1200\t1200\t"),
        ("impossible_value", b"\t1200\t", b"\t-1200\t"),
        ("impossible_value", b"\t1200\t", b"\t12000000000\t"),
        ("impossible_value", b" 30 90", b" -30 90"),
        ("impossible_value", b"\t10.0\t", b"\t1440.1\t"),
        ("impossible_value", b"\\0\\1\\", b"\\0\\4\\"),
    ],
)
def test_damage_is_refused_with_its_reason(file, why, old, new):
    built = file()
    assert built.data.count(old) >= 1
    assert reason(built.name, built.data.replace(old, new, 1)) == why


def test_a_file_in_writing_is_truncated(file):
    built = file()
    assert reason(built.name, b"") == "truncated"
    assert {reason(built.name, built.data[:end]) for end in (20, len(built.data) - 1)} == {"truncated"}


def test_a_blank_line_is_damage(file):
    built = file()
    assert reason(built.name, built.data + b"\n") == "bad_line"


def test_binary_is_not_text(file):
    assert reason(file().name, bytes(range(1, 256)) * 3) == "not_text"


def test_the_stock_script_is_an_unknown_layout(file):
    header = "host\\supply\\legacy3\\1\\1\\2\\20.00\\12.50"
    line = "8C49608C\\fragger\\0\\1\\16 30 90 5 3 6 1200 900 0 0 1 2 0 0 75.0 4"
    assert reason(file().name, f"{header}\n{line}".encode()) == "unknown_layout"


def test_two_layouts_in_one_file_are_damage(file, line):
    built = file([line(), line(guid="0A26D447", count=37)])
    assert reason(built.name, built.data) == "unknown_layout"


def test_a_guid_may_be_there_once(file, line):
    built = file([line(), line(name="other")])
    assert reason(built.name, built.data) == "duplicate_guid"


def test_a_header_alone_is_empty(file):
    built = file([])
    with pytest.raises(EmptyArtifact):
        parse(built.name, built.data)


def test_bots_and_missing_guids_are_told_apart_by_name(file, line):
    built = file(
        [
            line(guid="OMNIBOT0", name="[BOT]^1Ann"),
            line(guid="OMNIBOT0", name="[BOT]Bob"),
            line(guid="unknown", name="Cid"),
            line(guid="", name="Dan"),
            line(guid="0A26D447", name="^7[BOT]Eve"),
        ]
    )
    players = parse(built.name, built.data).players
    assert len({player.key for player in players}) == len(players)
    assert [player.is_bot for player in players] == [True, True, False, False, True]
    assert [player.guid_missing for player in players] == [False, False, True, True, False]
    again = file([line(guid="OMNIBOT0", name="[BOT]^2Ann")])
    assert parse(again.name, again.data).players[0].key == players[0].key


def test_names_keep_backslashes_and_lose_every_colour_code(file, line):
    built = file([line(name="a\\b^/c^?d"), line(guid="0A26D447", name="^1^2")])
    first, second = parse(built.name, built.data).players
    assert (first.name_raw, first.name) == ("a\\b^/c^?d", "a\\bcd")
    assert (second.name, second.name_raw) == ("0A26D447", "^1^2")


def test_an_old_code_page_gets_replacement_characters(file):
    built = file()
    (player,) = parse(built.name, built.data.replace(b"frag", b"fr\xe4g")).players
    assert player.name == "fr\ufffdgger"
    player.name_raw.encode()


def test_experience_may_be_negative(file, line):
    (player,) = parse(*as_args(file([line(fields={XP: -3})]))).players
    assert player.value(XP) == -3


def test_unknown_weapon_slots_are_kept(file, line):
    (player,) = parse(*as_args(file([line(weapons={4: (1, 1, 1, 1, 1), 30: (1, 2, 3, 4, 5)})]))).players
    assert player.slots() == (4, 30)


def test_a_sighting_names_the_round_and_its_roster(file, line):
    seen = sighting(parse(*as_args(file([line(counter=1), line(guid="0A26D447", team=3)], number=2))))
    assert (seen.map, seen.number, seen.exact, seen.aborted, seen.limit_s) == ("supply", 2, True, False, 720)
    assert [(entry.key, entry.side, entry.continuity) for entry in seen.roster] == [
        ("8C49608C", "axis", 1),
        ("0A26D447", "spectator", 0),
    ]


@pytest.mark.parametrize(("number", "aborted"), [(1, False), (2, True)])
def test_a_second_round_nobody_continued_is_an_aborted_first(file, number, aborted):
    assert sighting(parse(*as_args(file(number=number)))).aborted is aborted


def test_a_record_survives_packing(file):
    record = parse(*as_args(file(tail=("148312",))))
    assert unpack(pack(record)) == record


@pytest.mark.parametrize(
    ("name", "head", "sure"),
    [
        ("2025-10-02-211808-supply-round-1.txt", b"", True),
        ("2025-10-02-211808-supply-round-9.txt", b"", True),
        ("upload.txt", b"h\\m\\c\\1\\1\\2\\12:00\\9:53\n", True),
        ("2025-10-02-211808-supply-round-1-endstats.txt", b"", False),
        ("2025-10-02-211808-supply-round-1_ws.txt", b"", False),
        ("notes.txt", b"hello", False),
        ("demo.dm_84", b"\\\\\\\\\\\\\\\\", False),
    ],
)
def test_sniffing(name, head, sure):
    assert (sniff(name, head) > 0) is sure
