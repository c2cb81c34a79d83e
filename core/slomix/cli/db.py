"""`slomix db`: look after the embedded database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from slomix.cli.invocation import Invocation, pass_invocation, run_async

if TYPE_CHECKING:
    from slomix.settings import CoreSettings


@click.group(help="Look after the embedded database.")
def db() -> None:
    """The group."""


@db.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@pass_invocation
def status(invocation: Invocation, /, as_json: bool) -> None:
    """Say whether the embedded database runs, where it is and where its log is. Starts nothing."""
    from slomix.storage import embedded

    found = embedded.status(_embedded(invocation).data_dir)
    told = {
        "running": found.running,
        "home": str(found.home),
        "data": str(found.data) if found.data else None,
        "dsn": found.dsn,
        "keeper": found.pid,
        "log": str(found.log),
    }
    if as_json:
        import msgspec

        click.echo(msgspec.json.encode(told))
        return
    click.echo("running" if found.running else "not running")
    for key in ("home", "data", "dsn", "keeper", "log"):
        if told[key] is not None:
            click.echo(f"{key:>8}  {told[key]}")


@db.command()
@pass_invocation
def stop(invocation: Invocation) -> None:
    """Stop the embedded database, whoever uses it."""
    from slomix.storage import embedded

    stopped = run_async(embedded.stop(_embedded(invocation).data_dir))
    click.echo("stopped" if stopped else "it was not running")


@db.command()
@pass_invocation
def dsn(invocation: Invocation) -> None:
    """Print the address of the database, without its password. The embedded one answers while something runs it."""
    from slomix.storage import embedded
    from slomix.storage.database import public_dsn

    core = invocation.settings(required=False).core
    if core.database.url != "embedded":
        click.echo(public_dsn(core.database.url))
        return
    found = embedded.status(core.data_dir)
    if found.dsn is None:
        raise click.ClickException("The embedded database is not running; 'slomix up' starts it.")
    click.echo(found.dsn)


@db.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@pass_invocation
def shell(invocation: Invocation, /, arguments: tuple[str, ...]) -> int:
    """Open psql on the database, starting the embedded one when it does not run. ARGUMENTS go to psql."""
    return run_async(_shell(invocation.settings(required=False).core, arguments))


async def _shell(core: CoreSettings, arguments: tuple[str, ...]) -> int:
    import asyncio
    import os
    import shutil
    import signal

    from slomix.storage.binaries import find_binaries
    from slomix.storage.embedded import attach

    attachment = None
    environment = dict(os.environ)
    if core.database.url == "embedded":
        attachment = await attach(core.data_dir, run_as=core.database.run_as)
        address = attachment.dsn
        psql: str | None = str(find_binaries().folder / "psql")
    else:
        address = core.database.direct_url or core.database.url
        psql = shutil.which("psql")
        if core.database.password is not None:
            environment["PGPASSWORD"] = core.database.password.get_secret_value()
    if psql is None or not os.path.exists(psql):
        raise click.ClickException("There is no psql on this machine; install the PostgreSQL client.")
    # Ctrl-C is psql's: it cancels the statement
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        process = await asyncio.create_subprocess_exec(
            psql, address, *arguments, env=environment, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)
        )
        return await process.wait()
    finally:
        signal.signal(signal.SIGINT, before)
        if attachment is not None:
            await attachment.release()


def _embedded(invocation: Invocation) -> CoreSettings:
    core = invocation.settings(required=False).core
    if core.database.url != "embedded":
        raise click.ClickException("slomix.database.url names a server of its own; Slomix neither starts nor stops it.")
    return core
