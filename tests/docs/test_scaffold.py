"""`slomix plugin new` writes a plugin that installs, runs, passes its own tests and all checks at once."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Protocol

import pytest

from slomix.cli.scaffold import version_range, write
from slomix.errors import PluginError

#: Several processes one after the other, on machines that do other things too.
pytestmark = pytest.mark.timeout(300)


class Workshop(Protocol):
    folder: Path

    def run(self, command: str) -> subprocess.CompletedProcess[str]: ...
    def do(self, command: str) -> str: ...


@pytest.fixture(scope="module")
def made(workshop: Workshop) -> Path:
    """A new plugin, installed and turned on as the three printed commands say."""
    told = workshop.do("slomix plugin new war_medals")
    assert "slomix-war-medals" in told
    steps = [line.strip() for line in told.splitlines() if line.startswith("  ")]
    assert [step.split()[-1] for step in steps] == ["slomix-war-medals", "war_medals", "war_medals"]
    for step in steps[:2]:
        workshop.do(step)
    return workshop.folder / "slomix-war-medals"


def test_it_is_listed_as_enabled(workshop: Workshop, made: Path) -> None:
    states = {state["name"]: state for state in json.loads(workshop.do("slomix plugins --json"))}
    assert states["war_medals"]["state"] == "stopped"
    assert states["stats"]["state"] == "disabled"


def test_it_runs_and_shows_what_was_imported(workshop: Workshop, made: Path) -> None:
    workshop.do("slomix simulate --out inbox --rounds 4")
    report = json.loads(workshop.do("slomix ingest --json inbox"))
    assert (report["imported"], report["quarantined"]) == (4, 0)
    rows = [json.loads(line) for line in workshop.do("slomix export war_medals-points").splitlines()]
    assert len(rows) == 16


def test_its_own_tests_pass(workshop: Workshop, made: Path) -> None:
    told = workshop.do("cd slomix-war-medals && pytest -q -p no:cacheprovider -k 'not Contract'")
    assert "4 passed" in told


def test_it_is_gold_at_once(workshop: Workshop, made: Path) -> None:
    answer = json.loads(workshop.run("slomix plugin check slomix-war-medals --json").stdout)
    assert [check for check in answer["checks"] if not check["passed"]] == []
    assert (answer["plugin"], answer["tier"]) == ("war_medals", "gold")
    assert len(answer["checks"]) >= 25


def test_its_code_is_as_clean_as_ours(made: Path) -> None:
    rules = ["--isolated", "--line-length", "120"]
    for command in (["check", "--select", "E,W,F,I,UP,B,SIM,C4,RET,RUF"], ["format", "--check"]):
        arguments = [sys.executable, "-m", "ruff", *command, *rules, "."]
        done = subprocess.run(arguments, cwd=made, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("War", "begin with a-z"),
        ("1st", "begin with a-z"),
        ("a-b", "a-z, 0-9 and _"),
        ("web", "word of the core"),
        ("plugins", "word of the core"),
        ("stats", "installed already"),
    ],
)
def test_a_name_that_can_not_be_is_refused(workshop: Workshop, name: str, reason: str) -> None:
    done = workshop.run(f"slomix plugin new {name}")
    assert done.returncode == 1
    assert reason in done.stdout
    assert not (workshop.folder / f"slomix-{name}").exists()


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(PluginError, match="not empty; nothing was written"):
        write("medals", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_plugin_that_is_not_installed_is_told_how(workshop: Workshop) -> None:
    workshop.do("slomix plugin new absent --dir elsewhere")
    done = workshop.run("slomix plugin check elsewhere")
    assert done.returncode == 1
    assert "pip install -e elsewhere" in done.stdout
    assert "neither" in workshop.run("slomix plugin check nowhere").stdout


def test_the_range_is_this_minor_version() -> None:
    assert version_range().startswith(">=")
    assert ",<" in version_range()
