"""`slomix plugin`: for those who write one. `new` writes it, `check` says what it promises and keeps."""

from __future__ import annotations

import json
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from slomix.cli.invocation import Invocation, pass_invocation

if TYPE_CHECKING:
    from slomix.testing.contract.report import Result

CHECKS = """
from slomix.testing.contract import PluginContract


class TestContract(PluginContract):
    plugin = {plugin!r}
    settings = {settings!r}
"""
#: How long all checks together may take.
PATIENCE_SECONDS = 600
COLOURS = {"gold": "yellow", "silver": "white", "bronze": "red"}


@click.group()
def plugin() -> None:
    """Write a plugin, and check what it promises."""


@plugin.command()
@click.argument("name")
@click.option("--dir", "folder", type=click.Path(path_type=Path, file_okay=False), help="Default: ./slomix-NAME")
def new(name: str, folder: Path | None) -> None:
    """Write a plugin that installs, runs and passes its checks at once.

    It has a parser, a handler, tables, a Discord command, a page with JSON, settings, a simulator and tests.
    """
    from slomix.cli import scaffold

    scaffold.check_name(name)
    target = folder or Path(f"slomix-{name.replace('_', '-')}")
    paths = scaffold.write(name, target)
    click.echo(f"{len(paths)} files in {target}. Next:")
    click.echo(f"  {_pip()} install -e {target}")
    click.echo(f"  slomix plugins enable {name}")
    click.echo(f"  slomix plugin check {name}")


@plugin.command()
@click.argument("plugin_or_path", metavar="PLUGIN")
@click.option("--json", "as_json", is_flag=True, help='Write {"plugin", "tier", "checks": [{"name", "tier", …}]}.')
@pass_invocation
def check(invocation: Invocation, /, plugin_or_path: str, as_json: bool) -> int:
    """Check an installed plugin, by its name or the folder of its project.

    Bronze loads, silver survives repeats and aborts, gold is documented and can be tried without a game server. Exit
    code 0 when all bronze and silver checks pass.
    """
    name = name_of(plugin_or_path)
    section = invocation.settings(required=False).plugin_sections.get(name, {})
    results = run_checks(name, section)
    from slomix.testing.contract.tiers import reached

    tier = reached((result.tier, result.passed) for result in results)
    if as_json:
        checks = [result.as_dict() for result in results]
        click.echo(json.dumps({"plugin": name, "tier": tier, "checks": checks}, indent=2))
    else:
        _print(name, tier, results)
    return 0 if tier in ("silver", "gold") else 1


def name_of(plugin_or_path: str) -> str:
    """The plugin that is meant, which must be installed. Raises `PluginError` with what to do."""
    from slomix.errors import PluginError
    from slomix.host.discovery import discover

    installed = discover()
    if plugin_or_path in installed:
        return plugin_or_path
    folder = Path(plugin_or_path)
    project = folder / "pyproject.toml"
    if not project.is_file():
        listed = ", ".join(installed) or "none"
        raise PluginError(
            f"{plugin_or_path} is neither an installed plugin ({listed}) nor a folder with a pyproject.toml."
        )
    try:
        entries = tomllib.loads(project.read_text("utf-8"))["project"]["entry-points"]["slomix"]
    except (KeyError, tomllib.TOMLDecodeError) as error:
        raise PluginError(f"{project} names no plugin below [project.entry-points.slomix].") from error
    missing = [name for name in entries if name not in installed]
    if missing or len(entries) != 1:
        raise PluginError(f"The plugin {', '.join(entries)} is not installed: {_pip()} install -e {folder}")
    return str(next(iter(entries)))


def run_checks(name: str, settings: dict[str, Any]) -> list[Result]:
    """Run the contract in a process of its own; answers each check. Raises `PluginError` where that can not be."""
    import os
    import subprocess

    from slomix.errors import PluginError
    from slomix.testing.contract.report import read

    with tempfile.TemporaryDirectory(prefix="slomix-check-") as folder:
        # A folder of its own, and a configuration that leads nowhere: no conftest.py of the place has a say.
        suite, answers = Path(folder) / "test_contract.py", Path(folder) / "answers.json"
        suite.write_text(CHECKS.format(plugin=name, settings=settings), "utf-8")
        options = ["-q", "-c", os.devnull, "--rootdir", folder, "-p", "no:cacheprovider", "-W", "ignore"]
        command = [sys.executable, "-m", "pytest", *options, "-p", "slomix.testing.contract.report", str(suite)]
        try:
            done = subprocess.run(  # noqa: S603 - our own interpreter and words
                command,
                cwd=folder,
                env={**os.environ, "SLOMIX_CHECK_ANSWERS": str(answers)},
                capture_output=True,
                text=True,
                timeout=PATIENCE_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise PluginError(f"The checks of {name} took longer than {PATIENCE_SECONDS} s and were stopped.") from None
        if not answers.exists():
            told = (done.stderr.strip() or done.stdout.strip() or "nothing").splitlines()[-1]
            raise PluginError(f'The checks could not run ({told}); they need: {_pip()} install "slomix[test]"')
        return read(answers)


def _print(name: str, tier: str | None, results: list[Result]) -> None:
    for result in results:
        mark = click.style("ok  ", fg="green") if result.passed else click.style("FAIL", fg="red", bold=True)
        click.echo(f"{mark} {result.tier:<6} {result.title}")
        if result.reason:
            click.echo(f"            → {result.reason}")
    passed = sum(result.passed for result in results)
    shown = click.style(tier, fg=COLOURS[tier], bold=True) if tier else click.style("no tier yet", bold=True)
    click.echo(f"{name}: {shown}, {passed} of {len(results)} checks passed")


def _pip() -> str:
    return f"{Path(sys.executable).name} -m pip"
