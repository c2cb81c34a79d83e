"""Demos that are too large, too long or say too much: read up to a limit that is named, never without end."""

from __future__ import annotations

from pathlib import Path

import pytest

from slomix_greatshot.demo import Limits, NotADemo, read
from slomix_greatshot.simulate.recorder import Recorder


@pytest.fixture
def talkative(tmp_path: Path) -> Path:
    """A match with 300 lines of chat and 200 impacts of bullets."""
    file = tmp_path / "talkative.dm_84"
    with file.open("wb") as stream:
        film = Recorder(stream, [("one", 1, 0), ("two", 2, 1)])
        for line in range(100):
            for _ in range(3):
                film.command(f'chat "^7one^7: ^2line {line}" 0')
            film.bullet(0, 1, 3)
            film.bullet(1, 0, 3)
            film.step()
        film.end()
    return file


@pytest.mark.parametrize(
    ("limits", "warning"),
    [
        (Limits(messages=50), "reading stopped at the limit of 50 messages"),
        (Limits(commands=120), "reading stopped at the limit of 120 commands"),
        (Limits(events=100), "reading stopped at the limit of 100 events"),
    ],
)
def test_a_demo_is_read_up_to_its_limit(talkative: Path, limits: Limits, warning: str) -> None:
    assert read(talkative, limits=limits).warnings == [warning]


def test_time_has_an_end(talkative: Path) -> None:
    with pytest.raises(NotADemo, match="reading stopped at the limit of 0 seconds"):
        read(talkative, limits=Limits(seconds=0))


def test_a_file_beyond_the_limit_is_not_opened_further(talkative: Path) -> None:
    with pytest.raises(NotADemo, match=r"talkative\.dm_84 is too large: \d+ bytes, the limit is 4096"):
        read(talkative, limits=Limits(file_bytes=4096))


def test_a_string_without_an_end_is_no_string(tmp_path: Path) -> None:
    """The game's own buffers hold 1023 letters; a longer command is damage."""
    file = tmp_path / "long.dm_84"
    with file.open("wb") as stream:
        film = Recorder(stream, [("one", 1, 0)])
        film.step(3)
        film.command("x" * 1023)
        film.step(3)
        film.command("x" * 1024)
        film.step(3)
        film.end()
    demo = read(file)
    assert [each.partition("damaged: ")[2] for each in demo.warnings[:1]] == ["a string without an end"]
    assert demo.snapshots >= 7
