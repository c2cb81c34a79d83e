"""`slomix migrate`: bring the database to the version of the program and its plugins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from slomix.cli.invocation import Invocation, pass_invocation, run_async

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slomix.settings import Settings
    from slomix.storage.migrate import MigrationSource


@click.command()
@click.option("--status", "only_status", is_flag=True, help="Say what is applied and what is not; change nothing.")
@click.option("--plan", is_flag=True, help="List what would be applied, in order; change nothing.")
@pass_invocation
def migrate(invocation: Invocation, /, only_status: bool, plan: bool) -> int:
    """Bring the database up to date. Answers 1 when a plugin's migration failed."""
    return run_async(_migrate(invocation, only_status, plan))


async def _migrate(invocation: Invocation, only_status: bool, plan: bool) -> int:
    from slomix.storage.database import direct_dsn
    from slomix.storage.embedded import attach

    settings = invocation.settings()
    sources = _installed(settings) if only_status or plan else _loaded(invocation, settings)
    database = settings.core.database
    attachment = None
    dsn = database.url
    if dsn == "embedded":
        attachment = await attach(settings.core.data_dir, run_as=database.run_as)
        dsn = attachment.dsn
    try:
        dsn = direct_dsn(database, dsn)
        return await (_tell if only_status or plan else _apply)(dsn, sources, database.walled, plan)
    finally:
        if attachment is not None:
            await attachment.release()


def _installed(settings: Settings) -> list[MigrationSource]:
    """The migrations of core and of the plugins that are on, without importing any of them."""
    from slomix.host.discovery import discover, migrations_of
    from slomix.storage.migrate import MigrationSource, core_migrations

    found = discover()
    on = [name for name, chosen in settings.plugins.items() if chosen and name in found]
    folders = {name: folder for name in on if (folder := migrations_of(found[name])) is not None}
    return [core_migrations(), *(MigrationSource(name, name, folder) for name, folder in folders.items())]


def _loaded(invocation: Invocation, settings: Settings) -> list[MigrationSource]:
    """The migrations of core and of the plugins that can be loaded."""
    from slomix.host.host import Host
    from slomix.storage.migrate import MigrationSource, core_migrations

    host = Host(settings, **invocation.choice())
    host.load()
    return [core_migrations(), *(MigrationSource(p.name, p.name, p.migrations) for p in host.loaded if p.migrations)]


async def _tell(dsn: str, sources: Sequence[MigrationSource], roles: bool, plan: bool) -> int:
    from slomix.storage.migrate import status

    standing = await status(dsn, sources, roles=roles)
    for one in standing:
        for name in () if plan else one.applied:
            click.echo(f"applied  {name}")
        for name in one.pending:
            click.echo(f"pending  {name}")
        if one.error:
            click.echo(f"error    {one.name}: {one.error}")
    if plan and not any(one.pending or one.error for one in standing):
        click.echo("nothing to do")
    return 1 if any(one.error for one in standing) else 0


async def _apply(dsn: str, sources: Sequence[MigrationSource], roles: bool, _: bool) -> int:
    from slomix.storage.migrate import migrate as apply

    outcomes = await apply(dsn, sources, roles=roles)
    for outcome in outcomes:
        for name in outcome.applied:
            click.echo(f"applied  {name}")
        if outcome.error:
            click.echo(f"failed   {outcome.name}: {outcome.error}")
    if not any(outcome.applied or outcome.error for outcome in outcomes):
        click.echo("nothing to do")
    return 1 if any(outcome.error for outcome in outcomes) else 0
