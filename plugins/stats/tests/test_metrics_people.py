"""Form, styles, awards, ladders, bands, match-ups and seasons by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slomix_stats.api import BadScope, Milestone, Rival, Who
from slomix_stats.metrics import series, versus
from slomix_stats.metrics.attacks import hold_curve, hold_percent
from slomix_stats.metrics.fun import first_places, fun_awards
from slomix_stats.metrics.ladders import LADDERS, MILESTONES, first_reached, progress, reached_count
from slomix_stats.metrics.periods import season_days, season_id, season_name, span
from slomix_stats.metrics.styles import Facts, facts, style

NOW = datetime(2026, 11, 22, 13, 0, tzinfo=UTC)
QUIET = Facts(
    frag_potential=300, kd=1.0, damage_ratio=1.0, kills_pr=5, deaths_pr=5, damage_pr=900, received_pr=900, revives_pr=0,
    objectives_pr=0, dead_percent=25, headshot_percent=10, deaths=50, revives=0, mean_deaths=50, mean_revives=1,
)  # fmt: skip


def test_consistency_is_one_minus_the_spread() -> None:
    assert series.consistency([300.0] * 9) is None
    even = series.consistency([300.0] * 10)
    assert even is not None
    assert (even.score, even.tier, even.trend) == (100, "consistent", "stable")
    # mean 300, deviation 100: 66.7
    wild = series.consistency([200.0, 400.0] * 5)
    assert wild is not None
    assert wild.score == pytest.approx(66.667, abs=0.001)
    assert wild.tier == "average"
    calmer = series.consistency([100.0, 500.0, 100.0, 500.0, 100.0, 300.0, 310.0, 290.0, 300.0, 305.0])
    assert calmer is not None
    assert calmer.trend == "improving"
    shaky = series.consistency([300.0, 310.0, 290.0, 300.0, 305.0, 100.0, 500.0, 100.0, 500.0, 100.0])
    assert shaky is not None
    assert shaky.trend == "declining"


@given(st.lists(st.floats(0, 2000), min_size=10, max_size=40))
def test_consistency_is_a_score(rounds: list[float]) -> None:
    found = series.consistency(rounds)
    assert found is not None
    assert 0 <= found.score <= 100


def test_an_evening_in_thirds() -> None:
    assert series.thirds([(100.0, 60.0)] * 5) is None
    # seven rounds: two early, three in the middle, two late
    parts = series.thirds([(200, 60), (400, 60), (100, 60), (100, 60), (100, 60), (100, 60), (500, 120)])
    assert parts == (300, 100, 200)
    assert series.fatigue(300, 200) == (pytest.approx(-33.333, abs=0.001), "fatiguing")
    assert series.fatigue(300, 345)[1] == "warming up"
    assert series.fatigue(300, 310)[1] == "steady"
    assert series.fatigue(0, 100) == (None, None)


def test_roles_and_maps() -> None:
    assert series.preference(330, 270) == ("attack", 20)
    assert series.preference(310, 290) == ("balanced", pytest.approx(6.667, abs=0.001))
    assert series.preference(0, 0) is None
    assert [series.strength(delta) for delta in (10.1, 10, -10, -10.1)] == ["strong", "usual", "usual", "weak"]


def test_bands() -> None:
    others = [1.0, 2.0, 2.0, 4.0]
    assert series.better_than(3, others) == 75
    assert series.better_than(2, others) == 50
    assert series.better_than(3, others, higher_is_better=False) == 25
    assert series.better_than(3, []) == 50
    words = [series.band(percent) for percent in (95, 94.9, 80, 60, 30, 29.9)]
    assert words == ["elite", "great", "great", "good", "average", "below average"]


def changed(**facts: float) -> Facts:
    return Facts(**{**{name: getattr(QUIET, name) for name in QUIET.__slots__}, **facts})


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        ({}, "balanced"),
        ({"frag_potential": 950, "kd": 1.6, "damage_ratio": 1.6}, "fragger"),
        ({"kills_pr": 16, "kd": 1.3}, "slayer"),
        ({"damage_ratio": 0.6, "received_pr": 1600, "dead_percent": 15, "kd": 0.9}, "tank"),
        ({"revives_pr": 3, "revives": 30, "mean_revives": 8}, "medic"),
        ({"headshot_percent": 36, "deaths_pr": 4}, "sniper"),
        ({"deaths": 90, "deaths_pr": 13, "frag_potential": 650, "dead_percent": 40}, "rusher"),
        ({"objectives_pr": 1.5}, "objective"),
    ],
)
def test_styles(told: dict[str, float], wanted: str) -> None:
    assert style(changed(**told))[0] == wanted


def test_a_style_says_how_sure_it_is() -> None:
    # fragger 0.4 + 0.3 + 0.2, slayer 0.2 for the damage alive
    name, confidence, scores = style(changed(frag_potential=950, kd=1.6, damage_ratio=1.6))
    assert (name, confidence, scores) == ("fragger", 0.82, {"fragger": 0.9, "slayer": 0.2})
    assert style(changed(dead_percent=15))[:2] == ("balanced", 0.3)


def test_facts_of_sums() -> None:
    found = facts(
        {
            "rounds": 10, "kills": 120, "deaths": 100, "damage_given": 15_000, "damage_received": 12_000,
            "time_played_s": 6000, "alive_s": 4500, "revives_given": 8, "revives_given_known": 4,
        },
        90,
        5,
    )  # fmt: skip
    assert (found.kills_pr, found.kd, found.frag_potential, found.dead_percent) == (12, 1.2, 200, 25)
    assert found.revives_pr == 2


def line(**sums: float | None) -> dict[str, Any]:
    return {"rounds": 4, "time_played_s": 2400, "alive_s": 1800, "kills": 40, "deaths": 30, **sums}


def test_fun_awards_have_thresholds_per_round() -> None:
    players = [
        line(revives_given=4, gibs=9, killing_spree_best=5, useful_kills=12, damage_received=3999),
        line(revives_given=6, gibs=10, killing_spree_best=4, useful_kills=16, damage_received=4000),
        line(revives_given=50, gibs=50, time_played_s=120),
    ]
    won = {each.key: (each.player, each.value) for each in fun_awards(players)}
    assert won == {
        "top_medic": (1, 6),
        "cleanup": (1, 10),
        "hot_streak": (0, 5),
        "impactful": (1, 40),
        "tank": (1, 1000),
    }
    assert fun_awards([]) == []


def test_glass_cannon_and_silent_assassin() -> None:
    # 400 DPM with 20 deaths and 10 kills: 800
    players = [
        line(kills=10, deaths=20, damage_given=16_000),
        line(kills=30, deaths=20, damage_given=20_000, headshot_kills=6),
    ]
    won = {each.key: (each.player, each.value) for each in fun_awards(players)}
    assert won == {"glass_cannon": (0, 800), "silent_assassin": (1, 20)}


def test_first_places_need_something() -> None:
    won = {each.key: each for each in first_places([line(damage_given=0, team_kills=0), line(damage_given=4000)])}
    assert won["damage"].player == 1
    assert won["dpm"].text == "100 DPM"
    assert "team_kills" not in won
    assert "revives" not in won


def part(kills: int, deaths: int = 0, rounds: int = 1) -> dict[str, float | None]:
    return {"rounds": rounds, "kills": kills, "deaths": deaths}


def test_steps_are_reached_once_and_kept() -> None:
    parts = [part(60, 50, 10), part(60, 80, 10), part(400, 100, 10), part(0, 900, 10)]
    found = first_reached(parts)
    assert (1, "kills", 100) in found
    assert (2, "kills", 500) in found
    assert (0, "rounds", 10) in found
    # 120 : 130 after twenty rounds, 520 : 230 after thirty, 520 : 1130 in the end
    assert [step for step in found if step[1] == "kd"] == [(2, "kd", 1.0), (2, "kd", 1.5), (2, "kd", 2.0)]
    assert ("kd", 2.0) not in reached_count({"rounds": 40, "kills": 520, "deaths": 1130})


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 40)), max_size=12))
def test_a_ladder_has_no_gaps(evenings: list[tuple[int, int]]) -> None:
    found = first_reached([part(kills, 1, rounds) for kills, rounds in evenings])
    for ladder in LADDERS:
        steps = [threshold for _, name, threshold in found if name == ladder.name]
        assert sorted(steps) == [threshold for threshold, _ in ladder.steps][: len(steps)]


def test_progress_to_the_next_step() -> None:
    kept: list[Milestone] = [step for step in MILESTONES if (step.ladder, step.threshold) in {("kills", 100)}]
    found = {each.ladder: each for each in progress({"rounds": 12, "kills": 300, "deaths": 200}, kept)}
    kills = found["kills"]
    assert kills.reached is not None
    assert kills.next is not None
    assert (kills.reached.threshold, kills.next.threshold, kills.percent) == (100, 500, 50)
    assert (found["kd"].value, found["kd"].percent, found["kd"].rounds_missing) == (1.5, 100, 8)
    done = progress({"rounds": 10**6}, list(MILESTONES))
    assert all(each.next is None and each.percent == 100 for each in done)


def rival(name: str, matches: int, delta: float, kills: int | None = None, deaths: int | None = None) -> Rival:
    return Rival(
        who=Who(player_id=name, guid="", name=name, name_raw=name), matches=matches, dpm=0, delta_percent=delta,
        kills=kills, deaths=deaths, versus_rounds=0, confidence=versus.confidence(matches),
    )  # fmt: skip


def test_nemesis_by_kills_and_by_damage() -> None:
    rivals = [rival("a", 5, -20, 10, 4), rival("b", 4, 15, 3, 9), rival("c", 1, -50), rival("d", 3, 0, 5, 5)]
    worst, easiest = versus.order(rivals, by_kills=True)
    assert ([each.who.name for each in worst], [each.who.name for each in easiest]) == (["b"], ["a"])
    worst, easiest = versus.order(rivals, by_kills=False)
    assert ([each.who.name for each in worst], [each.who.name for each in easiest]) == (["a"], ["b"])
    assert [each.who.name for each in versus.order([rivals[2]], by_kills=False)[0]] == ["c"]
    assert [versus.confidence(matches) for matches in (0, 1, 3, 5)] == ["none", "low", "medium", "high"]
    assert versus.weighted([(10, 1), (40, 2)]) == 30
    assert versus.weighted([]) is None


def test_how_long_defences_stand() -> None:
    assert hold_curve([]) == []
    # four attacks: taken after 20 s and 50 s, held to 60 s, given up after 40 s
    curve = hold_curve([(20, True), (50, True), (60, False), (40, False)])
    assert [(point.seconds, point.held_percent) for point in curve] == [(0, 100), (30, 75), (60, 37.5)]
    assert hold_percent(3, 12) == 25
    assert hold_percent(0, 0) is None


@given(st.lists(st.tuples(st.floats(1, 900), st.booleans()), max_size=30))
def test_a_defence_never_gets_better(attacks: list[tuple[float, bool]]) -> None:
    held = [point.held_percent for point in hold_curve(attacks)]
    assert held == sorted(held, reverse=True)
    assert all(0 <= percent <= 100 for percent in held)


@pytest.mark.parametrize(
    ("period", "since", "until"),
    [
        ("2026-Q4", (2026, 10, 1), (2027, 1, 1)),
        ("season", (2026, 10, 1), (2027, 1, 1)),
        ("2026-02", (2026, 2, 1), (2026, 3, 1)),
        ("month", (2026, 11, 1), (2026, 12, 1)),
        ("2026-12", (2026, 12, 1), (2027, 1, 1)),
        ("2026-W01", (2025, 12, 29), (2026, 1, 5)),
        ("2026-11-01..2026-11-07", (2026, 11, 1), (2026, 11, 8)),
    ],
)
def test_periods(period: str, since: tuple[int, int, int], until: tuple[int, int, int]) -> None:
    found = span(period, NOW)
    assert (found.since, found.until) == (datetime(*since, tzinfo=UTC), datetime(*until, tzinfo=UTC))


def test_the_last_days_end_now() -> None:
    found = span("7d", NOW)
    assert (found.until, found.days) == (NOW, 7)
    assert span("all", NOW).days is None


@pytest.mark.parametrize(
    "period",
    ["", "0d", "yesterday", "2026-Q5", "2026-13", "2026-W54", "2026-11-07..2026-11-01", "9999-12", "9999d" * 20],
)
def test_periods_that_there_are_not(period: str) -> None:
    with pytest.raises(BadScope, match="Allowed: all, season, 2026-Q4"):
        span(period, NOW)


def test_seasons_are_quarters() -> None:
    assert season_id(datetime(2026, 1, 1, tzinfo=UTC)) == "2026-Q1"
    assert [season_name(f"2026-Q{quarter}") for quarter in range(1, 5)] == [
        "Spring 2026", "Summer 2026", "Fall 2026", "Winter 2026",
    ]  # fmt: skip
    assert season_days("2024-Q1") == (date(2024, 1, 1), date(2024, 3, 31))
    with pytest.raises(BadScope, match="as in 2026-Q4"):
        season_days("winter")
