"""The program as a person runs it: a process with arguments, variables and an exit code."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Ran = subprocess.CompletedProcess[str]
Slomix = Callable[..., Ran]


@pytest.fixture
def slomix(tmp_path: Path) -> Slomix:
    """`slomix("plugins", "--json", SLOMIX_WEB__PORT="1")` runs in a folder of the test's own."""

    def run(*arguments: str, **variables: str) -> Ran:
        environ = {name: value for name, value in os.environ.items() if not name.startswith("SLOMIX_")}
        return subprocess.run(
            [sys.executable, "-m", "slomix", *arguments],
            cwd=tmp_path,
            env={**environ, **variables},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run
