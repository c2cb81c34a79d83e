"""`.env.example` is what the settings' classes say, and names no secret's value."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from slomix.settings import CoreSettings, load

ROOT = Path(__file__).parents[2]
ENTRY = re.compile(r"^#(SLOMIX_[A-Z0-9_]+)=(.*)$", re.MULTILINE)


def written() -> str:
    return (ROOT / ".env.example").read_text("utf-8")


def test_it_is_current() -> None:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("SLOMIX_")}
    command = [sys.executable, "-m", "slomix", "--config", str(ROOT / "plugins.toml"), "settings", "--env-example"]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
    assert done.stdout == written(), "the settings changed: run `make env-example`"


def test_every_variable_says_what_it_is_and_secrets_are_empty() -> None:
    entries = dict(ENTRY.findall(written()))
    assert {"SLOMIX_DISCORD__TOKEN", "SLOMIX_DATABASE__PASSWORD", "SLOMIX_STATS__MIN_ROUNDS"} <= entries.keys()
    for block in written().split("\n\n"):
        if ENTRY.search(block):
            assert re.match(r"# \S.*\n", block), f"no description: {block}"
    hidden = [name for name in entries if re.search(r"TOKEN|PASSWORD|SECRET|KEY", name)]
    assert [name for name in hidden if entries[name]] == []


def test_what_it_shows_are_the_defaults(tmp_path: Path) -> None:
    file = tmp_path / "plugins.toml"
    file.write_text("[plugins]\nstats = true\n")
    shown = {name: value for name, value in ENTRY.findall(written()) if value}
    told, untold = load(file, environ=shown), load(file, environ={})
    assert len(shown) > 10
    assert told.core.model_copy(update={"data_dir": untold.core.data_dir}) == untold.core
    assert told.core.model_fields_set < set(CoreSettings.model_fields)
