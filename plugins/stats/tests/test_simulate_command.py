"""`slomix simulate` as a person types it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import pytest

from slomix.cli.program import run
from slomix_stats.simulate import simulate

INTERRUPT_AFTER_S = 20


def choose(folder: Path, **plugins: bool) -> list[str]:
    """Options that make this choice of plugins."""
    config = folder / "plugins.toml"
    lines = [f"{name} = {str(chosen).lower()}" for name, chosen in plugins.items()]
    config.write_text("\n".join(["schema = 1", "[plugins]", *lines, ""]))
    return ["--config", str(config)]


def test_it_writes_what_the_generator_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked, expected = tmp_path / "asked", tmp_path / "expected"
    line = ["simulate", "--out", str(asked), "--seed", "3", "--rounds", "12", "--start", "2026-03-04T20:15"]
    assert run([*choose(tmp_path, stats=True), *line]) == 0
    assert capsys.readouterr().out == f"12 files in {asked}\n"
    list(simulate(expected, seed=3, rounds=12, start=datetime.fromisoformat("2026-03-04T20:15")))
    assert {p.name: p.read_bytes() for p in asked.iterdir()} == {p.name: p.read_bytes() for p in expected.iterdir()}
    assert min(asked.iterdir()).name.startswith("2026-03-04-20")


def test_without_a_simulator_it_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*choose(tmp_path, stats=False), "simulate", "--out", str(tmp_path / "out")]) == 1
    assert "`slomix plugins enable stats`" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_folder_that_can_not_be_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    out = tmp_path / "file" / "out"
    assert run([*choose(tmp_path, stats=True), "simulate", "--out", str(out)]) == 1
    assert f"slomix: {out} can not be filled: Not a directory; choose" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--start", "tomorrow"], "2026-09-01T21:00"),
        (["--played", "8"], "--played goes with --speed"),
        (["--rounds", "0"], "1<=x<=20000"),
    ],
)
def test_what_can_not_be_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], told: str
) -> None:
    assert run([*choose(tmp_path, stats=True), "simulate", "--out", str(tmp_path / "out"), *options]) == 2
    assert told in capsys.readouterr().err


def test_a_live_feed_ends_when_it_is_interrupted(tmp_path: Path) -> None:
    out = tmp_path / "out"
    line = ["simulate", "--out", str(out), "--speed", "2000", "--played", "6"]
    program = [sys.executable, "-c", "import sys; from slomix.cli import main; sys.exit(main())"]
    with subprocess.Popen(
        [*program, *choose(tmp_path, stats=True), *line], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ
    ) as feed:
        late = time.monotonic() + INTERRUPT_AFTER_S
        while not (out.is_dir() and len(list(out.glob("*.txt"))) > 7):
            assert time.monotonic() < late, "no file of the live feed came"
            time.sleep(0.05)
        feed.send_signal(signal.SIGINT)
        told, _ = feed.communicate(timeout=10)
    assert feed.returncode == 0
    files = list(out.iterdir())
    assert told.decode() == f"{len(files)} files in {out}\n"
    assert all(path.read_bytes().endswith(b"\n") for path in files)
