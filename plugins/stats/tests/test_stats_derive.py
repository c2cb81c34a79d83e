"""What follows from the rounds of a session: standing of rounds, teams, segments, substitutions, decisions."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from slomix_stats.derive.model import PlayerInput, Rules, TeamName
from slomix_stats.testing import Stage, lineup


def both(first: str, second: str, outcomes: tuple[str, str] = ("objective", "objective")) -> tuple[dict, dict]:
    """Both halves of a match: `first` attack in round 1."""
    return lineup(first, second, outcome=outcomes[0]), lineup(second, first, outcome=outcomes[1])


def standing(stage: Stage, rules: Rules | None = None) -> list[tuple]:
    found = stage.derive(rules) if rules else stage.derive()
    return [(each.status, each.valid, each.counts, each.invalid_reason) for each in found.rounds]


COUNTS = ("completed", True, True, None)


def test_a_match_counts_and_so_does_an_open_round() -> None:
    stage = Stage()
    stage.play(*both("abc", "xyz"))
    stage.play(lineup("abc", "xyz"))
    assert standing(stage) == [COUNTS] * 3


@pytest.mark.parametrize(
    ("again", "minutes", "expected"),
    [
        ("abc", 0, ("cancelled", False, False, "cancelled")),
        ("abd", 0, ("substitution", True, False, None)),
        ("abc", 25, ("unfinished", True, False, None)),
    ],
)
def test_a_round_that_was_started_again(again: str, minutes: int, expected: tuple) -> None:
    stage = Stage()
    stage.play(lineup("abc", "xyz"), status="abandoned_r1")
    stage.play(*both(again, "xyz"), pause=timedelta(minutes=minutes))
    assert standing(stage) == [expected, COUNTS, COUNTS]


def test_a_finished_map_that_is_played_again_is_no_restart() -> None:
    stage = Stage()
    stage.play(*both("abc", "xyz"))
    stage.play(*both("abc", "xyz"))
    found = stage.derive()
    assert [match.points_a for match in found.matches] == [0, 0]
    assert standing(stage) == [COUNTS] * 4


def test_a_map_that_was_not_finished_counts_for_its_players() -> None:
    stage = Stage()
    stage.play(lineup("abc", "xyz"), status="abandoned_r1", map_name="adlernest")
    stage.play(None, lineup("xyz", "abc"), map_name="supply")
    assert standing(stage) == [("unfinished", True, False, None), ("orphan_r2", False, False, "orphan_r2")]


def test_a_cut_round_between_two_starts_changes_nothing() -> None:
    stage = Stage()
    stage.play(lineup("abc", "xyz"), status="abandoned_r1")
    stage.play(None, lineup("abc", "xyz"), status="aborted")
    stage.play(*both("abc", "xyz"))
    assert [status for status, *_ in standing(stage)] == ["cancelled", "aborted", "completed", "completed"]


def test_what_is_no_contest_of_people_does_not_count() -> None:
    stage = Stage()
    bot = PlayerInput(player_id="bot", guid="OMNIBOT0", key="OMNIBOT0:1", name="[BOT]", side="axis", is_bot=True)
    with_bot = lineup("ab", "xy")
    stage.play({**with_bot, "players": (*with_bot["players"], bot)})
    stage.play(lineup("ab", "xy"), map_name="MP_SillyCTF")
    stage.play(lineup("ab", "xy", seconds=29.0))
    assert [reason for *_, reason in standing(stage)] == ["bots", "filler_map", "too_short"]
    assert [segment.first_match_id for segment in stage.derive().segments] == []


def test_the_filler_maps_are_a_setting() -> None:
    stage = Stage()
    stage.play(lineup("ab", "xy"), map_name="funmap")
    assert standing(stage, Rules(filler_maps=frozenset({"funmap"}))) == [("completed", False, False, "filler_map")]


def test_half_a_match_that_does_not_count_is_no_result() -> None:
    stage = Stage()
    r1, r2 = both("abc", "xyz")
    stage.play(r1, {**r2, "seconds": 5.0})
    match = stage.derive().matches[0]
    assert (match.result, match.points_r1_attackers, match.points_a) == ("unscored", None, None)


@pytest.mark.parametrize(
    ("outcomes", "result", "points"),
    [
        (("objective", "objective"), "second", (0, 2)),
        (("objective", "hold"), "first", (2, 0)),
        (("hold", "objective"), "second", (0, 2)),
        (("hold", "hold"), "draw", (1, 1)),
        ((None, "hold"), "unscored", (None, None)),
    ],
)
def test_results(outcomes: tuple, result: str, points: tuple) -> None:
    stage = Stage()
    stage.play(*both("abc", "xyz", outcomes))
    match = stage.derive().matches[0]
    assert (match.result, (match.points_r1_attackers, match.points_r2_attackers)) == (result, points)
    assert (match.points_a, match.points_b) == points


def test_teams_are_followed_through_swaps() -> None:
    stage = Stage()
    stage.play(*both("abc", "xyz", ("objective", "hold")))
    stage.play(*both("xyz", "abc", ("objective", "hold")))
    stage.play(lineup("xyz", "abc", defender="allies"), lineup("abc", "xyz", defender="allies"))
    found = stage.derive()
    assert [match.attackers_r1 for match in found.matches] == ["A", "B", "B"]
    assert {match.team_a for match in found.matches} == {("aaaaaaaa", "bbbbbbbb", "cccccccc")}
    (segment,) = found.segments
    assert (segment.points_a, segment.points_b, segment.format, segment.confidence) == (4, 2, "3v3", "high")
    assert (segment.first_match_id, segment.last_match_id) == ("m1", "m3")


def test_a_map_with_half_the_players_moved_is_nobodys() -> None:
    stage = Stage()
    stage.play(*both("ab", "xy"))
    stage.play(*both("ax", "by"))
    stage.play(*both("ab", "xy"))
    found = stage.derive()
    assert [(match.attackers_r1, match.roster_changed) for match in found.matches] == [
        ("A", False), (None, True), ("A", False),
    ]  # fmt: skip
    assert found.matches[1].points_r2_attackers == 2
    assert [(segment.points_a, segment.points_b) for segment in found.segments] == [(0, 4)]


def test_one_map_with_a_lent_player_counts_for_the_teams() -> None:
    stage = Stage()
    stage.play(*both("abc", "xyz"))
    stage.play(*both("abx", "cyz"))
    stage.play(*both("abc", "xyz"))
    found = stage.derive()
    assert [(match.segment, match.attackers_r1, match.roster_changed) for match in found.matches] == [
        (1, "A", False), (1, "A", True), (1, "A", False),
    ]  # fmt: skip
    assert found.segments[0].confidence == "medium"
    assert [finding.match_id for finding in found.findings if finding.code == "S2"] == ["m2"]


def test_a_reshuffle_that_lasts_begins_a_segment() -> None:
    stage = Stage()
    stage.play(*both("abcde", "vwxyz"))
    stage.play(*both("abe", "vwc"))
    stage.play(*both("vwc", "abe"))
    found = stage.derive()
    assert [match.segment for match in found.matches] == [1, 2, 2]
    assert [match.attackers_r1 for match in found.matches] == ["A", "A", "B"]
    assert [segment.format for segment in found.segments] == ["5v5", "3v3"]
    assert {member.player_id for member in found.segments[1].team("B")} == set("vwc")


def test_even_a_full_exchange_begins_a_segment_when_it_lasts() -> None:
    stage = Stage()
    stage.play(*both("ab", "xy"))
    stage.play(*both("ax", "by"))
    stage.play(*both("by", "ax"))
    assert [match.segment for match in stage.derive().matches] == [1, 2, 2]


def test_one_of_twelve_changes_teams_without_a_new_segment() -> None:
    stage = Stage()
    stage.play(*both("abcdef", "uvwxyz"))
    for _ in range(3):
        stage.play(*both("abcde", "fuvwxyz"))
    found = stage.derive()
    assert [(match.segment, match.roster_changed) for match in found.matches] == [
        (1, False), (1, True), (1, False), (1, False),
    ]  # fmt: skip
    assert {member.player_id: member.team for member in found.segments[0].members}["f"] == "B"


def test_other_people_begin_a_segment() -> None:
    stage = Stage()
    stage.play(*both("abc", "xyz"))
    stage.play(*both("abcde", "klmno"), pause=timedelta(minutes=34))
    found = stage.derive()
    assert [match.segment for match in found.matches] == [1, 2]
    assert found.segments[0].name_a != found.segments[1].name_a or found.segments[0].name_b != found.segments[1].name_b


def test_substitutions_on_matches_in_order() -> None:
    stage = Stage()
    stage.play(*both("abc", "xyz"))
    stage.play(*both("xyz", "abd"))
    stage.play(lineup("abd", "xyz"), lineup("wxz", "abd"))
    found = stage.derive()
    (segment,) = found.segments
    assert [(s.team, s.player_out, s.player_in, s.match_id, s.match_number) for s in segment.substitutions] == [
        ("A", "c", "d", "m2", 2),
        ("B", "y", "w", "m3", 3),
    ]
    members = {member.player_id: member for member in segment.members}
    assert (members["d"].replaces, members["d"].joined_match, members["c"].left_match) == ("c", "m2", "m1")


def test_who_joins_a_larger_team_replaces_nobody() -> None:
    stage = Stage()
    stage.play(*both("abc", "xyz"))
    stage.play(*both("abde", "wxyz"))
    assert stage.derive().segments[0].substitutions == ()


def test_spectators_and_unknown_defenders_say_nothing() -> None:
    stage = Stage()
    watched = lineup("ab", "xy")
    watcher = replace(watched["players"][0], player_id="w", guid="w" * 8, key="w", side="spectator")
    stage.play({**watched, "players": (*watched["players"], watcher)})
    stage.play(lineup("xy", "ab") | {"defender": None}, map_name="adlernest")
    found = stage.derive()
    assert [match.attackers_r1 for match in found.matches] == ["A", None]
    assert "w" not in {member.player_id for member in found.segments[0].members}
    assert [f.player_id for f in found.findings if f.code == "R7" and "left his team" in f.text] == ["w"]


def test_a_match_names_the_guid_that_was_played_with() -> None:
    stage = Stage()
    stage.play(*both("ab", "xy"))
    other = tuple(replace(p, guid="NEW") if p.player_id == "a" else p for p in lineup("ab", "xy")["players"])
    stage.play({**lineup("ab", "xy"), "players": other}, map_name="adlernest")
    found = stage.derive()
    assert [match.team_a for match in found.matches] == [("aaaaaaaa", "bbbbbbbb"), ("NEW", "bbbbbbbb")]
    assert {member.guid for member in found.segments[0].team("A")} == {"NEW", "bbbbbbbb"}


def test_best_players() -> None:
    stage = Stage()
    r1, r2 = both("ab", "xy")
    better = tuple(replace(p, kills=9) if p.player_id == "b" else p for p in r1["players"])
    stage.play({**r1, "players": better}, r2)
    found = stage.derive()
    assert [each.mvp for each in found.rounds] == ["b", "a"]
    assert (found.segments[0].mvp_a, found.segments[0].mvp_b) == ("b", "x")


class TestDecisions:
    def test_a_rejected_round_and_its_map_count_for_nothing(self) -> None:
        stage = Stage()
        stage.play(*both("abc", "xyz"))
        stage.decide("validity", "m1r2", valid=False)
        assert standing(stage)[1] == ("completed", False, False, "manual")
        assert stage.derive().matches[0].result == "unscored"

    def test_an_accepted_round_counts_whatever_it_is(self) -> None:
        stage = Stage()
        stage.play(lineup("ab", "xy", seconds=5.0))
        stage.decide("validity", "m1r1", valid=False)
        stage.decide("validity", "m1r1", valid=True)
        assert standing(stage) == [COUNTS]

    def test_names(self) -> None:
        stage = Stage("night")
        stage.play(*both("abc", "xyz"))
        stage.decide("team_names", "night", a="Home", b="Guests", colour_b="#000000")
        stage.decide("team_names", "night/1", b="Visitors")
        (segment,) = stage.derive().segments
        assert (segment.name_a, segment.name_b, segment.colour_b) == ("Home", "Visitors", "#000000")

    def test_names_are_the_same_for_the_same_session(self) -> None:
        pool = Rules(team_names=tuple(TeamName(f"T{n}", "#111111") for n in range(5)))
        names = set()
        for session in "pqr":
            stages = [Stage(session), Stage(session)]
            for stage in stages:
                stage.play(*both("abc", "xyz"))
            first, second = (stage.derive(pool).segments[0] for stage in stages)
            assert first == second
            assert first.name_a != first.name_b
            names.add((first.name_a, first.name_b))
        assert len(names) > 1

    def test_without_a_pool_teams_are_letters(self) -> None:
        stage = Stage()
        stage.play(*both("abc", "xyz"))
        (segment,) = stage.derive(Rules(team_names=())).segments
        assert (segment.name_a, segment.name_b) == ("Team A", "Team B")

    def test_a_roster(self) -> None:
        stage = Stage()
        stage.play(*both("abc", "xyz"))
        stage.play(*both("ayz", "xbc"))
        stage.decide("roster", "m2", a=["x", "b", "c"], b=["a", "y", "z"])
        match = stage.derive().matches[1]
        assert (match.attackers_r1, match.points_a, match.segment) == ("B", 2, 1)
        assert match.team_a == ("bbbbbbbb", "cccccccc", "xxxxxxxx")

    def test_a_roster_needs_no_margin(self) -> None:
        stage = Stage()
        stage.play(*both("ab", "xy"))
        stage.decide("roster", "m1", a=["a", "b", "x"], b=["y"])
        match = stage.derive().matches[0]
        assert (match.attackers_r1, match.points_b, match.team_b) == ("A", 2, ("yyyyyyyy",))

    def test_a_segment_begins_and_does_not_begin(self) -> None:
        stage = Stage()
        for _ in range(2):
            stage.play(*both("abc", "xyz"))
        for _ in range(2):
            stage.play(*both("klm", "nop"))
        stage.decide("segment", "m2", starts=True)
        stage.decide("segment", "m3", starts=False)
        assert [match.segment for match in stage.derive().matches] == [1, 2, 2, 2]

    def test_what_makes_no_sense_decides_nothing(self) -> None:
        stage = Stage()
        stage.play(*both("abc", "xyz"))
        plain = stage.derive()
        stage.decide("validity", "m1r1", valid="perhaps")
        stage.decide("roster", "m1", a="abc", b=["nobody"])
        stage.decide("segment", "m1", starts=1)
        stage.decide("team_names", "s1", a="  ", b=7)
        assert stage.derive() == plain
