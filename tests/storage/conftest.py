"""Programs to kill, places to keep a cluster, and migrations to apply."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

import slomix
from slomix.storage import embedded
from slomix.storage.embedded import Status
from slomix.testing.folders import remove_cluster

#: What only root can do is tested where the tests run as root.
collect_ignore = [] if os.geteuid() == 0 else ["test_storage_as_root.py"]

PATIENCE = 90.0


class Program:
    """A child process that runs `program.py` on a data folder."""

    def __init__(self, data_dir: Path, *, python: str = sys.executable, **options: Any) -> None:
        self.process = subprocess.Popen(
            [python, str(Path(__file__).with_name("program.py")), str(data_dir)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            **options,
        )

    def read(self) -> dict[str, Any]:
        """What it says next."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the program ended"
        told: dict[str, Any] = json.loads(line)
        return told

    def do(self, command: str) -> dict[str, Any]:
        """Give it a command and read the answer."""
        self.give(command)
        return self.read()

    def give(self, command: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()

    def kill(self) -> list[dict[str, Any]]:
        """kill -9; answers what it had said and nobody read yet."""
        self.process.kill()
        assert self.process.stdout is not None
        rest = [json.loads(line) for line in self.process.stdout if line.endswith("\n")]
        self.end()
        return rest

    def leave(self) -> None:
        """Let it end by itself."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        assert self.process.wait(PATIENCE) == 0

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(PATIENCE)
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()


@pytest.fixture
def run() -> Iterator[Callable[..., Program]]:
    """Start programs; what is left of them at the end is killed."""
    started: list[Program] = []

    def start(data_dir: Path, **options: Any) -> Program:
        started.append(Program(data_dir, **options))
        return started[-1]

    yield start
    for program in started:
        program.end()


@pytest.fixture(scope="session")
def cluster() -> Iterator[Path]:
    """A data folder with a fresh cluster that does not run, to copy."""
    folder = Path(tempfile.mkdtemp(prefix="slomix-cluster-"))
    folder.chmod(0o755)

    async def make() -> None:
        await (await embedded.attach(folder)).release()
        await embedded.stop(folder)

    asyncio.run(make())
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def data(place: Path, cluster: Path) -> Path:
    """A data folder of its own with a cluster in it."""
    subprocess.run(["cp", "-a", str(cluster), str(place / "var")], check=True)
    return place / "var"


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that every account can enter. The cluster in `place / "var"` is stopped and all is removed."""
    folder = Path(tempfile.mkdtemp(prefix="slomix-place-"))
    folder.chmod(0o755)
    yield folder
    remove_cluster(folder / "var")
    shutil.rmtree(folder)


def wait_until(condition: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Poll; a file that is missing means not yet. Fails when it does not come true in time."""
    end = time.monotonic() + seconds
    while True:
        with contextlib.suppress(FileNotFoundError):
            if condition():
                return
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def postmaster(status: Status) -> int:
    """The process id of PostgreSQL itself."""
    assert status.data is not None
    return int((status.data / "postmaster.pid").read_text().split("\n")[0])


def is_alive(pid: int) -> bool:
    """Whether the process runs; one that waits to be reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def ordinary_python(account_uid: int) -> tuple[str, dict[str, str]]:
    """A Python of our version that this account can run, and the environment that finds our packages with it."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    packages = [str(Path(slomix.__file__).parents[1]), str(Path(asyncpg.__file__).parents[1])]
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": os.pathsep.join(packages), "PYTHONDONTWRITEBYTECODE": "1"}
    for python in (sys.executable, f"/usr/local/bin/{version}", f"/usr/bin/{version}"):
        try:
            subprocess.run([python, "-c", ""], check=True, user=account_uid, capture_output=True, cwd="/")
        except (OSError, subprocess.SubprocessError):
            continue
        return python, environment
    raise LookupError(f"the user with id {account_uid} can run no {version} of this machine")
