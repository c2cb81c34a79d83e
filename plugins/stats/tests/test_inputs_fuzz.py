"""500 damaged files over all parsers: read or refused, never anything else, never an impossible number.

`make mutations` does the same with 20,000.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import msgspec
import pytest

from slomix.contrib import Parser
from slomix.testing.declared import records_of
from slomix_stats.hostile import damaged, impossible, read, samples
from slomix_stats.inputs.awards import Award
from slomix_stats.inputs.endstats import Endstats
from slomix_stats.inputs.report import RoundReport

FILES = samples()
COUNT = 500


@pytest.fixture(scope="module")
def parsers() -> list[Parser]:
    return [each.record for each in records_of(Parser, "register_parsers", "stats")]


def test_genuine_files_are_read_by_all_parsers(parsers: list[Parser]) -> None:
    found = Counter()
    for name, data in FILES.items():
        result = read(parsers, name, data)
        assert result is not None, name
        assert not impossible(result[1]), name
        found[result[0].name] += 1
    assert set(found) == {parser.name for parser in parsers}


def test_damaged_files_are_read_or_refused(parsers: list[Parser]) -> None:
    told = Counter()
    for name, data in damaged(FILES, COUNT):
        result = read(parsers, name, data)
        told["refused" if result is None else result[0].name] += 1
        assert result is None or not impossible(result[1]), (name, impossible(result[1]))
    assert COUNT / 10 < told["refused"] < COUNT, "some of both, else the damage says nothing"


def test_what_is_impossible_is_seen(parsers: list[Parser]) -> None:
    name, data = next(iter(FILES.items()))
    result = read(parsers, name, data)
    assert result is not None
    file = result[1]
    dead = msgspec.structs.replace(file.players[0], weapons=[-1, *file.players[0].weapons[1:]])
    assert impossible(msgspec.structs.replace(file, players=[dead]))
    awards = [Award("Most deaths", "Ann", "-3", -3.0)]
    assert impossible(Endstats("supply", 1, file.ended_local, awards, []))
    now = datetime(2026, 1, 1, tzinfo=UTC)
    report = RoundReport(
        "supply", 1, now, now, -1.0, None, None, None, None, [], None, None, None, None, None, None, [], None
    )
    assert len(impossible(report)) == 2
