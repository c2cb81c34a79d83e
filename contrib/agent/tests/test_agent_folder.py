"""`slomix servers agent`: a folder that is ready for a game host."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any


def run(home: Path, dsn: str, *options: str) -> subprocess.CompletedProcess[str]:
    (home / "plugins.toml").write_text("")
    command = [sys.executable, "-m", "slomix", "servers", "agent", "our server", "--out", "agent", *options]
    environ = {name: value for name, value in os.environ.items() if not name.startswith("SLOMIX_")}
    environ |= {"SLOMIX_DATABASE__URL": dsn}
    return subprocess.run(command, cwd=home, env=environ, capture_output=True, text=True, timeout=60, check=False)


def test_a_folder_has_all_that_a_game_host_needs(agent: Any, dsn: str, tmp_path: Path) -> None:
    refused = run(tmp_path, dsn)
    assert (refused.returncode, "--url" in refused.stderr) == (2, True)
    done = run(tmp_path, dsn, "--url", "https://stats.example.org/slomix")
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "agent"
    names = ["slomix-agent.ini", "slomix-agent.service", "slomix-agent.token", "slomix_agent.py"]
    assert sorted(path.name for path in folder.iterdir()) == names
    token = (folder / "slomix-agent.token").read_text().strip()
    assert token not in done.stdout + done.stderr
    assert (folder / "slomix-agent.token").stat().st_mode & 0o077 == 0
    ini = folder / "slomix-agent.ini"
    ini.write_text(ini.read_text().replace("/etc/slomix-agent.token", str(folder / "slomix-agent.token")))
    settings = agent.Settings(ini)
    assert (settings.url, settings.token) == ("https://stats.example.org/slomix", token)
    again = run(tmp_path, dsn, "--url", "https://stats.example.org")
    assert again.returncode == 1
    assert "already" in again.stderr
