"""What holds of the highlights of any demo."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slomix_greatshot.demo import Demo, read
from slomix_greatshot.highlights import KINDS, find
from slomix_greatshot.highlights.words import plain
from slomix_greatshot.scan.report import report
from slomix_greatshot.simulate.values import END, demo, head_hit, kill, revive

TIMES = st.integers(0, 60_000)
SLOTS = st.integers(0, 5)
KILLS = st.lists(
    st.builds(lambda time, who, whom, head: kill(time, who, whom, headshot=head), TIMES, st.integers(0, 2),
              st.integers(3, 5), st.sampled_from([True, False, None])), max_size=60,
)  # fmt: skip
REVIVES = st.lists(st.builds(revive, TIMES, SLOTS, SLOTS), max_size=12)
HITS = st.lists(st.builds(head_hit, TIMES, SLOTS, SLOTS, st.sampled_from(["head", "body", "team"])), max_size=40)
DEMOS = ("gen_005m_v284_s2", "gen_005m_v282_fps40_loss2_s4", "gen_030s_v284_s1")


def keeps_the_rules(made: Demo) -> None:
    found = find(made)
    frags = {(each.time_ms, each.attacker_slot) for each in made.obituaries if each.kind == "kill"}
    for each in found:
        assert each.kind in KINDS
        assert each.start_ms <= each.steps[0].time_ms
        assert each.steps[-1].time_ms <= each.end_ms
        assert each.kills == sum(step.weapon != "revive" for step in each.steps)
        assert all(step.gap_ms >= 0 for step in each.steps)
        assert all((step.time_ms, each.player_slot) in frags for step in each.steps if step.weapon != "revive")
        assert each.score > 0
        assert each.explanation.isprintable()
    for one in found:
        for other in found:
            apart = one.end_ms < other.start_ms or other.end_ms < one.start_ms
            assert one is other or one.player != other.player or apart
    assert list(found) == sorted(found, key=lambda each: (-each.score, each.start_ms, each.player_slot))


@settings(max_examples=150, deadline=None)
@given(KILLS, REVIVES, HITS)
def test_every_step_is_a_deed_and_nothing_is_told_twice(kills, revives, hits) -> None:  # type: ignore[no-untyped-def]
    by_time = sorted(hits, key=lambda each: each.time_ms), sorted(revives, key=lambda each: each.time_ms)
    keeps_the_rules(demo(kills, hits=by_time[0], revives=by_time[1]))


@settings(max_examples=40, deadline=None)
@given(KILLS)
def test_a_demo_in_which_nothing_else_happens_later_tells_the_same(kills) -> None:  # type: ignore[no-untyped-def]
    """What is far from everything adds nothing and takes nothing away."""
    before = find(demo(kills))
    after = find(demo([*kills, kill(END - 1, 4, 1)]))
    assert [each.steps for each in before if each.kind != "spree"] == [
        each.steps for each in after if each.kind != "spree"
    ]


@pytest.mark.shared
@pytest.mark.parametrize("name", DEMOS)
def test_the_kills_of_highlights_are_true(shared: Path, name: str) -> None:
    """Every kill that a highlight tells is in the truth of the demo."""
    made = read(shared / "data" / "demos" / f"{name}.dm_84")
    keeps_the_rules(made)
    truth = json.loads(gzip.decompress((shared / "data" / "demos" / f"{name}.truth.json.gz").read_bytes()))
    deaths = {(e["attacker"], e["victim"], e["time"]) for e in truth["events"] if e["k"] == "obituary"}
    for each in find(made):
        for step in each.steps:
            if step.weapon != "revive":
                assert (each.player_slot, step.slot, step.time_ms) in deaths
    lines = report(name, made, find(made)).highlights
    assert [line.explanation for line in lines] == [f"{plain(each.name)}: {each.sentence}" for each in find(made)]
