"""`slomix greatshot …` as people and programs run it: no settings, no database, the plugin off."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.shared


def slomix(home: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "slomix", "greatshot", *map(str, arguments)],
        cwd=home,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def demos(shared: Path) -> Path:
    return shared / "data" / "demos"


def test_scan_writes_one_object_per_file(demos: Path, tmp_path: Path) -> None:
    good, bad = demos / "real_v2821_scores.dm_84", demos / "bad" / "text_file.dm_84"
    done = slomix(tmp_path, "scan", "--json", "--jobs", "2", good, bad, good)
    assert (done.returncode, done.stderr) == (1, "")
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [each["file"] for each in told] == [str(good), str(bad), str(good)]
    assert [each["ok"] for each in told] == [True, False, True]
    first = told[0]
    assert (first["protocol"], first["map"], first["snapshots"], first["duration_ms"]) == (84, "adlernest", 712, 17775)
    assert first["reader"] in {"native", "python"}
    assert first["players"][1] == {"slot": 1, "name": "^o[BOT]^7Bean", "guid": None, "team": "axis"}
    assert first["obituaries"][3] == {
        "time_ms": 58150,
        "attacker_slot": 3,
        "victim_slot": 2,
        "mod": 8,
        "mod_name": "mp40",
        "kind": "kill",
        "headshot": True,
    }
    assert "highlights" in first
    assert "text_file.dm_84 is not a demo" in told[1]["error"]


def test_scan_tells_people(demos: Path, tmp_path: Path) -> None:
    done = slomix(tmp_path, "scan", demos / "bad" / "trunc_mid_header.dm_84", tmp_path / "none.dm_84")
    assert done.returncode == 1
    assert "radar, 0:15, 13 players" in done.stdout
    assert "warning: the file ends at byte 95839, inside the header of a message" in done.stdout
    assert f"{tmp_path / 'none.dm_84'} can not be read: No such file or directory" in done.stdout


def test_snapshots_writes_checksums(demos: Path, tmp_path: Path) -> None:
    done = slomix(tmp_path, "snapshots", demos / "real_v2821_scores.dm_84")
    lines = done.stdout.splitlines()
    assert (done.returncode, len(lines)) == (0, 712)
    assert json.loads(lines[-1]) == {"i": 711, "time": 66750, "crc": 8084602}


def test_help_is_there_without_settings(tmp_path: Path) -> None:
    done = slomix(tmp_path, "--help")
    assert done.returncode == 0
    assert "snapshots" in done.stdout
