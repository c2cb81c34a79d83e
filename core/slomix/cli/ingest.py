"""`slomix ingest`: files by hand, and a look into the ledger."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Coroutine, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from slomix.cli.invocation import Invocation, pass_invocation, run_async
from slomix.cli.ledger import retry, show, status

if TYPE_CHECKING:
    from slomix.ingest.outcome import Outcome
    from slomix.settings import Settings

FILES = "files"


class PathsOrCommand(click.Group):
    """A group whose first word may be a path: whatever is no command goes to the command `files`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = [FILES, *args]
        return super().parse_args(ctx, args)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        return ["PATH… [OPTIONS] | COMMAND"]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        shown = [record for p in self.commands[FILES].get_params(ctx) if (record := p.get_help_record(ctx))]
        with formatter.section("Options"):
            formatter.write_dl(shown)
        self.format_commands(ctx, formatter)


@click.group(cls=PathsOrCommand, commands=[status, retry, show])
def ingest() -> None:
    """Import files, and all files in folders, in the order of their time.

    What can not be read is kept with its reason (`slomix ingest status`) and does not make the command fail.
    """


@ingest.command(FILES, hidden=True)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True), metavar="PATH…")
@click.option("--server", metavar="NAME", help="The game server they come from; default: what each file says.")
@click.option("--dry-run", is_flag=True, help="Only read them and tell what would come of it; needs no database.")
@click.option("--json", "as_json", is_flag=True, help="Print the record of every file as JSON.")
@pass_invocation
def files(invocation: Invocation, /, paths: tuple[Path, ...], server: str | None, dry_run: bool, as_json: bool) -> int:
    """Import files."""
    from slomix.ingest.files import files_of

    if server is not None and not server.strip():
        raise click.UsageError("--server needs a name")
    settings = invocation.settings()
    found = files_of(paths)
    with _progress(len(found)) as progress:
        work = (
            _try(settings, invocation, found, progress)
            if dry_run
            else _import(settings, invocation, found, server, progress)
        )
        outcomes, record = run_async(work)
    if as_json:
        import msgspec

        click.echo(msgspec.json.encode(record))
    else:
        _tell(record, outcomes, dry_run)
    return 1 if any(outcome.outcome == "failed" for outcome in outcomes) else 0


async def _try(
    settings: Settings, invocation: Invocation, found: Sequence[Path], progress: Callable[[int], None]
) -> tuple[list[Outcome], dict[str, Any]]:
    from slomix.cli.unopened import declared
    from slomix.contrib import Parser
    from slomix.ingest.bulk import dry_run

    parsers = declared(settings, "register_parsers", Parser, **invocation.choice())
    limit = settings.core.ingest.max_upload_bytes
    return await _timed(dry_run(parsers, found, limit=limit, progress=progress))


async def _import(
    settings: Settings,
    invocation: Invocation,
    found: Sequence[Path],
    server: str | None,
    progress: Callable[[int], None],
) -> tuple[list[Outcome], dict[str, Any]]:
    from slomix.contrib import Parser
    from slomix.ingest.bulk import import_files
    from slomix.ingest.pipeline import Pipeline
    from slomix.runtime import open_runtime

    async with open_runtime(settings, role="cli", **invocation.choice()) as runtime:
        pipeline = Pipeline(runtime.db, runtime.host.records(Parser), runtime.bus, runtime.clock, settings.core)
        return await _timed(import_files(pipeline, found, server=server and server.strip(), progress=progress))


async def _timed(work: Coroutine[Any, Any, list[Outcome]]) -> tuple[list[Outcome], dict[str, Any]]:
    """The outcomes and their record; its seconds are those of the work, without the start of the database."""
    from time import perf_counter

    from slomix.ingest.report import report

    began = perf_counter()
    outcomes = await work
    return outcomes, report(outcomes, seconds=perf_counter() - began)


@contextlib.contextmanager
def _progress(total: int) -> Iterator[Callable[[int], None]]:
    """A bar on standard error where that is a terminal."""
    import sys

    if not sys.stderr.isatty():
        yield lambda count: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("ingest"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("ingest", total=total)
        yield lambda count: bar.advance(task, count)


def _tell(record: dict[str, Any], outcomes: Sequence[Outcome], dry_run: bool) -> None:
    """The summary for a person, and each file that needs attention."""
    revised = sum(outcome.revision for outcome in outcomes)
    for name in ("imported", "duplicate", "empty", "quarantined", "ignored"):
        note = f" ({revised} of them replace an earlier file)" if name == "imported" and revised else ""
        click.echo(f"{name:>12}  {record[name]}{note}")
    rate = f", {record['received'] / record['seconds']:.0f} per second" if record["seconds"] else ""
    click.echo(f"{'received':>12}  {record['received']} in {record['seconds']} s{rate}")
    for outcome in outcomes:
        if outcome.outcome == "quarantined":
            click.echo(f"quarantined {outcome.name}: {outcome.reason}: {outcome.detail}", err=True)
        elif outcome.outcome == "failed":
            click.echo(f"failed {outcome.name}: {outcome.detail}", err=True)
    if dry_run:
        click.echo("Nothing was stored: this was a dry run.")
