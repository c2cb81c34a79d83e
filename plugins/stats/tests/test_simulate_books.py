"""Every book of a simulated round balances, and taking round 1 away from round 2 gives what really happened."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import get_args

import pytest

from slomix_stats.differential import PlayerRound, derive
from slomix_stats.parser import parse
from slomix_stats.scoring import judge, score
from slomix_stats.simulate import PlayerTruth, RoundTruth, SimulatedRound, play_evening
from slomix_stats.simulate.truth import Story

Pair = tuple[SimulatedRound, SimulatedRound]
SIDES = {1: "axis", 2: "allies", 3: "spectator"}
#: Field of a player line and the counter of the tally that it must be equal to in the round alone.
EXACT = {
    0: "damage_given", 1: "damage_received", 2: "team_damage_given", 3: "team_damage_received", 4: "gibs",
    5: "self_kills", 6: "team_kills", 7: "team_gibs", 9: "xp", 10: "best_spree", 11: "worst_spree", 12: "assists",
    13: "steals", 14: "headshot_kills", 15: "stolen", 16: "returned", 17: "planted", 18: "defused",
    19: "times_revived", 27: "useful_kills", 28: "denied_s", 34: "useless_kills",
    35: "full_self_kills", 36: "repairs", 37: "revives_given",
}  # fmt: skip


@pytest.fixture(scope="module")
def pairs() -> list[Pair]:
    found = []
    for evening in range(40):
        rounds = play_evening(seed=3, evening=evening)
        found += list(zip(rounds[::2], rounds[1::2], strict=True))
    return found


def total(truth: RoundTruth, counter: str) -> int:
    return sum(getattr(player.tally, counter) for player in truth.players.values())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("kills", "deaths"),
        ("damage_given", "damage_received"),
        ("team_damage_given", "team_damage_received"),
        ("revives_given", "times_revived"),
    ],
)
def test_what_one_gives_another_takes(pairs: list[Pair], one: str, other: str) -> None:
    rounds = [item.truth for pair in pairs for item in pair]
    assert all(total(truth, one) == total(truth, other) for truth in rounds)
    assert sum(total(truth, one) for truth in rounds) > len(rounds)


def test_the_differential_finds_the_truth(pairs: list[Pair]) -> None:
    for first, second in pairs:
        r1, r2 = parse(first.name, first.data), parse(second.name, second.data)
        for truth, rows in (
            (first.truth, derive(r1, None, "complete")),
            (second.truth, derive(r2, r1, "complete")),
        ):
            assert {row.who.guid for row in rows} == truth.players.keys()
            for row in rows:
                assert_same(row, truth.players[row.who.guid])


def assert_same(row: PlayerRound, truth: PlayerTruth) -> None:
    tally = truth.tally
    assert (row.side, row.flags, row.who.name_raw) == (SIDES[truth.side], truth.flags, truth.name)
    assert {field: row.values[field] for field in EXACT} == {f: getattr(tally, name) for f, name in EXACT.items()}
    assert row.values[29:34] == tally.multikills
    numbers = [row.weapons[at : at + 5] for at in range(0, len(row.weapons), 5)]
    assert dict(zip(row.slots, numbers, strict=True)) == {
        slot: five for slot, five in tally.weapons.items() if any(five)
    }
    # Both files round to six seconds.
    assert row.time_played_s == pytest.approx(tally.played_s, abs=6.1)
    assert row.alive_s == pytest.approx(tally.alive_s, abs=8)


def test_results_are_the_truth(pairs: list[Pair]) -> None:
    for first, second in pairs:
        r1, r2 = parse(first.name, first.data), parse(second.name, second.data)
        one, two = (
            judge(r1, derive(r1, None, "complete"), "complete"),
            judge(r2, derive(r2, r1, "complete"), "complete"),
        )
        for result, truth in ((one, first.truth), (two, second.truth)):
            assert (result.outcome, result.ended_early, result.flags) == (truth.outcome, truth.ended_early, ())
            assert result.seconds == pytest.approx(truth.seconds, abs=0.001)
        assert score(one.outcome, two.outcome) is not None


def test_round_2_has_to_beat_the_time_of_round_1(pairs: list[Pair]) -> None:
    for first, second in pairs:
        assert first.truth.map == second.truth.map
        assert second.truth.limit_s == first.truth.target_s
        assert second.truth.defender == first.truth.defender
        for truth in (first.truth, second.truth):
            assert truth.target_s <= truth.limit_s
            assert truth.seconds < truth.limit_s + 1
            assert (truth.winner == truth.defender) == (truth.outcome == "hold")


def test_sides_are_swapped_and_the_session_counter_moves(pairs: list[Pair]) -> None:
    for first, second in pairs:
        before, after = first.truth.players, second.truth.players
        assert len({player.counter for player in before.values()}) == 1
        for guid in before.keys() & after.keys():
            if before[guid].side != 3:
                assert after[guid].side == 3 - before[guid].side
            assert after[guid].counter == before[guid].counter + ("reconnected" not in after[guid].flags)
        mode = Counter(player.counter for player in after.values()).most_common(1)[0][0]
        assert all(player.counter == mode - 1 for player in after.values() if player.flags)


def test_everything_that_happens_on_a_server_happens(pairs: list[Pair]) -> None:
    told = Counter(story for pair in pairs for item in pair for story in item.truth.story)
    assert told.keys() == set(get_args(Story))
    outcomes = {(first.truth.outcome, second.truth.outcome) for first, second in pairs}
    assert len(outcomes) == 4
    assert {len(first.truth.players) for first, _ in pairs} >= {6, 8, 10, 12}


def test_a_leaver_who_watches_stays_in_the_file_and_plays_no_round_2(pairs: list[Pair]) -> None:
    watched = gone = 0
    for first, second in pairs:
        left = first.truth.players.keys() - second.truth.players.keys()
        lines = {line[:8].decode(): line for line in second.data.split(b"\n")[1:-1]}
        for guid in left:
            watched += guid in lines
            gone += guid not in lines
            assert guid not in lines or b"\\3\\" in lines[guid]
    assert watched
    assert gone


def test_the_same_map_again_counts_the_session_on(pairs: list[Pair]) -> None:
    again = 0
    for (before, _), (first, _) in pairwise(pairs):
        counter = next(iter(first.truth.players.values())).counter
        same = before.truth.map == first.truth.map and before.truth.evening == first.truth.evening
        again += same
        assert counter == int(same)
    assert again
