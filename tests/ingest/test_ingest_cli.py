"""The commands as people and programs call them."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.plugins("stats")

SLOMIX = Path(sys.executable).parent / "slomix"
Slomix = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def slomix(dsn: str, tmp_path: Path) -> Slomix:
    """`slomix(*arguments)` with a plugins.toml of its own and the test's database."""
    config = tmp_path / "plugins.toml"
    config.write_text("schema = 1\n[plugins]\nstats = true\n")
    environment = {**os.environ, "SLOMIX_DATABASE__URL": dsn}

    def run(*arguments: Any, **changes: str) -> subprocess.CompletedProcess[str]:
        command = [str(SLOMIX), "--config", str(config), *map(str, arguments)]
        return subprocess.run(command, env={**environment, **changes}, capture_output=True, text=True, check=False)

    return run


@pytest.fixture
def folder(tmp_path: Path, files: Any) -> Path:
    """A match and a damaged file, one of them in a folder below."""
    folder = tmp_path / "gamestats"
    (folder / "old").mkdir(parents=True)
    first, second = files.round("2025-10-19-210000"), files.round("2025-10-19-210800", number=2, limit="8:00")
    (folder / second[0]).write_bytes(second[1])
    (folder / "old" / first[0]).write_bytes(first[1])
    (folder / "2025-10-19-220000-supply-round-1.txt").write_bytes(first[1][:-1])
    (folder / ".hidden").write_bytes(b"x")
    return folder


def test_import_prints_the_record(slomix: Slomix, folder: Path) -> None:
    done = slomix("ingest", folder, "--server", "Pub", "--json")
    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)
    assert list(record) == [
        "received", "imported", "duplicate", "empty", "quarantined", "ignored", "seconds", "files",
    ]  # fmt: skip
    assert [record[key] for key in list(record)[:6]] == [4, 2, 0, 0, 1, 1]
    assert record["files"] == [
        {"name": ".hidden", "outcome": "ignored", "reason": None},
        {"name": "2025-10-19-210000-supply-round-1.txt", "outcome": "imported", "reason": None},
        {"name": "2025-10-19-210800-supply-round-2.txt", "outcome": "imported", "reason": None},
        {"name": "2025-10-19-220000-supply-round-1.txt", "outcome": "quarantined", "reason": "truncated"},
    ]
    again = json.loads(slomix("ingest", "--json", folder).stdout)
    assert [again[key] for key in list(again)[:6]] == [4, 0, 3, 0, 0, 1]

    told = json.loads(slomix("ingest", "status", "--json").stdout)
    assert (told["imported"], told["quarantined"], told["reasons"]) == (2, 1, {"truncated": 1})
    assert "1 files tried" in slomix("ingest", "retry", "--all").stdout
    shown = slomix("ingest", "show", "2025-10-19-210000-supply-round-1.txt")
    assert "server  Pub" in shown.stdout
    raw = slomix("ingest", "show", "--raw", "2025-10-19-220000-supply-round-1.txt").stdout
    assert raw == (folder / "2025-10-19-220000-supply-round-1.txt").read_text()


def test_a_dry_run_needs_no_database(slomix: Slomix, folder: Path) -> None:
    done = slomix("ingest", folder, "--dry-run", "--json", SLOMIX_DATABASE__URL="postgresql://nobody@127.0.0.1:9/none")
    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)
    assert [record[key] for key in list(record)[:6]] == [4, 2, 0, 0, 1, 1]


def test_a_person_gets_a_summary(slomix: Slomix, folder: Path) -> None:
    done = slomix("ingest", folder)
    assert "imported  2" in done.stdout
    assert "truncated" in done.stderr
    assert "\x1b" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["ingest", "/nowhere/at/all"], 2),
        (["ingest"], 2),
        (["ingest", "show", "nope"], 1),
        (["export", "nothing"], 2),
        (["servers", "token", "nope"], 1),
    ],
)
def test_what_can_not_be_done_is_said(slomix: Slomix, arguments: list[str], code: int) -> None:
    done = slomix(*arguments)
    assert done.returncode == code
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr


def test_exports_are_the_same_in_both_formats(slomix: Slomix, folder: Path, tmp_path: Path) -> None:
    slomix("ingest", folder)
    lines = [json.loads(line) for line in slomix("export", "player-rounds").stdout.splitlines()]
    assert len(lines) == 4
    table = list(csv.reader(io.StringIO(slomix("export", "player-rounds", "--format", "csv").stdout)))
    assert table[0] == list(lines[0])
    assert table[1:] == [["" if value is None else str(value) for value in line.values()] for line in lines]
    target = tmp_path / "sessions.ndjson"
    done = slomix("export", "sessions", "-o", target)
    assert (done.returncode, done.stdout) == (0, "")
    (session,) = [json.loads(line) for line in target.read_text().splitlines()]
    assert (session["rounds"], session["matches"], session["players"]) == (2, 1, 2)
    assert [path.name for path in tmp_path.iterdir() if "sessions" in path.name] == ["sessions.ndjson"]


def test_servers_and_tokens(slomix: Slomix) -> None:
    assert slomix("servers", "add", "Pub").returncode == 0
    assert slomix("servers", "add", "Pub").returncode == 1
    token = slomix("servers", "token", "Pub").stdout.strip()
    second = slomix("servers", "token", "Pub", "--revoke-others").stdout.strip()
    assert token.startswith("slx_")
    assert token != second
    (line,) = json.loads(slomix("servers", "list", "--json").stdout)
    assert (line["name"], line["tokens"], line["rounds"]) == ("Pub", 1, 0)
