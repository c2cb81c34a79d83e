"""`slomix servers`: game servers and the tokens they upload with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from slomix.cli.agent import agent
from slomix.cli.invocation import Invocation, pass_invocation, run_async

if TYPE_CHECKING:
    from slomix.identity.servers import ServerLine


@click.group()
def servers() -> None:
    """Name game servers and give them upload tokens."""


servers.add_command(agent)


@servers.command()
@click.argument("name")
@pass_invocation
def add(invocation: Invocation, /, name: str) -> None:
    """Make a server known."""
    run_async(_add(invocation, name))
    click.echo(f"The server {name.strip()!r} is there. `slomix servers token {name.strip()!r}` makes an upload token.")


async def _add(invocation: Invocation, name: str) -> None:
    from slomix.identity.servers import add_server
    from slomix.runtime import open_database

    async with open_database(invocation.settings()) as db, db.transaction() as tx:
        await add_server(tx, name)


@servers.command()
@click.argument("name")
@click.option("--revoke-others", is_flag=True, help="Tokens made before open nothing any more.")
@pass_invocation
def token(invocation: Invocation, /, name: str, revoke_others: bool) -> None:
    """Make an upload token and print it, this once: only its hash is stored."""
    made, revoked = run_async(_token(invocation, name, revoke_others))
    click.echo(made)
    click.echo("Keep it now: it can not be shown again.", err=True)
    if revoke_others:
        click.echo(f"{revoked} older tokens were revoked.", err=True)


async def _token(invocation: Invocation, name: str, revoke_others: bool) -> tuple[str, int]:
    from slomix.identity.servers import create_token, revoke_tokens
    from slomix.runtime import open_database

    async with open_database(invocation.settings()) as db, db.transaction() as tx:
        revoked = await revoke_tokens(tx, name) if revoke_others else 0
        return await create_token(tx, name), revoked


@servers.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@pass_invocation
def list_(invocation: Invocation, /, as_json: bool) -> None:
    """Show the servers, their tokens and their last rounds."""
    lines = run_async(_list(invocation))
    if as_json:
        import msgspec

        click.echo(msgspec.json.encode(lines))
        return
    if not lines:
        click.echo("No server yet: `slomix servers add NAME`, or import a file.")
    for line in lines:
        last = f"{line.last_round_at:%Y-%m-%d %H:%M}" if line.last_round_at else "never"
        click.echo(f"{line.name}: {line.tokens} tokens, {line.rounds} rounds, last {last}")


async def _list(invocation: Invocation) -> list[ServerLine]:
    from slomix.identity.servers import list_servers
    from slomix.runtime import open_database

    async with open_database(invocation.settings()) as db:
        return await list_servers(db)
