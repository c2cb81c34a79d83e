"""The programs that must work while a plugin is broken: they run it in no process of theirs, or not at all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Install = Callable[..., None]


@pytest.fixture
def slomix(tmp_path: Path, site: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """The program in a process that sees the test's plugins."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        environ = {name: value for name, value in os.environ.items() if not name.startswith("SLOMIX_")}
        return subprocess.run(
            [sys.executable, "-m", "slomix", *arguments],
            cwd=tmp_path,
            env={**environ, "PYTHONPATH": str(site)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


Slomix = Callable[..., subprocess.CompletedProcess[str]]

KILLER = """
import os, pathlib
pathlib.Path(__file__).with_name("imported").touch()
os._exit(7)
"""


def test_no_program_that_mends_imports_a_plugin(install: Install, slomix: Slomix, site: Path, tmp_path: Path) -> None:
    install("killer", KILLER)
    assert slomix("plugins", "enable", "killer").returncode == 0
    listed = slomix("plugins", "--json")
    assert "killer" in [row["name"] for row in json.loads(listed.stdout)]
    assert slomix("--help").returncode == 0
    assert not (site / "imported").exists()


def test_the_doctor_survives_a_plugin_that_kills_its_process(install: Install, slomix: Slomix, tmp_path: Path) -> None:
    install("killer", KILLER)
    (tmp_path / "plugins.toml").write_text("[plugins]\nkiller = true\n")
    done = slomix("doctor", "--json")
    assert done.returncode == 3, done.stderr
    found = {check["name"]: check for check in json.loads(done.stdout)["checks"]}
    assert "exit code 7" in found["plugins"]["detail"]
    assert "slomix plugins disable" in found["plugins"]["next_step"]
    assert found["settings"]["ok"]


def test_the_doctor_tells_the_reason_of_a_failed_plugin(install: Install, slomix: Slomix, tmp_path: Path) -> None:
    install("broken", "raise SystemExit(3)\n")
    (tmp_path / "plugins.toml").write_text("[plugins]\nbroken = true\n\n[slomix]\nstrict = true\n")
    done = slomix("doctor", "--json")
    assert done.returncode == 3
    found = {check["name"]: check for check in json.loads(done.stdout)["checks"]}
    assert "import: SystemExit: 3" in found["plugin broken"]["next_step"]


GREETER = """
import click

class P(Plugin):
    name = "greeter"

    @hookimpl
    def register_cli(self, ctx):
        @click.command()
        @click.option("--loud", is_flag=True)
        @click.argument("whom")
        async def greet(whom, loud):
            answer = await ctx.db.fetchval("select 'hello ' || $1::text", whom)
            click.echo(answer.upper() if loud else answer)
            return 5

        yield CliCommand(command=greet)

    @hookimpl
    def register_checks(self, ctx):
        async def fine():
            return CheckResult(ok=True, detail="all greeted")

        async def broken():
            raise RuntimeError("nobody there")

        yield Check(name="greetings", run=fine)
        yield Check(name="guests", run=broken)
"""


def test_a_plugins_own_command_runs_with_its_context_and_its_checks_are_asked(
    install: Install, slomix: Slomix, tmp_path: Path
) -> None:
    install("greeter", GREETER)
    (tmp_path / "plugins.toml").write_text("[plugins]\ngreeter = true\n")
    done = slomix("greeter", "greet", "--loud", "world")
    assert (done.returncode, done.stdout) == (5, "HELLO WORLD\n"), done.stderr
    assert "greet" in slomix("greeter", "--help").stdout
    assert slomix("greeter", "nonsense").returncode == 2
    found = {check["name"]: check for check in json.loads(slomix("doctor", "--json").stdout)["checks"]}
    assert found["greeter: greetings"]["ok"]
    assert "RuntimeError: nobody there" in found["greeter: guests"]["detail"]
    assert slomix("db", "stop").returncode == 0
