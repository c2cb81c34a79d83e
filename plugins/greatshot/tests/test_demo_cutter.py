"""Clips play by themselves and hold every snapshot exactly as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from slomix_greatshot.demo import NotADemo, read
from slomix_greatshot.demo.cutter import CutError, cut
from slomix_greatshot.demo.frames import snapshots
from slomix_greatshot.simulate.example import example


@pytest.fixture(scope="module", params=["dm_84", "tv_84"])
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("made") / f"match.{request.param}"
    example(file, broadcast=request.param == "tv_84", lag=3)
    return file


def sums(file: Path, start: int, end: int) -> list[tuple[int, int]]:
    return [(each.time, each.crc) for each in snapshots(file) if start <= each.time <= end]


@pytest.mark.parametrize(
    ("start", "end"), [(50_000, 51_000), (50_625, 53_500), (52_600, 52_600), (0, 50_400), (57_100, 57_700)]
)
def test_every_snapshot_of_the_window_is_the_one_of_the_source(
    made: Path, tmp_path: Path, start: int, end: int
) -> None:
    out = tmp_path / f"clip{made.suffix}"
    clip = cut(made, start, end, out)
    written = sums(out, 0, 99_999)
    assert written == sums(made, clip.start_ms, end)
    assert [each for each in written if start <= each[0]] == sums(made, start, end)
    assert len(written) == clip.snapshots == clip.rewritten + clip.copied
    assert 1 <= clip.rewritten <= 4
    assert clip.start_ms < start or clip.start_ms == sums(made, 0, 99_999)[0][0] or start > 57_000
    told = read(out)
    assert told.warnings == []
    inside = [each for each in read(made).obituaries if start <= each.time_ms <= end]
    assert [(each.time_ms, each.mod, each.headshot) for each in inside] == [
        (each.time_ms, each.mod, each.headshot) for each in told.obituaries if start <= each.time_ms
    ]
    assert list(tmp_path.iterdir()) == [out]


def test_the_clip_knows_what_was_set_before(made: Path, tmp_path: Path) -> None:
    """Names, teams and a config string that was sent in pieces are as of the clip's begin."""
    out = tmp_path / "clip.dm_84"
    cut(made, 56_000, 56_300, out)
    demo = read(out)
    assert [each.name for each in demo.players][8:] == ["somebody else"]
    whole = read(made).segments[0]
    assert demo.began is not None
    assert (demo.began.map, demo.began.viewer_slot) == (whole.map, whole.viewer_slot)


def test_a_config_string_in_pieces_survives_a_cut_between_them(tmp_path: Path) -> None:
    from slomix_greatshot.demo.reader import DemoReader
    from slomix_greatshot.simulate.recorder import Recorder

    source, out = tmp_path / "pieces.dm_84", tmp_path / "clip.dm_84"
    with source.open("wb") as stream:
        film = Recorder(stream, [("one", 1, 0), ("two", 2, 1)])
        film.step(10)
        film.command('bcs0 2 "first "\n')
        film.step(10)
        film.command('bcs1 2 "second "\n')
        film.step(10)
        film.command('bcs2 2 "third"\n')
        film.step(10)
        film.end()
    for start in (50_700, 51_200, 51_700):
        cut(source, start, 51_900, out)
        reader = DemoReader(out)
        list(reader)
        assert reader.story.strings[2] == b"first second third", start


def test_what_can_not_be_cut_is_said(made: Path, tmp_path: Path) -> None:
    out = tmp_path / "clip.dm_84"
    with pytest.raises(CutError, match="has no snapshot from 1 to 2; it holds 50000 to "):
        cut(made, 1, 2, out)
    with pytest.raises(CutError, match="crosses a new gamestate"):
        cut(made, 56_000, 58_000, out)
    with pytest.raises(CutError, match="before it begins"):
        cut(made, 3, 2, out)
    foreign = tmp_path / "foreign.dm_84"
    foreign.write_bytes(b"no demo at all")
    with pytest.raises(NotADemo):
        cut(foreign, 1, 2, out)
    assert list(tmp_path.iterdir()) == [foreign]


@pytest.mark.shared
@pytest.mark.parametrize(
    "name",
    ["gen_030s_v284_s1", "gen_005m_v282_fps40_loss2_s4", "real_v2821_scores", "bad/missing_20_messages"],
)
def test_clips_of_the_shared_demos(shared: Path, tmp_path: Path, name: str) -> None:
    source, out = shared / "data" / "demos" / f"{name}.dm_84", tmp_path / "clip.dm_84"
    clip = cut(source, 52_000, 60_000, out)
    assert sums(out, 52_000, 60_000) == sums(source, 52_000, 60_000)
    assert clip.rewritten <= 4
