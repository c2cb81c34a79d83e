"""`slomix db` and `slomix migrate`, as a person types them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from slomix.cli.program import run as run_slomix
from slomix.storage.migrate import core_migrations
from slomix.storage.sources import read_files

if TYPE_CHECKING:
    from .conftest import Program

Slomix = Callable[..., tuple[int, str]]


@pytest.fixture
def slomix(data: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Slomix:
    """Type a command on a data folder, with no plugin enabled; answers the exit code and the standard output."""
    config = data.parent / "plugins.toml"
    config.write_text("[plugins]\n")
    for name in [name for name in os.environ if name.startswith("SLOMIX_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SLOMIX_CONFIG", str(config))
    monkeypatch.setenv("SLOMIX_DATA_DIR", str(data))

    def type_in(*arguments: str) -> tuple[int, str]:
        capfd.readouterr()
        code = run_slomix(list(arguments))
        return code, capfd.readouterr().out

    return type_in


def test_migrate_says_what_it_will_do_does_and_did(slomix: Slomix) -> None:
    names = [file.id for file in read_files(core_migrations())]
    pending = "".join(f"pending  {name}\n" for name in names)
    applied = "".join(f"applied  {name}\n" for name in names)
    assert slomix("migrate", "--plan") == (0, pending)
    assert slomix("migrate") == (0, applied)
    assert slomix("migrate", "--status") == (0, applied)
    assert slomix("migrate") == slomix("migrate", "--plan") == (0, "nothing to do\n")


def test_the_embedded_database_is_looked_after(slomix: Slomix, data: Path, run: Callable[..., Program]) -> None:
    assert json.loads(slomix("db", "status", "--json")[1])["running"] is False
    assert slomix("db", "dsn")[0] == 1
    assert slomix("db", "shell", "-Atc", "select 6 * 7") == (0, "42\n")
    assert slomix("db", "shell", "-c", "select nonsense")[0] == 1
    told = run(data).read()
    assert slomix("db", "dsn") == (0, f"{told['dsn']}\n")
    assert slomix("db", "status")[1].startswith("running\n")
    assert slomix("db", "stop") == (0, "stopped\n")
    assert slomix("db", "stop") == (0, "it was not running\n")


def test_a_server_of_its_own_is_left_alone(slomix: Slomix, dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLOMIX_DATABASE__URL", dsn)
    assert slomix("db", "stop")[0] == 1
    assert slomix("migrate") == (0, "nothing to do\n")
    monkeypatch.setenv("SLOMIX_DATABASE__URL", "postgresql://bob:x@db/club")
    assert slomix("db", "dsn") == (0, "postgresql://bob@db/club\n")
