"""The command line itself: help, exit codes, readable failures."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from slomix.cli.program import COMMANDS, run
from slomix.cli.program import slomix as program

Slomix = Callable[..., subprocess.CompletedProcess[str]]


def test_help_lists_every_command_with_a_line(slomix: Slomix) -> None:
    done = slomix("--help")
    assert done.returncode == 0
    for name, line in COMMANDS.items():
        assert f"  {name} " in done.stdout
        assert line in done.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_every_listed_command_is_there(name: str) -> None:
    command = program.get_command(click.Context(program), name)
    assert isinstance(command, click.Command)
    assert command.name == name
    assert run([name, "--help"]) == 0


def test_wrong_usage_is_2(slomix: Slomix) -> None:
    for arguments in (["nonsense"], ["--set", "no-equals-sign", "plugins"], ["plugins", "--nonsense"]):
        done = slomix(*arguments)
        assert done.returncode == 2
        assert "Error: " in done.stderr


def test_a_missing_settings_file_is_78_and_says_what_to_do(slomix: Slomix) -> None:
    done = slomix("up")
    assert done.returncode == 78
    assert "slomix plugins enable stats webui" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_malformed_variable_is_78_with_its_name(slomix: Slomix, tmp_path: Path) -> None:
    (tmp_path / "plugins.toml").write_text("")
    done = slomix("up", SLOMIX_WEB__PORT="eighty")
    assert done.returncode == 78
    assert "SLOMIX_WEB__PORT" in done.stderr
    assert done.stderr.count("\n") == 1


def test_version(slomix: Slomix) -> None:
    assert slomix("--version").stdout.startswith("slomix, version ")


def test_long_answers_are_whole_without_a_buffer_and_with_signals() -> None:
    size = 1 << 20
    code = (
        "import signal, click; from slomix.cli.program import write_whole; write_whole();"
        "signal.signal(signal.SIGALRM, lambda *_: None); signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01);"
        f"click.echo(b'x' * {size - 1}); signal.setitimer(signal.ITIMER_REAL, 0)"
    )
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        read = len(process.stdout.read(1))
        time.sleep(0.1)  # it fills the pipe and meets some signals while it waits
        read += len(process.stdout.read())
    assert (process.returncode, read) == (0, size)
