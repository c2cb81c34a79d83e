"""Outcomes, true durations and points."""

from __future__ import annotations

import pytest

from slomix_stats.differential import derive
from slomix_stats.parser import parse
from slomix_stats.scoring import judge, outcome, score


@pytest.fixture
def result(file, line):
    """The result of a round whose only player was there for `played` minutes."""

    def of(status="open", partner=None, played=10.0, **header):
        built = file([line(counter=1 if header.get("number") == 2 else 0, fields={22: played})], **header)
        record = parse(built.name, built.data)
        return judge(record, derive(record, partner, status), status)

    return of


@pytest.mark.parametrize(
    ("defender", "winner", "target", "expected"),
    [
        ("1", "2", "11:55", "objective"),  # in the last seconds, yet an objective
        ("1", "1", "9:00", "hold"),
        ("2", "2", "12:00", "hold"),
        ("2", "1", "12:00", "objective"),
        ("1", "1", "0:00", "hold"),
        ("0", "1", "9:00", "objective"),
        ("1", "0", "12:00", None),
        ("0", "0", "0:00", None),
    ],
)
def test_the_sides_decide_and_times_only_without_them(file, defender, winner, target, expected):
    built = file(defender=defender, winner=winner, target=target)
    assert outcome(parse(built.name, built.data)) == expected


@pytest.mark.parametrize(
    ("header", "played", "seconds"),
    [
        ({"tail": ("590123",)}, 9.0, 590.123),
        ({"tail": ("735000",)}, 9.0, 735),
        ({"tail": ("735001",)}, 9.0, 600),  # past the limit: the warm-up was counted
        ({"tail": ("456",)}, 9.0, 456),
        ({"tail": ("-1",)}, 9.0, 600),
        ({}, 9.0, 600),  # an objective takes what the header says
        ({"winner": "1", "target": "12:00"}, 9.0, 540),  # a hold lasts as long as somebody played
        ({"winner": "1", "target": "0:00"}, 11.9, 714),
        ({"winner": "1", "target": "12:00"}, 0.0, 720),
        ({"winner": "1", "target": "12:00"}, 99.0, 720),
    ],
)
def test_the_duration_takes_the_best_that_is_known(result, header, played, seconds):
    assert result(played=played, **header).seconds == seconds


@pytest.mark.parametrize(
    ("header", "played", "early"),
    [
        ({"winner": "1", "target": "12:00"}, 11.9, False),
        ({"winner": "1", "target": "12:00"}, 11.7, True),
        ({"winner": "1", "target": "12:00", "tail": ("710000",)}, 5.0, False),
        ({"winner": "1", "target": "12:00", "tail": ("709000",)}, 12.0, True),
        ({"target": "5:00"}, 5.0, False),
    ],
)
def test_a_hold_that_nobody_played_out_ended_early(result, header, played, early):
    assert result(played=played, **header).ended_early is early


def test_round_2_takes_the_longest_difference(file, line, result):
    first = file([line(fields={22: 10.0})], winner="1", target="12:00")
    partner = parse(first.name, first.data)
    ended = result("complete", partner, played=16.0, number=2, winner="1", target="12:00")
    assert (ended.seconds, ended.ended_early) == (360, True)


def test_round_2_without_round_1_has_no_player_times(result):
    ended = result("orphan_r2", played=11.0, number=2, winner="1", target="12:00")
    assert (ended.outcome, ended.seconds, ended.ended_early) == ("hold", 720, False)


def test_an_aborted_round_has_no_outcome(result):
    ended = result("aborted", played=1.2, number=2, target="71:05")
    assert (ended.outcome, ended.seconds, ended.ended_early, ended.flags) == (None, 72, False, ("aborted", "lossy"))


@pytest.mark.parametrize(
    ("r1", "r2", "points"),
    [
        ("objective", "objective", (0, 2)),
        ("objective", "hold", (2, 0)),
        ("hold", "objective", (0, 2)),
        ("hold", "hold", (1, 1)),
        (None, "objective", None),
        ("hold", None, None),
    ],
)
def test_points(r1, r2, points):
    assert score(r1, r2) == points
