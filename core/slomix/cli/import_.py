"""`slomix import`: tables of another system, as CSV."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from slomix.cli.invocation import Invocation, pass_invocation, run_async

if TYPE_CHECKING:
    from slomix.people.importing import Report

#: Refused rows that are shown; all of them are in --json.
SHOWN = 50


@click.command("import")
@click.argument("table")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@pass_invocation
def import_(invocation: Invocation, /, table: str, file: Path, dry_run: bool, as_json: bool) -> int:
    """Read a table (links, names, teams, decisions, …) of another system from a CSV file.

    Rows that are there already are left alone, so a file can be imported again. docs/coming-from.md has the queries.
    """
    report = run_async(_import(invocation, table, file, dry_run))
    if as_json:
        import msgspec

        click.echo(msgspec.json.encode(report))
    else:
        would = "would be " if dry_run else ""
        click.echo(f"{report.rows} rows: {report.changed} {would}changed, {report.known} known, in {report.seconds} s.")
        for refused in report.refused[:SHOWN]:
            click.echo(f"line {refused.line}: {refused.reason}", err=True)
        if len(report.refused) > SHOWN:
            click.echo(f"… and {len(report.refused) - SHOWN} more; --json lists all.", err=True)
    return 1 if report.refused else 0


async def _import(invocation: Invocation, table: str, file: Path, dry_run: bool) -> Report:
    import getpass

    from slomix.contrib import Importer
    from slomix.people.importers import core_importers
    from slomix.people.importing import take_file
    from slomix.runtime import open_runtime

    async with open_runtime(invocation.settings(), role="cli", **invocation.choice()) as runtime:
        runtime.host.declare(("register_importers",))
        own = {each.name: (None, each) for each in core_importers(runtime.bus, runtime.settings.core)}
        known = {**{c.record.name: (c.plugin, c.record) for c in runtime.host.records(Importer)}, **own}
        if table not in known:
            listed = "\n".join(f"  {name}: {importer.summary}" for name, (_, importer) in sorted(known.items()))
            raise click.UsageError(f"There is no table {table!r} to import. There are:\n{listed}")
        plugin, importer = known[table]
        actor = f"cli:{getpass.getuser()}"

        def progress(count: int) -> None:
            if sys.stderr.isatty() and count % 25 == 0:
                click.echo(f"\r{count} rows", nl=False, err=True)

        data = file.read_bytes()
        return await take_file(runtime.db, plugin, importer, data, actor, dry_run=dry_run, progress=progress)
