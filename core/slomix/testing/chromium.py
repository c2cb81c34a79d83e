"""The system's Chromium: found, started without a window, and stopped. One process serves a whole test run."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from slomix.errors import SlomixError

#: Names a Chromium to be used instead of the one on the PATH.
VARIABLE = "SLOMIX_CHROMIUM"
PROGRAMS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
#: Nothing that talks to anybody, nothing that asks, nothing that needs a screen.
QUIET = (
    "--headless=new",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-sync",
    "--hide-scrollbars",
    "--mute-audio",
    "--no-default-browser-check",
    "--no-first-run",
    "--password-store=basic",
    "--remote-debugging-port=0",
)
START_SECONDS = 30.0
STOP_SECONDS = 5.0


def find_chromium() -> str | None:
    """The browser's program, None where there is none. A program named by `SLOMIX_CHROMIUM` must be there."""
    named = os.environ.get(VARIABLE, "")
    for program in (named,) if named else PROGRAMS:
        if found := shutil.which(program):
            return found
    return None


@contextmanager
def chromium() -> Iterator[str]:
    """A browser without a window until the block ends; gives the address that Playwright connects to."""
    program = find_chromium()
    if program is None:
        raise SlomixError(
            f"There is no Chromium here; install one (Debian: apt-get install chromium) or name it with {VARIABLE}."
        )
    # as root its sandbox refuses to start; the pages that it shows here are our own
    sandbox = ("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()
    with tempfile.TemporaryDirectory(prefix="slomix-chromium-", ignore_cleanup_errors=True) as profile:
        command = [program, *QUIET, *sandbox, f"--user-data-dir={profile}", "about:blank"]
        said = Path(profile, "said.txt")
        with said.open("wb") as log:
            process = subprocess.Popen(  # noqa: S603 - a program that the machine's owner installed
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        try:
            yield _address(process, Path(profile, "DevToolsActivePort"), said)
        finally:
            _stop(process)


def _address(process: subprocess.Popen[bytes], port: Path, said: Path) -> str:
    """The address of its debugger, as soon as it listens."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        told = port.read_text("ascii").split() if port.exists() else []
        if len(told) == 2:
            return f"ws://127.0.0.1:{told[0]}{told[1]}"
        if process.poll() is not None:
            break
        time.sleep(0.02)
    last = said.read_text("utf-8", "replace").strip()[-2000:]
    raise SlomixError(f"Chromium did not start (exit code {process.poll()}): {last}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
