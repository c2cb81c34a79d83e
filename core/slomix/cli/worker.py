"""`slomix worker`: the role that imports from folders, runs jobs and delivers events."""

from __future__ import annotations

import click

from slomix.cli.invocation import Invocation, pass_invocation
from slomix.cli.up import plugin_options, run_role


@click.command(short_help="Watch folders and run jobs and deliveries only.")
@plugin_options
@pass_invocation
def worker(invocation: Invocation, only: tuple[str, ...], without: tuple[str, ...]) -> None:
    """Import what appears in the folders, run jobs and deliver events to durable handlers, until Ctrl-C.

    Start as many as it takes. On a database of its own server (slomix.database.url) `slomix migrate` has to come first.
    """
    run_role(invocation, "worker", only, without)
