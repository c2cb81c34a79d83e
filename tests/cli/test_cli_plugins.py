"""`slomix plugins` and the one-line edits of plugins.toml."""

from __future__ import annotations

import json
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slomix.cli.choice import NEW_FILE, set_plugin
from slomix.errors import SettingsError

Slomix = Callable[..., subprocess.CompletedProcess[str]]

FILE = """\
# mine
[plugins]   # which
stats = true     # the facts
# webui later

[slomix]
strict = true
"""


def test_an_edit_changes_one_word_and_keeps_the_rest() -> None:
    assert set_plugin(FILE, "stats", False) == FILE.replace("stats = true ", "stats = false ")
    assert set_plugin(FILE, "stats", True) == FILE
    assert set_plugin(FILE, "webui", True) == FILE.replace("# webui later\n", "# webui later\nwebui = true\n")


@pytest.mark.parametrize("text", ["", "[slomix]\nstrict = true", "[plugins]", "[plugins]\n[slomix]\n", NEW_FILE])
def test_an_edit_finds_or_makes_the_table(text: str) -> None:
    edited = set_plugin(text, "stats", True)
    before, after = tomllib.loads(text), tomllib.loads(edited)
    assert after.pop("plugins") == {**before.pop("plugins", {}), "stats": True}
    assert after == before


@pytest.mark.parametrize("text", ["plugins = {stats = true}\n", "plugins.stats = true\n", "broken ="])
def test_an_edit_that_can_not_be_done_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match=r"set stats = false below \[plugins\]"):
        set_plugin(text, "stats", False)


NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)


@given(st.lists(st.tuples(NAMES, st.booleans()), max_size=6))
def test_any_sequence_of_edits_is_what_the_file_says(edits: list[tuple[str, bool]]) -> None:
    text = NEW_FILE
    for name, on in edits:
        text = set_plugin(text, name, on)
    assert tomllib.loads(text)["plugins"] == dict(edits)
    assert [line for line in text.splitlines() if line.startswith("#")] == [
        line for line in NEW_FILE.splitlines() if line.startswith("#")
    ]


def test_enable_makes_the_file_and_disable_edits_it(slomix: Slomix, tmp_path: Path) -> None:
    done = slomix("plugins", "enable", "stats", "webui")
    assert done.returncode == 0, done.stderr
    file = tmp_path / "plugins.toml"
    assert tomllib.loads(file.read_text())["plugins"] == {"stats": True, "webui": True}
    assert slomix("plugins", "disable", "webui").returncode == 0
    assert tomllib.loads(file.read_text())["plugins"] == {"stats": True, "webui": False}


def test_enable_works_while_the_file_holds_a_mistake(slomix: Slomix, tmp_path: Path) -> None:
    file = tmp_path / "plugins.toml"
    file.write_text("[plugins]\nstats = true\n\n[slomix]\nnonsense = 1\n")
    assert slomix("plugins", "disable", "stats").returncode == 0
    assert "stats = false" in file.read_text()


def test_a_plugin_that_is_not_installed_is_not_enabled_and_nothing_is_written(slomix: Slomix, tmp_path: Path) -> None:
    done = slomix("plugins", "enable", "stats", "nonsense")
    assert done.returncode == 1
    assert "nonsense" in done.stderr
    assert "installed are: availability, greatshot, stats, voice, webui." in done.stderr
    assert not (tmp_path / "plugins.toml").exists()
    (tmp_path / "plugins.toml").write_text("[plugins]\nghost = true\n")
    assert slomix("plugins", "disable", "ghost").returncode == 0


def test_the_list_needs_no_database_and_no_file(slomix: Slomix, tmp_path: Path) -> None:
    rows = {row["name"]: row for row in json.loads(slomix("plugins", "--json").stdout)}
    assert rows["stats"]["state"] == "disabled"
    (tmp_path / "plugins.toml").write_text("[plugins]\nstats = true\nghost = true\n")
    rows = {row["name"]: row for row in json.loads(slomix("plugins", "--json").stdout)}
    assert {name: row["state"] for name, row in rows.items()} == {
        "stats": "stopped",
        "ghost": "missing",
        "webui": "disabled",
        "availability": "disabled",
        "greatshot": "disabled",
        "voice": "disabled",
    }
    assert set(rows["stats"]) == {"name", "version", "state", "reason", "hooks"}
    assert all(row["reason"] for row in rows.values())
    assert "ghost" in slomix("plugins").stdout
    assert not (tmp_path / "var").exists()
