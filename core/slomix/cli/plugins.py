"""`slomix plugins`: what is installed and in which state, without importing any of it."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from slomix.cli.invocation import Invocation, pass_invocation, run_async
from slomix.cli.purge import purge

if TYPE_CHECKING:
    from datetime import datetime

    from slomix.host.state import PluginState
    from slomix.settings import Settings

#: How long a running database may take to answer before the list goes without it.
PATIENCE_SECONDS = 3.0
NOT_RUNNING = "enabled, not running; `slomix up` starts it"
STYLES = {"running": "green", "degraded": "yellow", "failed": "red", "blocked": "red", "missing": "red"}


@click.group(invoke_without_command=True, short_help="List, enable, disable and purge plugins.")
@click.option("--json", "as_json", is_flag=True, help="Write a JSON list.")
@click.pass_context
def plugins(ctx: click.Context, as_json: bool) -> None:
    """List the plugins with version, state, reason and hooks. No plugin is imported.

    The state is what the running program says, also while the database is away; after it ended, the last it said;
    else what plugins.toml and the installed packages say.
    """
    if ctx.invoked_subcommand is not None:
        return
    settings = ctx.ensure_object(Invocation).settings(required=False)
    states = run_async(list_states(settings))
    if as_json:
        click.echo(json.dumps([asdict(state) for state in states], indent=2))
    else:
        _print(states)


@plugins.command()
@click.argument("names", nargs=-1, required=True)
@pass_invocation
def enable(invocation: Invocation, names: tuple[str, ...]) -> None:
    """Turn plugins on in plugins.toml; makes the file where there is none."""
    _edit(invocation, names, on=True)


@plugins.command()
@click.argument("names", nargs=-1, required=True)
@pass_invocation
def disable(invocation: Invocation, names: tuple[str, ...]) -> None:
    """Turn plugins off in plugins.toml."""
    _edit(invocation, names, on=False)


plugins.add_command(purge)


def _edit(invocation: Invocation, names: tuple[str, ...], *, on: bool) -> None:
    # Without `Invocation.settings`: this must work while the file holds a mistake elsewhere.
    import os

    from slomix.cli.choice import NEW_FILE, set_plugin
    from slomix.configuration import FILE_NAME, find_file
    from slomix.errors import PluginError
    from slomix.host.discovery import discover

    file = invocation.config or find_file(os.environ, Path.cwd()) or Path.cwd() / FILE_NAME
    text = file.read_text("utf-8") if file.exists() else NEW_FILE
    installed = discover()
    for name in names:
        edited = set_plugin(text, name, on)
        if name not in installed and (on or edited.count("\n") != text.count("\n")):
            listed = ", ".join(installed) or "none"
            raise PluginError(f"No installed package offers a plugin {name}; installed are: {listed}.")
        text = edited
    file.write_text(text, "utf-8")
    verb = "on" if on else "off"
    click.echo(f"{', '.join(names)}: {verb} in {file}; a program that runs takes it in when it is started again.")


async def list_states(settings: Settings) -> list[PluginState]:
    """Every plugin of plugins.toml and of the installed packages, in that order."""
    from slomix.host.discovery import core_version, discover, unfit
    from slomix.host.host import missing
    from slomix.host.state import PluginState

    found, core = discover(), core_version()
    last = await last_states(settings)
    states = []
    for name in {**settings.plugins, **dict.fromkeys(found)}:
        here = found.get(name)
        hooks = last[name].hooks if name in last else ()
        base = PluginState(name=name, state="stopped", version=here.version if here else "", hooks=hooks)
        if not settings.plugins.get(name, False):
            states.append(replace(base, state="disabled", reason=f"turn it on with `slomix plugins enable {name}`"))
        elif here is None:
            states.append(replace(base, state="missing", reason=missing(name)))
        elif reason := unfit(here, core):
            states.append(replace(base, state="incompatible", reason=reason))
        elif name in last and last[name].state not in ("disabled", "missing", "incompatible"):
            idle = NOT_RUNNING if last[name].state == "stopped" else ""
            states.append(replace(base, state=last[name].state, reason=last[name].reason or idle))
        else:
            states.append(replace(base, reason=NOT_RUNNING))
    return states


async def last_states(settings: Settings) -> dict[str, PluginState]:
    """What the programs of this data folder said last, or those elsewhere on the same database; starts nothing."""
    from slomix.host import remember

    here = remember.read(settings.core.data_dir)
    if here is not None and here.alive:
        return here.states
    stored, at = await _stored_states(settings)
    return stored if here is None or (at is not None and at > here.at) else here.states


async def _stored_states(settings: Settings) -> tuple[dict[str, PluginState], datetime | None]:
    """The states in the database and when they were written; none where it does not run."""
    from slomix.host import state
    from slomix.storage import embedded
    from slomix.storage.database import Database

    dsn: str | None = settings.core.database.url
    if dsn == "embedded":
        dsn = embedded.status(settings.core.data_dir).dsn
    if dsn is None:
        return {}, None
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            database = await Database.open(settings.core.database, dsn)
            try:
                return await state.load(database), await database.fetchval(state.LATEST)
            finally:
                await database.close()
    except Exception:
        # A database that is away or not migrated yet is no reason not to list: what follows is from metadata.
        return {}, None


def _print(states: list[PluginState]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in ("plugin", "version", "state", "hooks"):
        table.add_column(column, no_wrap=column != "hooks")
    for state in states:
        style = STYLES.get(state.state, "dim")
        hooks = ", ".join(hook.removeprefix("register_") for hook in state.hooks)
        table.add_row(state.name, state.version, f"[{style}]{state.state}[/]", hooks)
    console = Console(highlight=False)
    console.print(table)
    for state in states:
        if state.reason:
            console.print(f"{state.name}: {state.reason}", markup=False, soft_wrap=True)
