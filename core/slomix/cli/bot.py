"""`slomix bot`: the role that talks to Discord."""

from __future__ import annotations

import click

from slomix.cli.invocation import Invocation, pass_invocation
from slomix.cli.up import plugin_options, run_role


@click.command(short_help="Run the Discord bot only.")
@plugin_options
@pass_invocation
def bot(invocation: Invocation, only: tuple[str, ...], without: tuple[str, ...]) -> None:
    """Answer commands and post in Discord, until Ctrl-C. Of several, one is active and the others stand by.

    On a database of its own server (slomix.database.url) `slomix migrate` has to come first.
    """
    run_role(invocation, "bot", only, without)
