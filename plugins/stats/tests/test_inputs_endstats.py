"""Endstats files: labels, values, blocks and who they are of."""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path

import pytest

from slomix.errors import BadArtifact, EmptyArtifact
from slomix.nouns import Side
from slomix_stats.inputs.awards import CATEGORIES
from slomix_stats.inputs.endstats import Endstats, VersusBlock, VersusRow, parse, sniff
from slomix_stats.inputs.versus import with_subjects

NAME = "2026-01-12-224606-te_escape2-round-2-endstats.txt"


def read(*lines: str, name: str = NAME) -> Endstats:
    return parse(name, "".join(f"{line}\n" for line in lines).encode())


def awards(*lines: str) -> list[tuple[str, str, float | None]]:
    return [(award.award, award.player, award.value) for award in read(*lines).awards]


@pytest.mark.shared
def test_the_real_file(shared: Path) -> None:
    record = parse(NAME, (shared / "data" / "rounds" / NAME).read_bytes().replace(b"\r\n", b"\n"))
    assert (record.map, record.number, str(record.ended_local)) == ("te_escape2", 2, "2026-01-12 22:46:06")
    assert len(record.awards) == 22, "the repeated spree is none"
    values = {award.award: (award.player, award.value, award.text) for award in record.awards}
    assert values["Most kills per minute"] == ("vid", 1.78, "1.78")
    assert values["Most playtime denied"] == ("v_kt_r", 113.0, "113 seconds")
    assert values["Longest killing spree"] == ("bronze.", 3.0, "3")
    found = with_subjects(record.blocks)
    assert [block.subject for block in found] == ["bronze.", "SuperBoyy", "vid", ".olz", "carniee", "v_kt_r"]
    assert [(row.opponent, row.kills, row.deaths) for row in found[4].rows] == [
        ("v_kt_r", 3, 3), ("vid", 1, 3), ("bronze.", 0, 4),
    ]  # fmt: skip


def test_values_are_the_leading_numbers() -> None:
    assert awards(
        "Quickest multikill w/ light weapons\t^1Ann\t3 kills in 2.10s",
        "Farthest riflenade kill\tBob\t31.25 m",
        "Tank/Meatshield (Refuses to die)\tBob\tDamage received vs death ratio: 4.20x",
        "Full respawn king (most time dead)\tBob\t31.5 percent, 3 min",
        "Most something new\tBob\tvery much",
    ) == [
        ("Quickest multikill w/ light weapons", "Ann", 3.0),
        ("Farthest riflenade kill", "Bob", 31.25),
        ("Tank/Meatshield (Refuses to die)", "Bob", 4.2),
        ("Full respawn king (most time dead)", "Bob", 31.5),
        ("Most something new", "Bob", None),
    ]


def test_the_two_wrong_labels() -> None:
    spree, stolen = "Longest killing spree\tAnn\t5", "Most objectives stolen\tBob\t2"
    useless = ("Most useless kills", "Bob", 4.0)
    assert awards(spree, stolen) == [("Longest killing spree", "Ann", 5.0), ("Most objectives stolen", "Bob", 2.0)]
    repeated = awards(spree, stolen, spree, "Most objectives stolen\tBob\t4")
    assert repeated == [("Longest killing spree", "Ann", 5.0), ("Most objectives stolen", "Bob", 2.0), useless]
    assert awards(spree, spree, "Most objectives stolen\tBob\t4")[1:] == [useless]
    assert awards(spree, spree, "Most deaths\tAnn\t9", stolen)[2] == ("Most objectives stolen", "Bob", 2.0)


def test_blocks_with_headers() -> None:
    guid = "AAAAAAA1" + "0" * 24
    record = read("Most deaths\tAnn\t9", f"VS_HEADER\tAnn\t{guid.lower()}", "Bob\t2\t1", "VS_HEADER\t42\t", "Ann\t1\t2")
    assert [(block.subject, block.guid, len(block.rows)) for block in record.blocks] == [
        ("Ann", guid, 1), ("42", None, 1),
    ]  # fmt: skip
    assert with_subjects(record.blocks) == record.blocks
    assert awards("Most deaths\t42\t17") == [("Most deaths", "42", 17.0)], "a player whose name is a number"


