"""`slomix plugins purge`: remove what a plugin left in the database, after an export. Imports no plugin."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

import click

from slomix.cli.invocation import Invocation, pass_invocation, run_async

if TYPE_CHECKING:
    from pathlib import Path

    import asyncpg

    from slomix.settings import Settings
    from slomix.storage.purge import Holdings

FOLDER = "purged"


@click.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask back.")
@pass_invocation
def purge(invocation: Invocation, name: str, yes: bool) -> int:
    """Export a plugin's tables into the data folder, then remove them and all that is remembered of the plugin.

    Files of game servers stay. The plugin's package stays too: `slomix plugins disable NAME` turns it off.
    """
    return run_async(_purge(invocation.settings(required=False), name, ask=not yes))


async def _purge(settings: Settings, name: str, *, ask: bool) -> int:
    from slomix.storage.purge import export, holdings
    from slomix.storage.purge import purge as remove

    _refuse_while_it_runs(settings, name)
    async with AsyncExitStack() as stack:
        connection, dsn = await _connect(settings, stack)
        found = await holdings(connection, name)
        click.echo(_told(name, found))
        if ask and not click.confirm(f"Export and remove {name}?", default=False):
            click.echo("Nothing was removed.")
            return 1
        exported: Path = await export(connection, dsn, name, settings.core.data_dir / FOLDER)
        kept = await remove(connection, name)
    click.echo(f"{name} was removed from the database; its tables are in {exported}.")
    if kept:
        click.echo(f"Another database of this server needs the roles {', '.join(kept)}, so they stay.")
    if settings.plugins.get(name):
        click.echo(
            f"It is still on in plugins.toml and begins anew at the next start; or `slomix plugins disable {name}`."
        )
    return 0


def _refuse_while_it_runs(settings: Settings, name: str) -> None:
    from slomix.errors import PluginError
    from slomix.host import remember
    from slomix.host.state import ACTIVE

    told = remember.read(settings.core.data_dir)
    if told is not None and told.alive and name in told.states and told.states[name].state in ACTIVE:
        raise PluginError(f"{name} is running; stop Slomix, or disable {name} and start again, and then purge it.")


async def _connect(settings: Settings, stack: AsyncExitStack) -> tuple[asyncpg.Connection[Any], str]:
    """A connection past any pooler and its address; the embedded server is started for it."""
    import asyncpg

    from slomix.errors import DatabaseUnavailable
    from slomix.storage.database import CONNECTION_ERRORS, direct_dsn, public_dsn
    from slomix.storage.embedded import attach

    core = settings.core
    dsn = core.database.url
    if dsn == "embedded":
        attachment = await attach(core.data_dir, run_as=core.database.run_as)
        stack.push_async_callback(attachment.release)
        dsn = attachment.dsn
    address = direct_dsn(core.database, dsn)
    try:
        connection = await asyncpg.connect(address, timeout=10)
    except CONNECTION_ERRORS as error:
        raise DatabaseUnavailable(f"PostgreSQL does not answer at {public_dsn(dsn)} ({error}); start it.") from error
    stack.push_async_callback(connection.close)
    return connection, address


def _told(name: str, found: Holdings) -> str:
    lines = [f"{name} has {len(found.tables)} tables:"] if found.tables else [f"{name} has no tables."]
    lines += [f"  {name}.{table}  {size / 1024:.0f} KiB" for table, size in found.tables]
    if found.outside:
        lines.append(f"With them go, or lose their link to them: {', '.join(found.outside)}")
    return "\n".join(lines)
