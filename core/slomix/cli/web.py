"""`slomix web`: the role that answers browsers and takes uploads."""

from __future__ import annotations

import click

from slomix.cli.invocation import Invocation, pass_invocation
from slomix.cli.up import listen_options, plugin_options, run_role


@click.command(short_help="Serve the pages only.")
@plugin_options
@listen_options
@pass_invocation
def web(
    invocation: Invocation, only: tuple[str, ...], without: tuple[str, ...], host: str | None, port: int | None
) -> None:
    """Serve the pages and take uploads, until Ctrl-C. Start as many as it takes, behind a proxy.

    Folders, background jobs and deliveries are `slomix worker`'s, Discord is `slomix bot`'s. On a database of its own
    server (slomix.database.url) `slomix migrate` has to come first.
    """
    run_role(invocation, "web", only, without, web__host=host, web__port=port)
