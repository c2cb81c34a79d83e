"""Real files: counts, duplicates, and the same tables whatever the order of arrival."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from slomix.ingest.bulk import dry_run, import_files
from slomix.ingest.files import files_of
from slomix.ingest.pipeline import Pipeline
from slomix.ingest.report import report
from slomix.storage.database import Database

pytestmark = [pytest.mark.plugins("stats"), pytest.mark.shared]

EXPECTED = {"received": 210, "imported": 209, "duplicate": 0, "empty": 1, "quarantined": 0, "ignored": 0}
AGAIN = {"received": 210, "imported": 0, "duplicate": 210, "empty": 0, "quarantined": 0, "ignored": 0}
FINDINGS = {("F11", "info"): 27, ("R7", "info"): 1, ("S1", "info"): 1, ("V2", "invalid"): 5}
ORDERS = 12


def counts(outcomes: Any) -> dict[str, Any]:
    record = report(outcomes, seconds=1.0)
    return {key: record[key] for key in EXPECTED}


async def test_the_corpus_is_imported_once(
    pipeline: Pipeline, db: Database, shared: Path, tmp_path: Path, read_exports: Any
) -> None:
    files = files_of([shared / "data" / "rounds"])
    assert counts(await dry_run(pipeline.parsers, files, limit=1 << 26)) == EXPECTED
    assert counts(await import_files(pipeline, files)) == EXPECTED
    tables = await read_exports()
    assert Counter(row["status"] for row in tables["matches"])["complete"] == 96
    assert sum(row["rounds"] for row in tables["sessions"]) == 208, "the endstats file makes no round"
    assert len(tables["awards"]) == 22
    assert_balanced(tables)
    # every finished map has a result that belongs to two teams, and what does not add up is all known
    finished = [row for row in tables["matches"] if row["status"] == "complete"]
    assert {(row["points_a"], row["points_b"]) for row in finished} == {(2, 0), (0, 2), (1, 1)}
    found = await db.fetch("select code, severity, count(*) from stats.finding group by code, severity")
    assert {(row["code"], row["severity"]): row["count"] for row in found} == FINDINGS

    assert counts(await import_files(pipeline, files)) == AGAIN
    for path in files:
        windows = path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        (tmp_path / path.name).write_bytes(windows)
    assert counts(await import_files(pipeline, files_of([tmp_path]))) == AGAIN
    assert await read_exports() == tables


def assert_balanced(tables: dict[str, list[dict[str, Any]]]) -> None:
    """Kills are deaths and damage given is received in every round 2, without what round 1 counted."""
    pairs = {row["r2_round_id"] for row in tables["matches"] if row["status"] == "complete"}
    for round_id in pairs:
        rows = [row for row in tables["player-rounds"] if row["round_id"] == round_id]
        assert sum(row["kills"] for row in rows) == sum(row["deaths"] for row in rows)
        assert sum(row["damage_given"] for row in rows) == sum(row["damage_received"] for row in rows)


@pytest.mark.parametrize("seed", range(ORDERS))
async def test_the_order_of_arrival_does_not_matter(
    pipeline: Pipeline, db: Database, shared: Path, read_exports: Any, seed: int
) -> None:
    """Two evenings, one of them across midnight, in one order, then in another one on an emptied database."""
    evening = [
        path
        for path in files_of([shared / "data" / "rounds"])
        if path.name.startswith(("2025-10-19", "2025-10-12", "2025-10-20-0"))
    ]
    await import_files(pipeline, evening)
    expected, nouns = await read_exports(), await _nouns(db)
    await db.execute(EMPTY)
    await import_files(pipeline, random.Random(seed).sample(evening, len(evening)))
    assert await read_exports() == expected
    assert await _nouns(db) == nouns


EMPTY = "truncate slomix.server, slomix.session, slomix.match, slomix.round, slomix.player, slomix.artifact cascade"


async def _nouns(db: Database) -> list[list[tuple[Any, ...]]]:
    """Everything that core stores of these files, but for the moments of the import."""
    queries = [
        "select id, ended_at, match_id, session_id, utc_offset_s from slomix.round order by id",
        "select * from slomix.match order by id",
        "select * from slomix.session order by id",
        "select * from slomix.player order by id",
        "select * from slomix.player_name order by player_id, raw",
        "select * from slomix.player_guid order by key",
        "select * from slomix.round_player order by round_id, key",
    ]
    return [[tuple(row) for row in await db.fetch(query)] for query in queries]
