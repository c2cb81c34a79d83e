"""Names of files, clips and scripts: nothing of what people call themselves gets through as it is."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slomix_greatshot.api import HighlightLine
from slomix_greatshot.intake.naming import recorded_at, safe_name, suffix_of
from slomix_greatshot.render.clipname import batch_script, clip_stem, shell_script
from slomix_greatshot.store.files import Vault

ZONE = ZoneInfo("Europe/Ljubljana")
LINE = HighlightLine(
    highlight_id="0a1b2c3d4e5f", demo_id="ffffffffffff", kind="multikill", title="Multikill", player="x",
    player_raw="x", player_id=None, map="supply", round_id=None, recorded_at=None,
    uploaded_at=datetime(2026, 1, 1, tzinfo=UTC), clock_s=1,
    seconds=2.0, kills=3, headshots=1, score=30.0, explanation="x: y", has_clip=True,
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.dm_84", "dm_84"),
        ("A.TV_84", "tv_84"),
        ("a.dm_83", "dm_83"),
        ("a.dm_82", None),
        ("a.dm_84.zip", None),
        ("", None),
    ],
)
def test_only_demos_are_demos(name: str, expected: str | None) -> None:
    assert suffix_of(name) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("2026-05-01-213000-supply.dm_84", datetime(2026, 5, 1, 21, 30, tzinfo=ZONE)),
        ("2026_05_01_21-30-00_x.dm_84", datetime(2026, 5, 1, 21, 30, tzinfo=ZONE)),
        ("2026-05-01-supply.dm_84", None),
        ("2026-13-01-213000-supply.dm_84", None),
        ("frag.dm_84", None),
    ],
)
def test_when_it_was_recorded(name: str, expected: datetime | None) -> None:
    assert recorded_at(name, ZONE) == expected


@given(st.text(max_size=300))
def test_a_safe_name_has_nothing_dangerous(name: str) -> None:
    made = safe_name(f"{name}.dm_84")
    assert made.endswith(".dm_84")
    assert len(made) <= 120
    assert made.isascii()
    assert not set(made) & set("/\\\"'<>;\r\n%")


@given(st.text(max_size=100), st.text(max_size=100))
def test_a_clip_is_called_by_letters_and_digits(player: str, map_name: str) -> None:
    stem = clip_stem(replace(LINE, player=player, map=map_name))
    assert stem.replace("_", "a").isalnum()
    assert stem.isascii()


def test_the_script_plays_the_clip(tmp_path: Path) -> None:
    """Run it with a game that only tells what it was given."""
    game = tmp_path / "game"
    game.write_text('#!/bin/sh\necho "$@"\n')
    game.chmod(0o755)
    (tmp_path / "clip_1.dm_84").write_bytes(b"clip")
    script = tmp_path / "play.sh"
    script.write_text(shell_script("clip_1.dm_84"))
    home = tmp_path / "home of games"
    environment = {"PATH": "/usr/bin:/bin", "ET": str(game), "HOMEPATH": str(home)}
    told = subprocess.run(["/bin/sh", str(script)], env=environment, capture_output=True, text=True, check=True)
    assert told.stdout.split()[-2:] == ["+demo", "clip_1"]
    assert (home / "legacy" / "demos" / "clip_1.dm_84").read_bytes() == b"clip"
    assert "clip_1.dm_84" in batch_script("clip_1.dm_84")


@pytest.mark.parametrize("stored", ["../x.dm_84", "a/b.dm_84", "abc.dm_84", "0" * 32, ".dm_84", ""])
def test_the_vault_knows_its_own_names_only(tmp_path: Path, stored: str) -> None:
    with pytest.raises(ValueError, match="no name of a stored file"):
        Vault(tmp_path).place("demos", stored)
