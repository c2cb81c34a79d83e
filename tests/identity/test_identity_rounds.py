"""One physical round in several files with different clocks."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from slomix.contrib import Parser
from slomix.host.host import Contributed
from slomix.identity import ids
from slomix.identity.aliases import resolve_match, resolve_round, resolve_session
from slomix.identity.rounds import Candidate, settle
from slomix.ingest.pipeline import Pipeline
from slomix.nouns import RosterEntry, RoundSighting
from slomix.settings import CoreSettings
from slomix.storage.database import Database
from slomix.testing.clock import FixedClock

END = datetime.fromisoformat("2025-10-19T21:00:00")


def sighting(offset: float, *, exact: bool = False, started: float | None = None, **facts: Any) -> RoundSighting:
    return RoundSighting(
        server_hint="Pub",
        map="supply",
        number=1,
        ended_local=END + timedelta(seconds=offset),
        exact=exact,
        started_local=None if started is None else END + timedelta(seconds=started),
        **facts,
    )


def stored(offset: float, **changes: Any) -> Candidate:
    ended = END + timedelta(seconds=offset)
    fields: dict[str, Any] = {
        "id": ids.round_id("Pub", "supply", 1, ended),
        "ended_local": ended,
        "exact": True,
        "limit_s": 600,
        "target_s": None,
        "defender": "axis",
        "winner": None,
        "aborted": False,
        "claimed": False,
        "same_name": False,
    }
    return Candidate(**{**fields, **changes})


def test_an_unknown_round_is_a_new_one() -> None:
    found = settle("Pub", sighting(0, exact=True), [])
    assert (found.known, found.round_id) == (None, ids.round_id("Pub", "supply", 1, END))


def test_another_clock_finds_the_nearest_round() -> None:
    near, far = stored(3), stored(-20)
    assert settle("Pub", sighting(0), [far, near]).known == near


def test_two_exact_ends_are_two_rounds() -> None:
    assert settle("Pub", sighting(0, exact=True), [stored(3)]).known is None


def test_one_round_has_one_file_of_each_kind() -> None:
    taken, free = stored(1, claimed=True), stored(10)
    assert settle("Pub", sighting(0), [taken, free]).known == free
    assert settle("Pub", sighting(0), [taken]).known is None
    rewritten = stored(1, claimed=True, same_name=True)
    found = settle("Pub", sighting(0), [rewritten, free])
    assert found.known == rewritten
    assert found.revision


def test_a_round_that_was_over_before_it_began_is_another_one() -> None:
    assert settle("Pub", sighting(0, started=-10), [stored(-15)]).known is None
    assert settle("Pub", sighting(0, started=-400), [stored(-15)]).known is not None


def test_a_better_clock_takes_the_id_over() -> None:
    rough = stored(4, exact=False)
    found = settle("Pub", sighting(0, exact=True), [rough])
    assert (found.superseded, found.round_id) == (rough.id, ids.round_id("Pub", "supply", 1, END))
    assert settle("Pub", sighting(0), [rough]).superseded is None


def test_numbers_of_the_better_clock_win_and_gaps_are_filled() -> None:
    merged = settle("Pub", sighting(0, limit_s=999, winner="allies"), [stored(1)]).sighting
    assert (merged.limit_s, merged.winner, merged.defender, merged.exact) == (600, "allies", "axis", True)
    merged = settle("Pub", sighting(0, exact=True, limit_s=480), [stored(1, exact=False)]).sighting
    assert (merged.limit_s, merged.defender, merged.exact) == (480, "axis", True)


class _Silent:
    async def publish(self, tx: Any, *events: Any) -> None:
        """Nobody listens."""


def _parser(name: str, exact: bool) -> Contributed[Parser]:
    """Reads files that hold their distance from `END` in seconds."""

    async def store(tx: Any, record: Any, imported: Any) -> None:
        assert imported.round_id in {place.round_id for place in imported.places}

    roster = (RosterEntry("AAAAAAA1", "AAAAAAA1", "Ana", "axis", 0),)
    parser = Parser(
        name=name,
        version=1,
        sniff=lambda file, head: float(file.startswith(name)),
        parse=lambda file, data: float(data),
        sighting=lambda record: sighting(record, exact=exact, roster=roster),
        store=store,
    )
    return Contributed("sample", parser)


@pytest.fixture
def two_clocks(db: Database) -> Pipeline:
    return Pipeline(db, [_parser("rough", False), _parser("exact", True)], _Silent(), FixedClock(), CoreSettings())


async def test_files_of_two_kinds_are_one_round_in_any_order(two_clocks: Pipeline, db: Database) -> None:
    rough = await two_clocks.offer("rough-1.txt", b"7", source="test")
    assert rough.round_id == ids.round_id("Pub", "supply", 1, END + timedelta(seconds=7))
    exact = await two_clocks.offer("exact-1.txt", b"0", source="test")
    assert (exact.round_id, exact.revision) == (ids.round_id("Pub", "supply", 1, END), False)
    assert await db.fetchval("select count(*) from slomix.round") == 1
    assert await db.fetchval("select count(*) from slomix.match") == 1
    assert await db.fetchval("select count(*) from slomix.session") == 1
    assert {row["round_id"] for row in await db.fetch("select round_id from slomix.artifact")} == {exact.round_id}

    digits = str(rough.round_id)[1:]
    assert await resolve_round(db, f"r{digits}") == exact.round_id
    assert await resolve_match(db, f"m{digits}") == f"m{str(exact.round_id)[1:]}"
    assert await resolve_session(db, f"s{digits}") == f"s{str(exact.round_id)[1:]}"

    later = await two_clocks.offer("rough-2.txt", b"11", source="test")
    assert later.round_id != exact.round_id, "the first rough file is this round already"


async def test_the_exact_file_first(two_clocks: Pipeline, db: Database) -> None:
    exact = await two_clocks.offer("exact-1.txt", b"0", source="test")
    rough = await two_clocks.offer("rough-1.txt", b"7", source="test")
    assert rough.round_id == exact.round_id
    assert await db.fetchval("select ended_local from slomix.round") == END
    assert await db.fetchval("select count(*) from slomix.round_alias") == 0
