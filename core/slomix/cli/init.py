"""`slomix init`: plugins.toml for a new community, and what Discord and the game server have to know."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from slomix.cli.invocation import Invocation, pass_invocation, run_async

if TYPE_CHECKING:
    from slomix.cli.beginning import Wanted
    from slomix.settings import Settings


@click.command()
@click.option("--folder", "folders", multiple=True, metavar="[NAME=]PATH", help="A game server's stats folder.")
@click.option("--timezone", metavar="ZONE", help="Zone of the game servers' clocks, such as Europe/Berlin.")
@click.option("--guild", type=click.IntRange(1), metavar="ID", help="The Discord server of the community.")
@click.option("--channel", type=click.IntRange(1), metavar="ID", help="The channel for round summaries.")
@click.option("--application", type=click.IntRange(1), metavar="ID", help="The bot's application, for its invite link.")
@click.option("--plugin", "plugins", multiple=True, metavar="NAME", help="Turn on; default: all that are installed.")
@click.option("--server-token", metavar="NAME", help="Make an upload token for this game server.")
@pass_invocation
def init(
    invocation: Invocation,
    /,
    *,
    folders: tuple[str, ...],
    timezone: str | None,
    guild: int | None,
    channel: int | None,
    application: int | None,
    plugins: tuple[str, ...],
    server_token: str | None,
) -> None:
    """Write plugins.toml, and say what is left to do.

    On a terminal it asks for what was not given. A plugins.toml that is there is never changed: then the command only
    makes the token, the invite link and the check of the intents. The bot token is read from SLOMIX_DISCORD__TOKEN.
    """
    from slomix.cli import beginning

    file = (invocation.config or Path("plugins.toml")).absolute()
    if file.exists():
        click.echo(f"{file} is there already and stays as it is; edit it, `slomix settings` shows what it says.")
    else:
        wanted = beginning.Wanted(folders, timezone, guild, channel, plugins)
        if sys.stdin.isatty():
            wanted = ask(wanted)
        beginning.write(file, wanted)
        click.echo(f"Wrote {file}.")
    invocation.config = file
    settings = invocation.settings()
    discord(settings, application)
    if server_token:
        token(settings, server_token)
    click.echo("Then: `slomix doctor` looks at everything, `slomix up` runs it.")


def ask(wanted: Wanted) -> Wanted:
    """Ask a person for what no option said; an empty answer leaves it out."""
    from dataclasses import replace

    from slomix.cli import beginning

    if not wanted.folders:
        given = click.prompt("Folder with the game server's stats files", default="", show_default=False)
        wanted = replace(wanted, folders=(given,) if given else ())
    if wanted.timezone is None:
        wanted = replace(wanted, timezone=click.prompt("Time zone of its clock", default=beginning.here()))
    if wanted.guild is None:
        wanted = replace(wanted, guild=click.prompt("Discord server id (0: none)", default=0, type=int) or None)
    if wanted.guild and wanted.channel is None:
        wanted = replace(wanted, channel=click.prompt("Channel id for posts (0: none)", default=0, type=int) or None)
    return wanted


def discord(settings: Settings, application: int | None) -> None:
    """The invite link, and what the application lacks."""
    from slomix.cli.invite import invite_link, lacking, look_up
    from slomix.errors import SlomixError
    from slomix.host.host import Host

    told = settings.core.discord
    if told.token is None and application is None:
        click.echo("Discord is off: make an application in its developer portal, put the token of its page Bot into")
        click.echo("SLOMIX_DISCORD__TOKEN, and run `slomix init` again for the link that invites the bot.")
        return
    flags = None
    if told.token is not None:
        try:
            found = run_async(look_up(told))
            application, flags = found.id, found.flags
        except SlomixError as error:
            click.echo(str(error), err=True)
    if application is not None:
        click.echo(f"Invite the bot (an admin of the Discord server opens this): {invite_link(application)}")
    if flags is None:
        return
    host = Host(settings)
    host.load()
    missing = lacking({entry.name: entry.plugin.discord_intents for entry in host.loaded}, flags)
    for sentence in missing:
        click.echo(f"Intents: {sentence}.")
    if not missing:
        click.echo("Intents: the application has all that the plugins want.")


def token(settings: Settings, server: str) -> None:
    """Make an upload token and say how files are sent with it."""
    made = run_async(_make_token(settings, server))
    where = settings.core.web.public_url or "https://YOUR.HOST"
    click.echo(f"Token of {server!r}, shown this once: {made}")
    click.echo(
        f'Send files with: curl --data-binary @FILE -H "Authorization: Bearer TOKEN" "{where}/-/ingest?name=FILE"'
    )


async def _make_token(settings: Settings, server: str) -> str:
    from slomix.identity.servers import add_server, create_token
    from slomix.runtime import open_database

    async with open_database(settings) as db, db.transaction() as tx:
        await add_server(tx, server)
        return await create_token(tx, server)
