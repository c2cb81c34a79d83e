"""`slomix settings`: every value with its source, and no secret."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

Slomix = Callable[..., subprocess.CompletedProcess[str]]


def test_every_value_has_its_source_and_secrets_are_hidden(slomix: Slomix, tmp_path: Path) -> None:
    file = tmp_path / "plugins.toml"
    file.write_text("[plugins]\nstats = true\n[slomix.web]\nport = 9000\n")
    told = {"SLOMIX_DISCORD__TOKEN": "canary-1", "SLOMIX_WEB__HOST": "0.0.0.0"}
    done = slomix("-s", "discord.post_max_age=5", "settings", "--json", **told)
    assert done.returncode == 0, done.stderr
    rows = {row["key"]: (row["value"], row["source"]) for row in json.loads(done.stdout)}
    assert rows["slomix.web.port"] == ("9000", f"{file}:4")
    assert rows["slomix.web.host"] == ("0.0.0.0", "SLOMIX_WEB__HOST")
    assert rows["slomix.discord.post_max_age"] == ("5", "-s discord.post_max_age")
    assert rows["slomix.discord.token"] == ("***", "SLOMIX_DISCORD__TOKEN")
    assert rows["slomix.timezone"] == ("Europe/Ljubljana", "default")
    assert rows["settings.stats.min_rounds"][1] == "default"
    plain = slomix("settings", **told).stdout
    assert "slomix.web.port" in plain
    assert "canary" not in done.stdout + plain
