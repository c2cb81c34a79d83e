"""`slomix db` and `slomix migrate`, as a person types them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from slomix.storage.migrate import core_migrations
from slomix.storage.sources import read_files

Slomix = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def slomix(data: Path) -> Slomix:
    """Run the program on a data folder, with no plugin enabled."""
    config = data.parent / "plugins.toml"
    config.write_text("[plugins]\n")

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", "import sys; from slomix.cli import main; sys.exit(main())", *arguments]
        keep = {name: value for name, value in os.environ.items() if not name.startswith("SLOMIX_")}
        settings = {"SLOMIX_CONFIG": str(config), "SLOMIX_DATA_DIR": str(data)}
        return subprocess.run(
            command, capture_output=True, text=True, check=False, cwd=data.parent, env=keep | settings | environment
        )

    return run


def test_migrate_says_what_it_will_do_does_and_did(slomix: Slomix) -> None:
    names = [file.id for file in read_files(core_migrations())]
    planned = slomix("migrate", "--plan")
    assert planned.stdout.split() == [word for name in names for word in ("pending", name)]
    done = slomix("migrate")
    assert (done.returncode, done.stdout.split()) == (0, [word for name in names for word in ("applied", name)])
    assert slomix("migrate", "--status").stdout.split() == done.stdout.split()
    assert slomix("migrate").stdout == slomix("migrate", "--plan").stdout == "nothing to do\n"


def test_the_embedded_database_is_looked_after(slomix: Slomix, data: Path, run: Callable[..., object]) -> None:
    assert json.loads(slomix("db", "status", "--json").stdout)["running"] is False
    assert slomix("db", "dsn").returncode == 1
    assert slomix("db", "shell", "-Atc", "select 6 * 7").stdout == "42\n"
    assert slomix("db", "shell", "-c", "select nonsense").returncode == 1
    program = run(data)
    told = program.read()  # type: ignore[attr-defined]
    assert slomix("db", "dsn").stdout.strip() == told["dsn"]
    assert slomix("db", "status").stdout.startswith("running\n")
    assert slomix("db", "stop").stdout == "stopped\n"
    assert slomix("db", "stop").stdout == "it was not running\n"


def test_a_server_of_its_own_is_left_alone(slomix: Slomix, dsn: str) -> None:
    assert slomix("db", "stop", SLOMIX_DATABASE__URL=dsn).returncode == 1
    assert slomix("db", "dsn", SLOMIX_DATABASE__URL="postgresql://bob:x@db/club").stdout == "postgresql://bob@db/club\n"
    assert slomix("migrate", SLOMIX_DATABASE__URL=dsn).stdout == "nothing to do\n"
