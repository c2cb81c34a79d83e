"""Whatever is done to a file, the parser reads it or refuses it with a reason; nothing else escapes."""

from __future__ import annotations

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from slomix.errors import QUARANTINE_REASONS, BadArtifact, EmptyArtifact
from slomix_stats.differential import derive
from slomix_stats.parser import parse
from slomix_stats.record import StatsFile, sighting
from slomix_stats.scoring import judge
from slomix_stats.simulate import play_evening

FILES = [(item.name, item.data) for item in play_evening(seed=9, evening=0)[:6]]
INSERTS = st.one_of(
    st.binary(max_size=6),
    st.sampled_from([b"\\", b"\t", b"\n", b" ", b"-", b"^", b"\0", b"nan", b"9" * 30, b"_ws", b"\xff", b"1e9", b","]),
)


@st.composite
def damaged(draw: st.DrawFn) -> tuple[str, bytes]:
    """A genuine file with some bytes cut out and others put in."""
    name, data = draw(st.sampled_from(FILES))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(data)))
        gone = draw(st.integers(0, 12))
        data = data[:at] + draw(INSERTS) + data[at + gone :]
    return name, data


def read(name: str, data: bytes) -> StatsFile | str:
    """The record, or the reason why there is none."""
    try:
        return parse(name, data)
    except BadArtifact as refused:
        return refused.reason
    except EmptyArtifact:
        return "empty"


def follow(record: StatsFile) -> None:
    """Everything that is derived from one file on its way to the database."""
    rows = derive(record, None, "complete")
    judge(record, rows, "complete")
    msgspec.json.encode([sighting(record), record])


@settings(max_examples=400, deadline=None)
@given(damaged())
def test_a_damaged_file_is_read_or_refused(file: tuple[str, bytes]) -> None:
    record = read(*file)
    if isinstance(record, str):
        assert record in (*QUARANTINE_REASONS, "empty")
    else:
        follow(record)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60), st.binary(max_size=400))
def test_anything_is_refused(name: str, data: bytes) -> None:
    assert read(name, data) == "bad_name"
    assert read(FILES[0][0], data) in QUARANTINE_REASONS
