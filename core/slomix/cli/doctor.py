"""`slomix doctor`: look at everything that can be wrong, say what to do, and never die of it."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from slomix.cli.invocation import Invocation, pass_invocation, run_async

if TYPE_CHECKING:
    from slomix.cli.checks import Finding
    from slomix.settings import Settings

#: How long plugins get to be imported, started and asked.
PROBE_SECONDS = 60.0


@click.command(short_help="Look at what can be wrong and say what to do.")
@click.option(
    "--json", "as_json", is_flag=True, help='Write {"ok", "checks": [{"name", "ok", "detail", "next_step"}]}.'
)
@click.option("--probe", type=click.Path(path_type=Path), hidden=True, help="Ask the plugins; write the answers there.")
@pass_invocation
def doctor(invocation: Invocation, as_json: bool, probe: Path | None) -> int:
    """Look at Python, settings, plugins, database, clock, folders and disk. Exit code 3 when something is wrong.

    The plugins' own checks run in a child process with a time limit.
    """
    if probe is not None:
        return run_async(_probe(invocation, probe))
    findings = run_async(_examine(invocation))
    ok = all(finding.ok for finding in findings)
    if as_json:
        click.echo(json.dumps({"ok": ok, "checks": [asdict(finding) for finding in findings]}, indent=2))
    else:
        for finding in findings:
            mark = click.style("ok  ", fg="green") if finding.ok else click.style("FAIL", fg="red", bold=True)
            click.echo(f"{mark} {finding.name}: {finding.detail}")
            if finding.next_step:
                click.echo(f"     → {finding.next_step}")
    return 0 if ok else 3


async def _examine(invocation: Invocation) -> list[Finding]:
    from slomix.cli import checks
    from slomix.cli.checks import Finding
    from slomix.errors import SettingsError

    findings = [checks.python(), checks.versions()]
    try:
        settings = invocation.settings()
    except SettingsError as error:
        return [*findings, Finding(name="settings", ok=False, detail=str(error), next_step="mend it and look again")]
    findings.append(Finding(name="settings", ok=True, detail=f"read from {settings.file}"))
    here = (checks.data_folder, checks.disk_space, checks.time_zones, checks.watched_folders, checks.sftp_sources)
    findings += [checks.careful(check, settings) for check in (*here, checks.discord, checks.login)]
    findings += await checks.database(settings)
    return [*findings, *await _ask_plugins(invocation, settings)]


# ---- plugins, in a child process ----------------------------------------------------------------------------------


async def _ask_plugins(invocation: Invocation, settings: Settings) -> list[Finding]:
    """States and checks of the plugins. Whatever they do, it happens in a child process."""
    from slomix.cli.checks import Finding

    with tempfile.TemporaryDirectory(prefix="slomix-doctor-") as folder:
        answers = Path(folder) / "answers.json"
        command = [sys.executable, "-m", "slomix", *_global_options(invocation, settings), "doctor", "--probe"]
        child = await asyncio.create_subprocess_exec(
            *command,
            str(answers),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            _, told = await asyncio.wait_for(child.communicate(), PROBE_SECONDS)
            reason = f"it ended with exit code {child.returncode}"
        except TimeoutError:
            child.kill()
            _, told = await child.communicate()
            reason = f"it took longer than {PROBE_SECONDS:g} s"
        if answers.exists():
            return [Finding(**answer) for answer in json.loads(answers.read_text("utf-8"))]
    last = told.decode("utf-8", "replace").strip().splitlines()[-1:] or ["it said nothing"]
    return [
        Finding(
            name="plugins",
            ok=False,
            detail=f"the plugins could not be asked: {reason} ({last[0]})",
            next_step="find the plugin with `slomix --only NAME doctor`, then `slomix plugins disable NAME`",
        )
    ]


def _global_options(invocation: Invocation, settings: Settings) -> list[str]:
    options = ["--config", str(settings.file)]
    for key, value in invocation.overrides.items():
        options += ["--set", f"{key}={value}"]
    for name in invocation.only:
        options += ["--only", name]
    for name in invocation.without:
        options += ["--without", name]
    return options


async def _probe(invocation: Invocation, answers: Path) -> int:
    """The child: load the plugins, run their checks where a database is there, write the findings."""
    from slomix.cli.probe import ask

    findings = await ask(invocation.settings(), **invocation.choice())
    fresh = answers.with_suffix(".part")
    fresh.write_text(json.dumps([asdict(finding) for finding in findings]), "utf-8")
    fresh.replace(answers)
    return 0
