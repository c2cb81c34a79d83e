"""Artifacts that only mention a round: stored without one, never beside an import, without what nobody may keep."""

from __future__ import annotations

import zlib
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from slomix.contrib import Parser
from slomix.host.host import Contributed
from slomix.ingest.pipeline import Pipeline
from slomix.nouns import Arrival, RoundMention, RoundSighting
from slomix.storage.database import Database

END = datetime(2025, 10, 19, 21, 0, 7, 500_000, tzinfo=UTC)


class Notes:
    """A parser of notes that says which rounds changed by them."""

    def __init__(self) -> None:
        self.changed: list[str] | None = None
        self.arrivals: list[Arrival] = []

    async def store(self, tx: Any, record: Any, arrival: Arrival) -> list[str] | None:
        self.arrivals.append(arrival)
        return self.changed

    def parsers(self) -> list[Contributed[Parser]]:
        note = Parser(
            name="note",
            version=1,
            sniff=lambda name, head: float(name.endswith(".note")),
            parse=lambda name, data: data.decode(),
            sighting=lambda record: RoundMention(server_hint="^1Pub" if record == "signed" else None),
            store=self.store,
            kept=lambda data: data.replace(b"secret", b"******"),
        )
        rounds = Parser(
            name="round",
            version=1,
            sniff=lambda name, head: float(name.endswith(".round")),
            parse=lambda name, data: data.decode(),
            sighting=lambda record: RoundSighting(
                server_hint="Pub", map="supply", number=1, ended_local=END, started_local=END, exact=False
            ),
            store=_store,
        )
        return [Contributed("sample", note), Contributed("sample", rounds)]


async def _store(tx: Any, record: Any, imported: Any) -> None:
    """Nothing of its own."""


async def test_a_mention_makes_no_round(make_pipeline: Any, db: Database, read_events: Any) -> None:
    notes = Notes()
    pipeline: Pipeline = make_pipeline(*notes.parsers())
    first = await pipeline.offer("a.note", b"secret", source="test")
    assert (first.outcome, first.round_id) == ("imported", None)
    assert await db.fetchval("select count(*) from slomix.round") == 0
    assert zlib.decompress(await db.fetchval("select raw from slomix.artifact")) == b"******"
    assert (await pipeline.offer("b.note", b"secret", source="test")).outcome == "duplicate"

    made = await pipeline.offer("a.round", b"-", source="test")
    assert str(await db.fetchval("select ended_local from slomix.round")) == "2025-10-19 23:00:07", "Ljubljana's clock"
    notes.changed = [str(made.round_id), "r-of-nothing"]
    second = await pipeline.offer("c.note", b"signed", source="test")
    assert second.round_id == made.round_id
    assert [(each.server, each.name) for each in notes.arrivals] == [(None, "a.note"), ("Pub", "c.note")]
    assert (await read_events())[-1][1]["cause"] == "arrival"
    server = await db.fetchval("select server_id from slomix.artifact where name = 'c.note'")
    assert server == notes.arrivals[1].server_id


async def test_a_name_that_tells_what_it_is_of_counts(make_pipeline: Any) -> None:
    note, _ = Notes().parsers()
    note = replace(note, record=replace(note.record, named=True))
    pipeline: Pipeline = make_pipeline(note)
    outcomes = [(await pipeline.offer(name, b"-", source="test")).outcome for name in ("a.note", "b.note", "a.note")]
    assert outcomes == ["imported", "imported", "duplicate"]


async def test_a_mention_and_a_round_do_not_pass_each_other(make_pipeline: Any) -> None:
    pipeline: Pipeline = make_pipeline(*Notes().parsers())
    note = pipeline.prologue(_prepared(pipeline, "a.note"), None)
    round_ = pipeline.prologue(_prepared(pipeline, "a.round"), None)
    async with pipeline.db.transaction(prologue=round_), pipeline.db.transaction() as other:
        (lock,) = [statement for statement in note if "lock" in statement]
        assert not await other.fetchval(lock.replace("pg_advisory", "pg_try_advisory"))


def _prepared(pipeline: Pipeline, name: str) -> Any:
    from slomix.ingest.prepare import prepare

    return prepare(pipeline.parsers, name, b"-")
