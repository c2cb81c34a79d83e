"""PostgreSQL restarted under load: nothing acknowledged is lost, no answer is 500, and it goes on within 2 s."""

from __future__ import annotations

from pathlib import Path

from benchmarks.restarts import measure
from slomix.testing.cluster import cluster

RESTARTS = 4


async def test_nothing_acknowledged_is_lost_and_nothing_is_answered_wrongly(tmp_path: Path) -> None:
    with cluster(durable=True) as server:
        found = await measure(RESTARTS, server, tmp_path)
    assert found["acknowledged_and_lost"] == 0
    assert found["wrong_answers"] == []
    assert set(found["reads"]) <= {200, 304, 503}
    assert set(found["writes"]) <= {200, 503}
    assert found["slowest_recovery_s"] <= 2
    assert found["acknowledged"] > RESTARTS
    assert found["files_left"] > 0
