"""`slomix ingest status|retry|show`: a look into the ledger."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from slomix.cli.invocation import Invocation, pass_invocation, run_async

if TYPE_CHECKING:
    from slomix.ingest.history import Entry, Summary
    from slomix.ingest.outcome import Outcome


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@pass_invocation
def status(invocation: Invocation, /, as_json: bool) -> None:
    """How many files were imported, and which were refused and why."""
    found = run_async(_summary(invocation))
    if as_json:
        import msgspec

        click.echo(msgspec.json.encode(found))
        return
    for name in ("imported", "empty", "quarantined"):
        click.echo(f"{name:>12}  {getattr(found, name)}")
    for reason, files in found.reasons.items():
        click.echo(f"{reason:>20}  {files}")
    for refused in found.latest:
        click.echo(f"{refused.artifact[:12]}  {refused.name}: {refused.reason}: {refused.detail}")


async def _summary(invocation: Invocation) -> Summary:
    from slomix.ingest.history import summary
    from slomix.runtime import open_database

    async with open_database(invocation.settings()) as db:
        return await summary(db)


@click.command()
@click.argument("file", metavar="SHA_OR_NAME")
@click.option("--raw", is_flag=True, help="Print the bytes as they were received.")
@pass_invocation
def show(invocation: Invocation, /, file: str, raw: bool) -> None:
    """What is known of one file, by its name or by its SHA-256 (eight digits are enough)."""
    entries = run_async(_find(invocation, file))
    if raw:
        _print_raw(entries[-1])
        return
    for entry in entries:
        for key, value in asdict(entry).items():
            if key != "raw" and value is not None:
                click.echo(f"{key.replace('_', ' '):>15}  {value}")
        click.echo()


async def _find(invocation: Invocation, file: str) -> list[Entry]:
    from slomix.ingest.history import find
    from slomix.runtime import open_database

    async with open_database(invocation.settings()) as db:
        return await find(db, file)


def _print_raw(entry: Entry) -> None:
    import zlib

    if entry.raw is None:
        raise click.ClickException(f"{entry.name} was too large to keep ({entry.size} bytes).")
    click.echo(zlib.decompress(entry.raw), nl=False)


@click.command()
@click.argument("given", nargs=-1, metavar="[SHA_OR_NAME]…")
@click.option("--all", "everything", is_flag=True, help="Also those that no newer parser is there for.")
@click.option("--json", "as_json", is_flag=True, help="Print the record of every file that was tried as JSON.")
@pass_invocation
def retry(invocation: Invocation, /, given: tuple[str, ...], everything: bool, as_json: bool) -> None:
    """Read refused files again that a newer parser may read; or those that are named."""
    from time import perf_counter

    from slomix.ingest.report import report

    began = perf_counter()
    outcomes = run_async(_retry(invocation, given, everything))
    if as_json:
        import msgspec

        click.echo(msgspec.json.encode(report(outcomes, seconds=perf_counter() - began)))
        return
    for outcome in outcomes:
        told = f"{outcome.outcome}: {outcome.reason}: {outcome.detail}" if outcome.reason else outcome.outcome
        click.echo(f"{outcome.name}: {told}")
    click.echo(f"{len(outcomes)} files tried")


async def _retry(invocation: Invocation, given: tuple[str, ...], everything: bool) -> list[Outcome]:
    from slomix.contrib import Parser
    from slomix.ingest.history import find
    from slomix.ingest.pipeline import Pipeline
    from slomix.ingest.retry import retry as read_again
    from slomix.runtime import open_runtime

    settings = invocation.settings()
    async with open_runtime(settings, role="cli", **invocation.choice()) as runtime:
        only = [entry.artifact for file in given for entry in await find(runtime.db, file)]
        pipeline = Pipeline(runtime.db, runtime.host.records(Parser), runtime.bus, runtime.clock, settings.core)
        return await read_again(pipeline, everything=everything, only=only)
