"""A pipeline with the real stats plugin on a real database."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from slomix.bus import Bus, LiveFeed
from slomix.contrib import Export, Parser
from slomix.host.host import Contributed
from slomix.ingest.pipeline import Pipeline
from slomix.jobs.queue import JobQueue
from slomix.settings import CoreSettings
from slomix.storage.database import Database
from slomix.testing.clock import FixedClock
from slomix.testing.declared import records_of

Exports = dict[str, list[dict[str, Any]]]


def stats_plugin() -> Any:
    from importlib.metadata import entry_points

    (point,) = entry_points(group="slomix", name="stats")
    return point.load()


def stats_parser(**changes: Any) -> Contributed[Parser]:
    record = next(p.record for p in records_of(Parser, "register_parsers", "stats") if p.record.name == "stats")
    return Contributed("stats", dataclasses.replace(record, **changes))


@pytest.fixture
def stats() -> Callable[..., Contributed[Parser]]:
    """`stats(parse=…)`: the parser of stats with other parts."""
    return stats_parser


MakePipeline = Callable[..., Pipeline]


@pytest.fixture
def make_pipeline(db: Database) -> MakePipeline:
    """`make_pipeline(*parsers, **core_settings)`; without parsers those of stats."""

    def make(*parsers: Contributed[Parser], **settings: Any) -> Pipeline:
        clock = FixedClock()
        bus = Bus(JobQueue(clock), clock, LiveFeed(db))
        found = parsers or tuple(records_of(Parser, "register_parsers", "stats"))
        return Pipeline(db, found, bus, clock, CoreSettings(**settings))

    return make


@pytest.fixture
def pipeline(make_pipeline: MakePipeline) -> Pipeline:
    return make_pipeline()


async def exports(db: Database) -> Exports:
    """All rows of all three tables, in the order of the export."""
    tables: Sequence[Export] = list(stats_plugin().register_exports(None))
    return {table.kind: [dict(row) async for row in table.rows(db)] for table in tables}


@pytest.fixture
def read_exports(db: Database) -> Callable[[], Any]:
    return lambda: exports(db)


async def events(db: Database) -> list[tuple[str, dict[str, Any]]]:
    """Published events, oldest first, as short name and payload."""
    rows = await db.fetch("select key, payload from slomix.event order by seq")
    return [(row["key"].removeprefix("slomix."), row["payload"]) for row in rows]


@pytest.fixture
def read_events(db: Database) -> Callable[[], Any]:
    return lambda: events(db)


class Files:
    """Small genuine stats files: `files.round("2025-10-19-210000", "supply", 1, ...)` is a name and its bytes."""

    @staticmethod
    def round(
        stamp: str,
        map_name: str = "supply",
        number: int = 1,
        *,
        limit: str = "10:00",
        target: str = "8:00",
        counter: int | None = None,
        kills: int = 3,
        names: Sequence[str] = ("Ana", "Bor"),
        host: str = "^1Test ^7Server",
        guids: Sequence[str] = ("AAAAAAA1", "BBBBBBB2"),
    ) -> tuple[str, bytes]:
        minutes, seconds = (int(part) for part in target.split(":"))
        played = (minutes * 60 + seconds) / 60 * (2 if number == 2 else 1)
        lines = [f"{host}\\{map_name}\\legacy3\\{number}\\1\\2\\{limit}\\{target}"]
        lines += [
            Files.player(guid, name, side, number - 1 if counter is None else counter, kills * number, 100, played)
            for side, (guid, name) in enumerate(zip(guids, names, strict=True), start=1)
        ]
        return f"{stamp}-{map_name}-round-{number}.txt", ("\n".join(lines) + "\n").encode()

    @staticmethod
    def player(guid: str, name: str, side: int, counter: int, kills: int, damage: int, minutes: float) -> str:
        """One line: `kills` and as many deaths by MP40, damage given and received alike."""
        values: list[Any] = [0] * 38
        values[0] = values[1] = damage * (counter + 1)
        values[8], values[21], values[22], values[23], values[24] = 80.0, 0.0, round(minutes, 1), 0.0, 0.0
        values[20], values[25], values[26] = 20, 0.5, 1.0
        fields = "\t".join(str(value) for value in values)
        return f"{guid}\\{name}\\{counter}\\{side}\\16 10 20 {kills} {kills} 1 \t{fields}"


@pytest.fixture
def files() -> type[Files]:
    return Files