def matrix(seed: int, size: int) -> tuple[list[VersusRow], list[str], Mapping[str, Side]]:
    """Rows of all blocks as the script writes them, the subject of each row, and the sides."""
    dice = random.Random(seed)
    axis, allies = [f"a{n}" for n in range(size)], [f"b{n}" for n in range(size)]
    duels = {(one, two): (dice.randrange(6), dice.randrange(6)) for one in axis for two in allies}
    duels |= {(two, one): (deaths, kills) for (one, two), (kills, deaths) in duels.items()}
    rows, subjects = [], []
    for subject in dice.sample(axis + allies, 2 * size):
        mine = [(two, *found) for (one, two), found in duels.items() if one == subject and any(found)]
        rows += [VersusRow(*row) for row in sorted(mine, key=lambda row: -row[1])]
        subjects += [subject] * len(mine)
    return rows, subjects, {**dict.fromkeys(axis, "axis"), **dict.fromkeys(allies, "allies")}


@pytest.mark.parametrize("size", [1, 2, 3, 5, 6])
def test_subjects_are_found_or_left_open_never_wrong(size: int) -> None:
    open_ends = all_rows = 0
    for seed in range(25):
        rows, subjects, sides = matrix(seed, size)
        for known in (None, sides):
            found = [
                block.subject for block in with_subjects([VersusBlock(None, None, rows)], known) for _ in block.rows
            ]
            assert all(each in (None, subject) for each, subject in zip(found, subjects, strict=True))
            all_rows, open_ends = all_rows + len(found), open_ends + found.count(None)
    assert open_ends <= all_rows * (0.5 if size < 3 else 0.05)


def test_a_matrix_that_nobody_played_has_no_subjects() -> None:
    strange = [VersusRow(f"p{at}", 5, 5) for at in range(60)]
    assert {block.subject for block in with_subjects([VersusBlock(None, None, strange)])} == {None}
    endless = [VersusRow(f"p{at % 70}", 0, 0) for at in range(4000)]
    assert {block.subject for block in with_subjects([VersusBlock(None, None, endless)])} == {None}
    assert with_subjects([VersusBlock(None, None, [])]) == []


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"Most deaths\tAnn\t9", "truncated"),
        (b"Most deaths\tAnn\n", "bad_line"),
        (b"Most deaths\tAnn\t9\t9\n", "bad_line"),
        (b"Ann\t-1\t2\n", "impossible_value"),
        (b"Ann\t1\t99999\n", "impossible_value"),
        (b"Most deaths\tAnn\t-4\n", "impossible_value"),
        (b"Most deaths\tAnn\t99999999999\n", "impossible_value"),
        (b"VS_HEADER\tAnn\tno guid\n", "bad_line"),
        (b"Most deaths\t" + b"x" * 101 + b"\t9\n", "bad_line"),
        (b"\0\1\2\n", "not_text"),
        (b"a\t1\t1\n" * 5000, "impossible_value"),
    ],
)
def test_hostile_files_are_refused(data: bytes, reason: str) -> None:
    with pytest.raises(BadArtifact) as refused:
        parse(NAME, data)
    assert refused.value.reason == reason


def test_names() -> None:
    assert (sniff(NAME, b""), sniff("x-endstats.txt", b""), sniff(NAME.replace("-endstats", ""), b"")) == (
        1.0,
        0.6,
        0.0,
    )
    with pytest.raises(BadArtifact, match="bad_name"):
        parse("x-endstats.txt", b"")
    with pytest.raises(EmptyArtifact):
        parse(NAME, b"\n")


def test_every_award_has_a_category() -> None:
    from slomix_stats.inputs.awards import AWARDS

    assert set(AWARDS.values()) == set(CATEGORIES)
