"""500 damaged files over all parsers: read or refused, never anything else, never an impossible number.

`make mutations` does the same with 20,000.
"""

from __future__ import annotations

import copy
import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=12)
    | st.sampled_from(["1e400", "-1", "3.933 min", "0:00", "\\u{ff}", "\0", "NaN", "[]", '[{"guid":1}]']),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
DOCUMENTS = [(name, json.loads(data)) for name, data in FILES.items() if name.endswith(".json")]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths to everything in a document."""
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield (*path, key)
        yield from places(child, (*path, key))


PLACES = [list(places(document)) for _, document in DOCUMENTS]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_value_in_any_place_is_read_or_refused(parsers: list[Parser], data: st.DataObject) -> None:
    which = data.draw(st.integers(0, len(DOCUMENTS) - 1))
    name, document = DOCUMENTS[which]
    changed = copy.deepcopy(document)
    *way, last = data.draw(st.sampled_from(PLACES[which]))
    inner = changed
    for key in way:
        inner = inner[key]
    inner[last] = data.draw(VALUES)
    result = read(parsers, name, json.dumps(changed).encode())
    assert result is None or not impossible(result[1])


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(FILES)) | st.text(max_size=60), st.binary(max_size=300) | st.text().map(str.encode))
def test_anything_is_read_or_refused(parsers: list[Parser], name: str, data: bytes) -> None:
    result = read(parsers, name, data)
    assert result is None or not impossible(result[1])


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
