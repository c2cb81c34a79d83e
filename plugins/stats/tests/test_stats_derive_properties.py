"""What holds of every session, whoever played it: found by generated evenings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from slomix_stats.derive.checks import CHECKS, explained
from slomix_stats.derive.model import SessionInput
from slomix_stats.derive.session import derive_session
from slomix_stats.testing import Stage, lineup

PEOPLE = "abcdefghij"
OTHER = {"axis": "allies", "allies": "axis"}
LIGHT = settings(max_examples=60, deadline=None)


@st.composite
def halves(draw: st.DrawFn, people: list[str]) -> dict[str, Any]:
    """A round in which some of these people stand on two sides."""
    sides = [draw(st.sampled_from(("first", "second", None))) for _ in people]
    chosen = {side: "".join(p for p, s in zip(people, sides, strict=True) if s == side) for side in ("first", "second")}
    return lineup(
        chosen["first"],
        chosen["second"],
        defender=draw(st.sampled_from(("axis", "allies"))),
        outcome=draw(st.sampled_from(("hold", "objective", None))),
        seconds=draw(st.sampled_from((300.0, 10.0))) if draw(st.integers(0, 9)) == 0 else 300.0,
    )


@st.composite
def matches(draw: st.DrawFn, stage: Stage, people: list[str]) -> None:
    """One play of a map: usually both halves by the same line-up, sometimes anything."""
    name = draw(st.sampled_from(("supply", "adlernest")))
    status = draw(st.sampled_from(("complete",) * 5 + ("open", "abandoned_r1", "orphan_r2", "aborted")))
    first = draw(halves(people))
    swapped = {p.player_id: OTHER[p.side] for p in first["players"]}
    second = (
        {**first, "players": tuple(replace(p, side=swapped[p.player_id]) for p in first["players"])}
        if draw(st.integers(0, 3))
        else draw(halves(people))
    )
    if status == "complete":
        stage.play(first, second, map_name=name)
    elif status in ("orphan_r2", "aborted"):
        stage.play(None, second, status=status, map_name=name)
    else:
        stage.play(first, status=status, map_name=name)


@st.composite
def evenings(draw: st.DrawFn) -> SessionInput:
    """A session of a few maps; most people stay together."""
    stage = Stage()
    people = draw(st.permutations(list(PEOPLE)))[: draw(st.integers(2, len(PEOPLE)))]
    for _ in range(draw(st.integers(1, 6))):
        draw(matches(stage, people))
    return stage.input()


@given(evenings())
@LIGHT
def test_points_sums_and_teams(session: SessionInput) -> None:
    found = derive_session(session)
    counts = {each.round_id: each.counts for each in found.rounds}
    halves_of = {match.match_id: (match.r1, match.r2) for match in session.matches}
    for match in found.matches:
        assert not set(match.team_a) & set(match.team_b)
        scored = match.points_r1_attackers is not None
        assert scored == (match.result != "unscored")
        if scored:
            assert match.points_r1_attackers + match.points_r2_attackers == 2
            assert all(counts[half] for half in halves_of[match.match_id])
        assert (match.points_a is not None) == (scored and match.attackers_r1 is not None)
        if match.points_a is not None:
            assert match.points_a + match.points_b == 2
    for segment in found.segments:
        here = [match for match in found.matches if match.segment == segment.number]
        assert (segment.points_a, segment.points_b) == (
            sum(match.points_a or 0 for match in here),
            sum(match.points_b or 0 for match in here),
        )
        assert len({member.player_id for member in segment.members}) == len(segment.members)
        assert segment.name_a != segment.name_b
    assert [segment.number for segment in found.segments] == list(range(1, len(found.segments) + 1))
    assert all(finding.code in CHECKS for finding in found.findings)


@given(evenings())
@LIGHT
def test_which_side_is_which_does_not_matter(session: SessionInput) -> None:
    mirrored = tuple(
        replace(
            each,
            defender=OTHER[each.defender],
            players=tuple(replace(player, side=OTHER[player.side]) for player in each.players),
        )
        for each in session.rounds
    )
    assert derive_session(replace(session, rounds=mirrored)) == derive_session(session)


@given(evenings())
@LIGHT
def test_who_attacked_first_changes_the_letters_only(session: SessionInput) -> None:
    turned = tuple(replace(each, defender=OTHER[each.defender]) for each in session.rounds)
    # Somebody who stood in both groups for as long belongs to the first of them: that one breaks a tie by who attacks.
    before, after = derive_session(session), derive_session(replace(session, rounds=turned))
    undecided = _in_both(session)
    for one, other in zip(before.matches, after.matches, strict=True):
        if undecided:
            break
        assert (one.segment, one.roster_changed, one.result) == (other.segment, other.roster_changed, other.result)
        assert (one.team_a, one.team_b) == (other.team_b, other.team_a)
        assert (one.points_r1_attackers, one.attackers_r1) == (other.points_r1_attackers, other.attackers_r1)
    assert before.rounds == after.rounds


def _in_both(session: SessionInput) -> bool:
    """Whether somebody of a match was in both of its groups."""
    rounds = {each.round_id: each for each in session.rounds}
    for match in session.matches:
        if match.r1 and match.r2:
            attacked = [
                {player.player_id: (player.side == rounds[half].defender) == (half == match.r1)
                 for player in rounds[half].players}
                for half in (match.r1, match.r2)
            ]  # fmt: skip
            defenders = {rounds[half].defender for half in (match.r1, match.r2)}
            if len(defenders) > 1 or any(attacked[0][p] != attacked[1][p] for p in attacked[0].keys() & attacked[1]):
                return True
    return False


@given(evenings(), st.randoms(use_true_random=False))
@LIGHT
def test_order_does_not_matter(session: SessionInput, dice: Any) -> None:
    rounds = [replace(each, players=_shuffled(each.players, dice)) for each in session.rounds]
    shuffled = replace(session, rounds=_shuffled(rounds, dice), matches=_shuffled(session.matches, dice))
    assert derive_session(shuffled) == derive_session(session)


def _shuffled(items: Any, dice: Any) -> tuple:
    found = list(items)
    dice.shuffle(found)
    return tuple(found)


@given(evenings(), st.data())
@LIGHT
def test_a_decision_always_wins(session: SessionInput, data: st.DataObject) -> None:
    stage = Stage()
    rounds = [each.round_id for each in session.rounds]
    validity: Mapping[str, bool] = data.draw(st.dictionaries(st.sampled_from(rounds), st.booleans()))
    for subject, valid in validity.items():
        stage.decide("validity", subject, valid=valid)
    stage.decide("team_names", session.session_id, a="Ours")
    found = derive_session(replace(session, decisions=tuple(stage.decisions)))
    for each in found.rounds:
        if each.round_id in validity:
            assert each.valid == validity[each.round_id]
            assert (each.invalid_reason == "manual") == (not each.valid)
        assert not each.counts or each.valid
    assert all(segment.name_a == "Ours" for segment in found.segments)


@given(evenings(), st.data())
@LIGHT
def test_a_decision_on_segments_always_wins(session: SessionInput, data: st.DataObject) -> None:
    forming = _forming(session)
    if len(forming) < 2:
        return
    stage = Stage()
    decided = data.draw(st.dictionaries(st.sampled_from(forming[1:]), st.booleans(), min_size=1))
    for subject, starts in decided.items():
        stage.decide("segment", subject, starts=starts)
    found = derive_session(replace(session, decisions=tuple(stage.decisions)))
    numbers = {match.match_id: match.segment for match in found.matches}
    for before, after in pairwise(forming):
        if after in decided:
            assert (numbers[after] != numbers[before]) is decided[after]


def _forming(session: SessionInput) -> list[str]:
    """Matches that tell who belongs together: their roster is what a segment's first and last matches are among."""
    standing = {each.round_id: each for each in derive_session(session).rounds}
    people = {each.round_id: bool(each.players) for each in session.rounds}
    order = {each.round_id: each.ended_at for each in session.rounds}
    telling = ("completed", "unfinished", "orphan_r2")
    found = [
        match
        for match in session.matches
        if any(half and people[half] for half in (match.r1, match.r2))
        and any(
            half and standing[half].status in telling and standing[half].invalid_reason in (None, "orphan_r2")
            for half in (match.r1, match.r2)
        )
    ]
    return [m.match_id for m in sorted(found, key=lambda m: max(order[h] for h in (m.r1, m.r2) if h))]


@given(st.sampled_from(sorted(CHECKS)), st.sampled_from(("fatal", "invalid", "warn", "info")))
@LIGHT
def test_only_impossible_numbers_are_unexplained(code: str, severity: Any) -> None:
    assert explained(code, severity) or (severity == "invalid" and not code.startswith("V"))
