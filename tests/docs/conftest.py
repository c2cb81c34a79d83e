"""A workshop: an environment of its own on top of this one, so that plugins can be installed and thrown away."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import venv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from slomix.testing.folders import private_data_dir

Ran = subprocess.CompletedProcess[str]

#: pip without a network: what a plugin needs is there already.
OFFLINE = {"PIP_NO_DEPS": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


@dataclass(frozen=True)
class Workshop:
    """An empty folder, and the variables with which commands run in it. `slomix`, `pip` and `pytest` are its own."""

    folder: Path
    environ: dict[str, str]

    def run(self, command: str, *, timeout: float = 280) -> Ran:
        """A shell command in the folder; output and errors are together in `stdout`."""
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", command],
            cwd=self.folder,
            env=self.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=timeout,
            check=False,
        )

    def do(self, command: str) -> str:
        """A shell command that must succeed; answers what it said."""
        done = self.run(command)
        assert done.returncode == 0, f"{command}\n{done.stdout}"
        return done.stdout


@pytest.fixture(scope="module")
def workshop() -> Iterator[Workshop]:
    """One workshop for the tests of a file."""
    place = Path(tempfile.mkdtemp(prefix="slomix-workshop-"))
    place.chmod(0o755)
    with private_data_dir() as data_dir:
        folder, environment = place / "work", place / "venv"
        folder.mkdir()
        _make_environment(environment)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("SLOMIX_", "PYTEST_", "COV"))}
        yield Workshop(
            folder,
            kept
            | OFFLINE
            | {
                "PATH": f"{environment / 'bin'}{os.pathsep}{kept['PATH']}",
                "VIRTUAL_ENV": str(environment),
                "SLOMIX_DATA_DIR": str(data_dir),
                "SLOMIX_WEB__PORT": "0",
                "SLOMIX_LOG__LEVEL": "error",
                "COLUMNS": "200",
            },
        )
    shutil.rmtree(place)


def _make_environment(folder: Path) -> None:
    """Where pip installs into the new environment, and everything that is here can be imported too."""
    venv.create(folder, symlinks=True)
    site = next((folder / "lib").glob("python*/site-packages"))
    here = sysconfig.get_paths()["purelib"]
    (site / "outer.pth").write_text(f"import site; site.addsitedir({here!r})\n")
    for name, module in (("slomix", "slomix"), ("pip", "pip"), ("pytest", "pytest")):
        script = folder / "bin" / name
        script.write_text(f'#!/bin/sh\nexec "{folder / "bin" / "python"}" -m {module} "$@"\n')
        script.chmod(0o755)
    assert sys.prefix != str(folder)
