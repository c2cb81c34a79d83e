"""The evenings of docs/hand-check.md, imported from the raw files: each line of that page."""

from __future__ import annotations

from typing import Any

import pytest

from slomix.bus import Bus, LiveFeed
from slomix.clock import SystemClock
from slomix.contrib import Parser
from slomix.ingest.pipeline import Pipeline
from slomix.jobs.queue import JobQueue
from slomix.settings import CoreSettings
from slomix.testing.declared import records_of
from slomix_stats.exports import exports
from slomix_stats.findings import stored_findings

pytestmark = [pytest.mark.plugins("stats"), pytest.mark.shared]

BRONZE, VID = {"2B5938F5", "FDA127DF", "0A26D447", "652EB4A6", "1C747DF1"}, {
    "D8423F90", "5D989160", "9CC78CFE", "A0B2063D", "EDBB5DA9",
}  # fmt: skip
LEAVER, JOINER = "BF52721D", "EA326149"
CARNIEE, OLZ = {"0A26D447", "652EB4A6", "EDBB5DA9"}, {"D8423F90", "5D989160", "9CC78CFE"}
#: By evening: map, result, outcomes of round 1 and 2, segment, points of A and B.
MATCHES = {
    "2025-09-2": [
        ("te_escape2", "second", "objective", "objective", 0, 2),
        ("te_escape2", "second", "objective", "objective", 2, 0),
        ("et_brewdog", "second", "hold", "objective", 0, 2),
        ("etl_adlernest", "first", "objective", "hold", 0, 2),
        ("te_escape2", "second", "objective", "objective", 0, 2),
        ("te_escape2", "second", "objective", "objective", 2, 0),
    ],
    "2025-10-25": [
        ("supply", "second", "hold", "objective", 0, 2),
        ("etl_sp_delivery", "second", "surrender", "objective", 0, 2),
    ],
    "2025-10-12": [
        ("etl_adlernest", "unscored", "objective", None, None, None),
        ("te_escape2", "unscored", None, "objective", None, None),
        ("te_escape2", "second", "objective", "objective", 0, 2),
        ("sw_goldrush_te", "draw", "surrender", "surrender", 1, 1),
    ],
}
SEGMENTS = {
    "2025-09-2": [("5v5", BRONZE, VID, 2, 2), ("3v3", CARNIEE, OLZ, 2, 6)],
    "2025-10-25": [
        ("3v3", {"4D5B6107", "1C8F69CA", "11EDBD24"}, {"BF52721D", "74204B83", "310C8BEE", "EA326149"}, 0, 4),
    ],
    "2025-10-12": [("3v3", {"7B84BE88", "EDBB5DA9", "5D989160"}, {"D8423F90", "FDA127DF", "1C747DF1"}, 1, 3)],
}
SWAPS = """
select o.guid, i.guid, p.team
from stats.segment_player p
join slomix.player_guid o on o.player_id = p.replaces
join slomix.player_guid i on i.player_id = p.player_id
"""


@pytest.fixture
async def evenings(db: Any, shared: Any) -> dict[str, list[dict[str, Any]]]:
    """The exported rows after the import, latest files first: the order must not matter."""
    pipeline = Pipeline(
        db,
        records_of(Parser, "register_parsers", "stats"),
        Bus(JobQueue(SystemClock()), SystemClock(), LiveFeed(db)),
        SystemClock(),
        CoreSettings(),
    )
    files = [
        path for day in ("2025-09-24", "2025-09-25", "2025-10-12", "2025-10-25")
        for path in (shared / "data/rounds").glob(f"{day}*.txt")
    ]  # fmt: skip
    for path in sorted(files, reverse=True):
        await pipeline.offer(path.name, path.read_bytes(), source="test", durable=False)
    return {
        export.kind: [dict(row) async for row in export.rows(db)]
        for export in exports()
        if export.kind in ("matches", "sessions")
    }


async def test_the_evenings_are_as_worked_out_by_hand(db: Any, evenings: dict[str, list[dict[str, Any]]]) -> None:
    for day, expected in MATCHES.items():
        found = [row for row in evenings["matches"] if row["ended_at"].startswith(day)]
        assert [
            (row["map"], row["result"], row["r1_outcome"], row["r2_outcome"], row["points_a"], row["points_b"])
            for row in found
        ] == expected
        (session,) = [row for row in evenings["sessions"] if row["started_at"].startswith(day)]
        assert session["maps"] == [name for name, *_ in expected]
        for segment, (strength, team_a, team_b, points_a, points_b) in zip(
            session["segments"], SEGMENTS[day], strict=True
        ):
            assert (segment["format"], segment["points_a"], segment["points_b"]) == (strength, points_a, points_b)
            assert (set(segment["team_a"]), set(segment["team_b"])) == (team_a, team_b)
    swaps = await db.fetch(SWAPS)
    assert [tuple(row) for row in swaps] == [(LEAVER, JOINER, "B")]
    statuses = await db.fetch("select status, valid from stats.round where status <> 'completed' order by 1")
    assert [tuple(row) for row in statuses] == [("orphan_r2", False), ("unfinished", True)]
    found = await stored_findings(db)
    assert [finding for finding in found if not finding.explained] == []
    assert {finding.code for finding in found} == {"F11", "S1", "V2"}
