"""Round 2 without round 1: the rules of the session counter, one by one, and what holds for all numbers."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slomix_stats.differential import derive, differential, is_lossy
from slomix_stats.layout import CUMULATIVE, PER_ROUND, XP
from slomix_stats.parser import parse
from slomix_stats.record import PlayerRecord, StatsFile


@pytest.fixture
def halves(file, line):
    """Builds both halves of one player; the second is the first with what `second` sets, one counter higher."""

    def build(first: dict, second: dict) -> tuple[StatsFile, StatsFile]:
        r1 = file([line(**first)])
        r2 = file(
            [line(**{"counter": first.get("counter", 0) + 1, "team": 2, **first_numbers(first), **second})], number=2
        )
        return parse(r1.name, r1.data), parse(r2.name, r2.data)

    def first_numbers(first: dict) -> dict:
        return {key: value for key, value in first.items() if key in ("guid", "name", "weapons", "fields")}

    return build


def only(rows):
    (row,) = rows
    return row


def test_a_player_who_stayed_is_subtracted(halves):
    r1, r2 = halves(
        {"weapons": {4: (30, 90, 5, 3, 6), 27: (4, 4, 0, 0, 0)}, "fields": {0: 1200, 1: 900, 9: 40, 22: 6.0, 8: 50.0}},
        {"weapons": {4: (45, 120, 7, 8, 9), 20: (1, 2, 1, 0, 0), 27: (4, 4, 0, 0, 0)},
         "fields": {0: 2000, 1: 1900, 9: 25, 22: 9.9, 8: 60.0}},
    )  # fmt: skip
    row = only(derive(r2, r1, "complete"))
    assert (row.flags, row.side, row.kills, row.deaths) == ((), "allies", 3, 5)
    assert dict(zip(row.slots, zip(*[iter(row.weapons)] * 5, strict=True), strict=True)) == {
        4: (15, 30, 2, 5, 3),
        20: (1, 2, 1, 0, 0),
    }
    assert (row.values[0], row.values[1], row.values[XP], row.time_played_s) == (800, 1000, 25, 234)
    # 60 % of 594 s without 50 % of 360 s, and no more than the 234 s that were played
    assert row.alive_s == round(0.6 * 594 - 0.5 * 360)


def test_a_player_who_came_in_round_2_keeps_his_numbers(file, line):
    r1 = file([line()])
    r2 = file([line(counter=1, fields={0: 3000}), line(guid="EA326149", counter=0, team=2)], number=2)
    rows = derive(parse(r2.name, r2.data), parse(r1.name, r1.data), "complete")
    new = next(row for row in rows if row.who.guid == "EA326149")
    assert (new.flags, new.kills, new.values[0], new.time_played_s) == (("joined_r2",), 5, 1200, 600)


def test_a_player_who_reconnected_starts_from_zero(halves):
    r1, r2 = halves(
        {"counter": 1, "weapons": {4: (50, 200, 10, 16, 9)}, "fields": {22: 12.0}},
        {"counter": 1, "weapons": {4: (60, 210, 12, 9, 9)}, "fields": {22: 11.1, 0: 5000}},
    )
    row = only(derive(r2, r1, "complete"))
    assert (row.flags, row.kills, row.deaths, row.values[0], row.time_played_s) == (("reconnected",), 12, 9, 5000, 666)


@pytest.mark.parametrize(("counter", "flag"), [(1, "negative_differential"), (5, "reconnected")])
@pytest.mark.parametrize(
    "drop", [{"weapons": {4: (29, 90, 5, 3, 6)}}, {"weapons": {20: (1, 1, 1, 1, 1)}}, {"fields": {0: 1199}}]
)
def test_a_number_that_fell_means_the_whole_player_as_he_stands(halves, counter, flag, drop):
    r1, r2 = halves({}, {"counter": counter, **drop})
    row = only(derive(r2, r1, "complete"))
    assert row.flags == (flag,)
    assert (row.weapons, row.values) == (r2.players[0].weapons, r2.players[0].values)


def test_knife_attempts_may_fall(halves):
    r1, r2 = halves(
        {"weapons": {0: (0, 4, 0, 0, 0), 1: (0, 2, 0, 0, 0), 4: (1, 2, 3, 4, 0)}},
        {"weapons": {0: (1, 3, 1, 0, 0), 4: (2, 4, 6, 8, 0)}},
    )
    row = only(derive(r2, r1, "complete"))
    assert (row.flags, row.slots) == ((), [0, 1, 4])
    assert row.weapons == [1, -1, 1, 0, 0, 0, -2, 0, 0, 0, 1, 2, 3, 4, 0]


def test_who_left_before_round_2_has_no_row(halves):
    r1, r2 = halves({"fields": {22: 12.0}}, {"team": 3})
    assert derive(r2, r1, "complete") == []


@pytest.mark.parametrize(
    ("team", "before", "side"), [(3, 1, "allies"), (0, 2, "axis"), (3, 3, "spectator"), (1, 2, "axis")]
)
def test_who_ended_on_no_team_played_on_the_other_side(halves, team, before, side):
    r1, r2 = halves({"team": before}, {"team": team, "fields": {22: 20.0}})
    assert only(derive(r2, r1, "complete")).side == side


def test_without_round_1_the_numbers_stay_together(halves):
    _, r2 = halves({}, {"fields": {22: 20.0}})
    row = only(differential(None, r2))
    assert (row.flags, row.values) == (("orphan_r2",), r2.players[0].values)


def test_an_aborted_round_is_never_subtracted(halves):
    r1, r2 = halves({}, {"fields": {22: 20.0}})
    assert only(derive(r2, r1, "aborted")).flags == ("aborted",)


def test_flags_of_who_it_is(file, line):
    built = file(
        [
            line(guid="OMNIBOT0", name="[BOT]Ann"),
            line(guid="unknown", name="Bob"),
            line(weapons={4: (1, 1, 1, 1, 1), 30: (1, 1, 1, 1, 1)}),
        ]
    )
    flags = [row.flags for row in derive(parse(built.name, built.data), None, "open")]
    assert flags == [("bot",), ("guid_missing",), ("unknown_weapon",)]


def test_a_kill_without_a_death_is_a_loss(file, line):
    fair = file([line(weapons={4: (1, 1, 2, 3, 0)}, fields={0: 100, 1: 300}),
                 line(guid="0A26D447", weapons={4: (1, 1, 3, 2, 0)}, fields={0: 300, 1: 100})])  # fmt: skip
    assert not is_lossy(derive(parse(fair.name, fair.data), None, "open"))
    unfair = file([line(weapons={4: (1, 1, 2, 3, 0)}, fields={0: 100, 1: 100})])
    assert is_lossy(derive(parse(unfair.name, unfair.data), None, "open"))


NUMBERS = st.integers(0, 5000)
SLOTS = st.dictionaries(st.integers(0, 27), st.lists(NUMBERS, min_size=5, max_size=5), min_size=1, max_size=12)


@settings(max_examples=150, deadline=None)
@given(SLOTS, SLOTS, st.lists(NUMBERS, min_size=38, max_size=38), st.lists(NUMBERS, min_size=38, max_size=38))
def test_round_1_and_the_difference_make_round_2(
    first: dict[int, list[int]], more: dict[int, list[int]], start: list[int], growth: list[int]
) -> None:
    """For all that is counted on; what is reset stays as the file says it."""
    total = {slot: [a + b for a, b in zip(first.get(slot, [0] * 5), more.get(slot, [0] * 5), strict=True)]
             for slot in first.keys() | more.keys()}  # fmt: skip
    grown = [a + b for a, b in zip(start, growth, strict=True)]
    r1, r2 = made(1, first, start), made(2, total, grown)
    rows = differential(r1, r2)
    played = any(growth[field] for field in CUMULATIVE) or any(map(any, more.values()))
    assert len(rows) == played
    for row in rows:
        assert [start[field] + (row.values[field] or 0) for field in CUMULATIVE] == [grown[f] for f in CUMULATIVE]
        assert [row.values[field] for field in PER_ROUND] == [grown[field] for field in PER_ROUND]
        numbers = dict(zip(row.slots, [row.weapons[at : at + 5] for at in range(0, len(row.weapons), 5)], strict=True))
        assert numbers == {slot: five for slot, five in more.items() if any(five)}
        assert 0 <= row.alive_s <= row.time_played_s


def made(number: int, weapons: dict[int, list[int]], values: list[int]) -> StatsFile:
    """One half with one player."""
    from datetime import datetime

    mask = sum(1 << slot for slot in weapons)
    flat = [value for slot in sorted(weapons) for value in weapons[slot]]
    player = PlayerRecord("A", "A", "a", "a", False, False, number, number, mask, flat, [*values])
    when = datetime(2025, 10, 2, 21, 18, 8)  # noqa: DTZ001
    return StatsFile("h", "h", "c", "m", number, when, "axis", "axis", 720, 720, None, 8, 38, [player])
