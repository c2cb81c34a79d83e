"""`slomix settings`: every value, and where it comes from."""

from __future__ import annotations

import json

import click

from slomix.cli.invocation import Invocation, pass_invocation


@click.command(short_help="Show every setting and where it comes from.")
@click.option("--json", "as_json", is_flag=True, help="Write a JSON list of key, value and source.")
@click.option("--env-example", is_flag=True, help="Write every variable with its description, as .env.example.")
@pass_invocation
def settings(invocation: Invocation, as_json: bool, env_example: bool) -> None:
    """Show every setting with its source: command line (-s), variable, file and line, or default. Secrets are ***."""
    from slomix.host.host import Host
    from slomix.settings import explain

    read = invocation.settings(required=False)
    host = Host(read.model_copy(update={"core": read.core.model_copy(update={"strict": False})}), **invocation.choice())
    host.load()
    classes = {entry.name: type(entry.settings) for entry in host.loaded}
    if env_example:
        from slomix.variables import env_example as text

        click.echo(text(classes), nl=False)
        return
    rows = explain(read, classes)
    if as_json:
        click.echo(json.dumps([dict(zip(("key", "value", "source"), row, strict=True)) for row in rows], indent=2))
        return
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(2)]
    for key, value, source in rows:
        click.echo(f"{key:<{widths[0]}}  {value:<{min(widths[1], 40)}}  {source}")
