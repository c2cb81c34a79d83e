"""`kill -9` of `slomix worker` again and again: every effect of a durable handler exactly once."""

from __future__ import annotations

from pathlib import Path

from benchmarks.worker_kills import measure

KILLS = 20


async def test_every_effect_happens_exactly_once(data_dir: Path) -> None:
    found = await measure(KILLS, data_dir.parent)
    assert found["while_jobs_ran"] >= KILLS // 4, "kills must hit workers that do something"
    assert found["jobs_given_to_another_worker"] > 0
    assert found["drained"]
    assert found["buried"] == 0
    assert found["effects_lost_doubled_or_partial"] == 0
