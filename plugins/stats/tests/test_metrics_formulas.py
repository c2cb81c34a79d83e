"""The metrics: each formula that people are shown is the one that is computed, and the examples of stats.md 6."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slomix_stats.api import BadScope
from slomix_stats.metrics import basic
from slomix_stats.metrics.bests import BESTS, MATCH, ROUND
from slomix_stats.metrics.catalogue import CLASSIC, METRICS, find_metric
from slomix_stats.metrics.registry import Metric, added

POSITIVE = st.integers(min_value=1, max_value=50_000)


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_the_formula_that_is_shown_is_the_one_that_is_computed(metric: Metric, data: st.DataObject) -> None:
    sums: dict[str, Any] = {"rounds": 20, **{name: data.draw(POSITIVE, label=name) for name in metric.inputs}}
    if {"alive_s", "time_played_s"} <= set(sums):  # nobody is alive longer than they played, or hardly ever
        sums["alive_s"] = max(1, sums["time_played_s"] * data.draw(st.integers(10, 100)) // 100)
    number = metric.number(sums)

    told = eval(metric.info.formula, {"max": max}, sums)  # nosec B307
    if metric.unit == "%":
        told = min(100, told)
    assert number.value == pytest.approx(told, abs=1e-3)
    assert number.inputs == {name: sums[name] for name in metric.inputs}


def test_every_metric_says_what_it_is() -> None:
    names = [metric.name for metric in METRICS] + [alias for metric in METRICS for alias in metric.aliases]
    assert len(names) == len(set(names))
    for metric in METRICS:
        info = metric.info
        assert info.title
        assert info.formula
        assert len(info.description) > 10
        assert info.source
        assert info.version >= 1
        assert set(re.findall(r"[a-z][a-z_0-9]+", info.formula)) - {"max"} <= set(metric.inputs)
    assert {find_metric(name).name for name in CLASSIC} == set(CLASSIC)
    assert {best.metric for best in BESTS} <= {metric.name for metric in METRICS}
    assert {best.metric for best in MATCH} <= {best.metric for best in ROUND}


@pytest.mark.parametrize(
    ("alias", "name"),
    [
        ("k", "kills"), ("ratio", "kd"), ("acc", "accuracy"), ("hs", "headshots"), ("games", "rounds"),
        ("played", "rounds"), ("medic", "revives"), ("gib", "gibs"), ("obj", "objectives"), ("ef", "efficiency"),
        ("eff", "efficiency"), ("team", "teamwork"), ("multi", "multikills"), ("nades", "grenades"), ("DPM", "dpm"),
    ],
)  # fmt: skip
def test_metrics_are_found_by_what_people_type(alias: str, name: str) -> None:
    assert find_metric(alias).name == name


def test_an_unknown_metric_names_the_others() -> None:
    with pytest.raises(BadScope, match=r"no metric 'fun'. There are: dpm, kd, kills"):
        find_metric("fun")


def value(name: str, **sums: float | None) -> float | None:
    return find_metric(name).number({"rounds": 10, **sums}).value


def test_examples_by_hand() -> None:
    assert value("dpm", damage_given=2218, time_played_s=594) == pytest.approx(224.0404)
    assert value("dpm", damage_given=0, time_played_s=0) == 0
    assert value("kd", kills=7, deaths=0) == 7
    assert value("kd", kills=9, deaths=6) == 1.5
    assert value("efficiency", kills=0, deaths=0) == 0
    assert value("efficiency", kills=30, deaths=10) == 75
    assert value("accuracy", bullet_hits=30, bullet_shots=90) == pytest.approx(33.3333)
    assert value("accuracy", bullet_hits=0, bullet_shots=0) is None
    assert value("accuracy", bullet_hits=12, bullet_shots=10) == 100
    assert value("headshot_accuracy", bullet_headshot_hits=6, bullet_hits=30) == 20
    assert value("time_dead", time_played_s=600, alive_s=450) == 150
    assert value("dead_percent", time_played_s=600, alive_s=450) == 25
    assert value("dead_percent", time_played_s=600, alive_s=700) == 0
    assert value("frag_potential", damage_given=1500, time_played_s=600, alive_s=450) == 200
    assert value("frag_potential", damage_given=1500, time_played_s=600, alive_s=20) == 0
    assert value("damage_ratio", damage_given=500, damage_received=0) == 500
    assert value("teamwork", team_damage_given=50, damage_given=950) == 5
    assert value("adr", damage_given=15_000) == 1500
    assert value("multikills", multikill_2=3, multikill_3=1, multikill_4=0, multikill_5=0, multikill_6=1) == 5
    assert value("played_percent", time_played_s=700, round_s=600) == 100


def test_what_is_unknown_stays_unknown() -> None:
    assert value("revives", revives_given=None, revives_given_known=0) is None
    assert value("xp", xp=None) is None
    nothing = find_metric("dpm").number({"rounds": 0})
    assert (nothing.value, nothing.rounds, nothing.of) == (None, 0, 0)


def test_a_rate_is_over_the_rounds_that_know_it() -> None:
    # ten rounds, four of them of a script that writes revives: 8 revives are 2 per round, not 0.8
    number = find_metric("revives_per_round").number({"rounds": 10, "revives_given": 8, "revives_given_known": 4})
    assert (number.value, number.rounds, number.of) == (2, 4, 10)

    sums = {"rounds": 10, "denied_playtime_s": 300, "denied_playtime_s_known": 4, "time_played_s": 6000}
    assert find_metric("denied_per_minute").number(sums).value is None
    exact = find_metric("denied_per_minute").number({**sums, "time_played_s:denied_playtime_s": 1200})
    assert exact.value == 15
    assert find_metric("denied_per_minute").number({**sums, "denied_playtime_s_known": 10}).value == 3


def test_sums_of_parts() -> None:
    whole = added(
        [
            {"rounds": 1, "kills": 3, "revives_given": None, "killing_spree_best": 4},
            {"rounds": 2, "kills": 5, "revives_given": 6, "killing_spree_best": 3},
            {"rounds": 1, "kills": 0, "revives_given": None, "killing_spree_best": None},
        ]
    )
    assert whole == {"rounds": 4, "kills": 8, "revives_given": 6, "killing_spree_best": 4}
    assert added([]) == {"rounds": 0}


@given(st.lists(st.tuples(st.integers(0, 5000), st.integers(1, 2000)), min_size=1, max_size=8))
def test_a_rate_of_parts_is_that_of_the_whole_never_their_mean(rounds: list[tuple[int, int]]) -> None:
    parts = [{"rounds": 1, "damage_given": damage, "time_played_s": time} for damage, time in rounds]
    whole = find_metric("dpm").number(added(parts)).value
    assert whole == pytest.approx(sum(d for d, _ in rounds) * 60 / sum(t for _, t in rounds), abs=1e-3)


@given(kills=st.integers(0, 100), deaths=st.integers(0, 100), played=st.integers(0, 2000), alive=st.integers(0, 2000))
def test_percents_are_percents(kills: int, deaths: int, played: int, alive: int) -> None:
    for percent in (
        basic.efficiency(kills, deaths),
        basic.accuracy(kills, deaths),
        basic.headshot_kill_rate(kills, deaths),
        basic.alive_percent(alive, played),
        basic.dead_percent(played, alive),
        basic.damage_efficiency(kills, deaths),
        basic.team_damage_share(kills, deaths),
    ):
        assert percent is None or 0 <= percent <= 100
