"""What is a highlight: sequences made by hand."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from slomix_greatshot.demo import Demo
from slomix_greatshot.demo.records import Objective
from slomix_greatshot.highlights import Highlight, Tuning, find
from slomix_greatshot.simulate.values import ALLIES, AXIS, demo, head_hit, kill, kills, revive


def the(made: Demo, **tuning: Any) -> Highlight:
    """The only highlight of a demo."""
    found = find(made, Tuning(**tuning))
    assert len(found) == 1, found
    return found[0]


def test_three_kills_in_a_row_are_a_multikill() -> None:
    found = the(demo(kills(0, (3, 4, 3), (1000, 3000, 6000), headshot=None)))
    assert (found.kind, found.player_slot, found.start_ms, found.end_ms, found.kills) == ("multikill", 0, 1000, 6000, 3)
    assert found.explanation == "p0: triple kill within 5.0 s with Thompson"
    assert [step.gap_ms for step in found.steps] == [0, 2000, 3000]
    assert (found.fastest_gap_ms, found.average_gap_ms, found.clock_ms) == (2000, 2500, 1000)
    assert [step.name for step in found.steps] == ["^1p3", "^1p4", "^1p3"]
    assert found.weapons == ("thompson",)


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "team_kill"},
        {"kind": "self_kill"},
        {"kind": "team_change"},
        {"kind": "world_death", "attacker": None, "attacker_slot": None},
        {"phase": 2},
    ],
)
def test_what_is_no_kill_of_an_enemy_while_playing_counts_for_nothing(wrong: dict[str, Any]) -> None:
    made = [msgspec.structs.replace(each, **wrong) for each in kills(0, (3, 4, 5), (1000, 2000, 3000))]
    assert find(demo(made)) == ()


def test_warmup_counts_where_it_is_wanted() -> None:
    assert the(demo(kills(0, (3, 4, 3), (1000, 2000, 3000), phase=2)), warmup=True).kind == "multikill"


def test_the_longest_chain_is_told_once() -> None:
    made = kills(0, (3, 4, 5, 3, 4, 5), range(1000, 13_000, 2000))
    assert the(demo(made), least_ace=9).kills == 6


def test_slow_kills_in_one_life_are_a_spree_that_a_death_ends() -> None:
    times = range(0, 120_000, 20_000)
    assert the(demo(kills(0, (3, 4, 5, 3, 4, 5), times))).kind == "spree"
    assert find(demo([*kills(0, (3, 4, 5, 3, 4, 5), times), kill(50_000, 3, 0)])) == ()


def test_who_dies_with_the_last_kill_keeps_the_spree() -> None:
    found = the(demo([*kills(0, (3, 4, 5, 3, 4), range(0, 100_000, 20_000)), kill(80_000, 3, 0)]))
    assert found.kills == 5
    assert found.explanation.endswith("dead an instant after the last one")


def test_a_round_ends_a_spree() -> None:
    first, second = kills(0, (3, 4, 5), (0, 20_000, 40_000)), kills(0, (3, 4), (60_000, 80_000), round=2)
    assert find(demo([*first, *second])) == ()


def test_headshots_in_quick_succession() -> None:
    found = the(demo(kills(0, (3, 4), (1000, 3000), headshot=True)))
    assert (found.kind, found.headshots) == ("quick_headshots", 2)
    assert find(demo(kills(0, (3, 4), (1000, 3000), headshot=None))) == ()


def test_three_headshot_kills_are_an_aim_moment() -> None:
    found = the(demo(kills(0, (3, 4, 3), (1000, 4500, 8000), headshot=True)))
    assert found.kind == "aim_moment"
    assert found.explanation == "p0: 3 headshot kills in a row within 7.0 s with Thompson"


def test_hits_to_the_head_and_nowhere_else() -> None:
    hits = [head_hit(1000 + 100 * number, 0, 3) for number in range(5)]
    made = kill(1400, 0, 3, headshot=True)
    found = the(demo([made], hits=hits))
    assert (found.kind, found.start_ms, found.end_ms, found.kills) == ("aim_moment", 1000, 1400, 1)
    hits[2] = head_hit(1200, 0, 3, "body")
    assert find(demo([made], hits=hits)) == ()


def test_all_of_the_other_team_is_an_ace() -> None:
    found = the(demo(kills(0, (3, 3, 4, 5), (1000, 8000, 14_000, 19_000))))
    assert (found.kind, found.start_ms, found.kills) == ("ace", 8000, 3)
    assert "killed all 3 of the other team within 11.0 s" in found.explanation
    assert find(demo(kills(0, (3, 3, 4, 4), (1000, 8000, 14_000, 19_000)))) == ()


def test_the_last_one_standing() -> None:
    fallen = [kill(1000, 3, 1), kill(2000, 4, 2)]
    found = the(demo([*fallen, *kills(0, (3, 4), (3000, 7000))]))
    assert (found.kind, found.kills) == ("last_man_standing", 2)
    assert "while all 2 team mates were down" in found.explanation


@pytest.mark.parametrize("sign", ["revived", "shoots", "long ago"])
def test_who_may_stand_is_not_down(sign: str) -> None:
    fallen = [kill(1000, 3, 1), kill(-9000 if sign == "long ago" else 2000, 4, 2)]
    made = demo(
        [*fallen, *kills(0, (3, 4), (3000, 7000))],
        revives=[revive(2500, 1, 2)] if sign == "revived" else [],
        hits=[head_hit(2500, 2, 3, "body")] if sign == "shoots" else [],
    )
    assert find(made) == ()


def test_kills_before_a_defusal_deny_the_objective() -> None:
    saved = Objective(time_ms=9000, kind="dynamite", action="defused", team=AXIS, name=None)
    made = kills(0, (3, 4), (3000, 8000))
    found = the(demo(made, objectives=[saved]))
    assert (found.kind, found.end_ms) == ("objective_denial", 9000)
    assert "when the dynamite was defused, the first one 6.0 s before" in found.explanation
    other = msgspec.structs.replace(saved, team=ALLIES)
    assert find(demo(made, objectives=[other])) == ()


def test_revives_one_after_the_other() -> None:
    train = [revive(1000, 0, 1), revive(9000, 0, 2), revive(20_000, 0, 1)]
    found = the(demo([kill(5000, 0, 3)], revives=train))
    assert (found.kind, found.kills, len(found.steps)) == ("revive_train", 1, 4)
    assert found.explanation == "p0: revived 3 team mates within 19.0 s and killed 1 on the way"
    assert find(demo(revives=[*train[:2], revive(40_000, 0, 1)])) == ()


def test_whoever_recorded_shows_more() -> None:
    made = kills(0, (3, 4, 5), (1000, 2000, 3000))
    (mine,), (others,) = find(demo(made, viewer=0)), find(demo(made))
    assert mine.in_view
    assert mine.score == others.score + 5
