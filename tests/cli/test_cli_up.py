"""`slomix up` as a process: it says when it is ready, lives with a broken plugin, and stops when asked."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

Slomix = Callable[..., subprocess.CompletedProcess[str]]

BROKEN = """
from slomix.plugin import Plugin, hookimpl

class Broken(Plugin):
    name = "broken"

    @hookimpl
    async def startup(self, ctx):
        raise SystemExit(3)

plugin = Broken()
"""


def install_broken(folder: Path) -> Path:
    info = folder / "slomix_broken-1.0.dist-info"
    info.mkdir(parents=True)
    (folder / "slomix_broken.py").write_text(BROKEN)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: slomix-broken\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[slomix]\nbroken = slomix_broken:plugin\n")
    return folder


@contextmanager
def running(folder: Path, *arguments: str, path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`slomix up` and its ready line."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("SLOMIX_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "slomix", "up", "--port", "0", *arguments],
        cwd=folder,
        env={**environ, "PYTHONPATH": str(path)},
        stdout=subprocess.PIPE,
        stderr=(folder / "log").open("w"),
        text=True,
    )
    assert process.stdout is not None
    try:
        yield process, process.stdout.readline()
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_it_runs_beside_a_broken_plugin_and_stops_in_order(slomix: Slomix, tmp_path: Path) -> None:
    site = install_broken(tmp_path / "site")
    (tmp_path / "inbox").mkdir()
    (tmp_path / "plugins.toml").write_text(
        "[plugins]\nbroken = true\nstats = true\n\n[slomix.ingest]\nfolders = ['inbox']\n"
    )
    with running(tmp_path, path=site) as (process, line):
        assert line.startswith("Slomix is up: http://127.0.0.1:"), (tmp_path / "log").read_text()
        assert f"watching {tmp_path / 'inbox'}" in line
        assert "Discord off: no token" in line
        url = re.search(r"http://\S+", line)
        assert url is not None
        assert urllib.request.urlopen(f"{url[0]}/healthz").status == 200
        listed = slomix("plugins", "--json", PYTHONPATH=str(site))
        states = {row["name"]: row for row in json.loads(listed.stdout)}
        assert states["stats"]["state"] == "running"
        assert "register_parsers" in states["stats"]["hooks"]
        assert states["broken"]["state"] == "failed"
        assert "startup: SystemExit: 3" in states["broken"]["reason"]
        asked = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0
        assert time.monotonic() - asked < 30


def test_strict_refuses_to_start(slomix: Slomix, tmp_path: Path) -> None:
    site = install_broken(tmp_path / "site")
    (tmp_path / "plugins.toml").write_text("[plugins]\nbroken = true\n\n[slomix]\nstrict = true\n")
    done = slomix("up", "--port", "0", PYTHONPATH=str(site))
    assert done.returncode == 3
    assert "broken is failed: startup: SystemExit: 3" in done.stderr


def test_a_port_that_is_taken_ends_it_with_the_setting_to_change(slomix: Slomix, tmp_path: Path) -> None:
    (tmp_path / "plugins.toml").write_text("")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = slomix("up", "--port", str(taken.getsockname()[1]))
    assert done.returncode == 3
    assert "SLOMIX_WEB__PORT" in done.stderr
    assert "Traceback" not in done.stderr
