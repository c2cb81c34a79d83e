"""The clip of every highlight of the shared demos reads back with equal checksums, and holds its kills."""

from __future__ import annotations

from pathlib import Path

import pytest

from slomix_greatshot.demo import read
from slomix_greatshot.demo.frames import snapshots
from slomix_greatshot.highlights import find
from slomix_greatshot.scan.workers import Workers

pytestmark = pytest.mark.shared

DEMOS = ("gen_005m_v284_s2", "gen_005m_v282_fps40_loss2_s4", "gen_030s_v284_s1", "real_v2821_scores")
BEFORE, AFTER = 4000, 3000


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", DEMOS)
def test_the_clips_of_highlights_are_parts_of_their_demo(shared: Path, tmp_path: Path, name: str) -> None:
    source = shared / "data" / "demos" / f"{name}.dm_84"
    demo = read(source)
    sums = {(each.time, each.crc) for each in snapshots(source)}
    with Workers(1) as workers:
        for number, each in enumerate(find(demo)):
            out = tmp_path / f"{number}.dm_84"
            start, end = max(each.start_ms - BEFORE, demo.first_ms), min(each.end_ms + AFTER, demo.last_ms)
            clip = workers.cut(source, start, end, out)
            cut = [(snapshot.time, snapshot.crc) for snapshot in snapshots(out)]
            assert len(cut) == clip.snapshots > 0
            assert set(cut) <= sums
            told = {(death.time_ms, death.victim_slot, death.headshot) for death in read(out).obituaries}
            assert {(step.time_ms, step.slot, step.headshot) for step in each.steps if step.weapon != "revive"} <= told
