"""When an evening begins and ends, and what even teams are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slomix_voice.gathering import Gathering, Rules, step, suggestion_due
from slomix_voice.teams import even_teams

RULES = Rules(start=6, end=2, delay=timedelta(minutes=5), suggest_at=(4, 6))
EIGHT = datetime(2026, 11, 22, 20, tzinfo=UTC)


def test_an_evening_begins_with_enough_people_and_outlives_a_short_absence() -> None:
    assert step(None, 5, EIGHT, RULES) == ("nothing", None)
    change, on = step(None, 6, EIGHT, RULES)
    assert change == "begins"
    change, on = step(on, 8, EIGHT, RULES)
    assert (change, on) == ("goes on", Gathering(most=8))
    change, on = step(on, 1, EIGHT, RULES)
    assert (change, on) == ("goes on", Gathering(most=8, few_since=EIGHT))
    change, back = step(on, 2, EIGHT + timedelta(minutes=4), RULES)
    assert (change, back) == ("goes on", Gathering(most=8))
    change, on = step(on, 0, EIGHT + timedelta(minutes=5), RULES)
    assert change == "ends"
    assert on is not None
    assert on.few_since == EIGHT


def test_teams_are_proposed_once_for_each_size() -> None:
    assert suggestion_due(Gathering(most=4), 4, RULES)
    assert not suggestion_due(Gathering(most=4, suggested=(4,)), 4, RULES)
    assert not suggestion_due(Gathering(most=5), 5, RULES)


@pytest.mark.parametrize(
    ("strength", "a", "b"),
    [
        ({1: 400, 2: 300, 3: 200, 4: 100}, {1, 4}, {2, 3}),
        ({1: 500, 2: 100, 3: 100, 4: 100}, {1, 2}, {3, 4}),
        ({1: 300, 2: None, 3: 100}, {2, 3}, {1}),
    ],
)
def test_even_teams(strength: dict[int, float | None], a: set[int], b: set[int]) -> None:
    found = even_teams(strength)
    assert found is not None
    assert (set(found.a), set(found.b)) == (a, b)


@given(st.dictionaries(st.integers(1, 10**18), st.none() | st.floats(0, 2000), max_size=16))
def test_everybody_is_in_one_team_and_the_teams_are_of_a_size(strength: dict[int, float | None]) -> None:
    found = even_teams(strength)
    if found is None:
        assert len(strength) < 2
        return
    assert sorted((*found.a, *found.b)) == sorted(strength)
    assert len(found.a) - len(found.b) in (0, 1)
    assert even_teams(dict(reversed(strength.items()))) == found
