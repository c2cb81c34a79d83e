"""`slomix jobs`: what waits, runs and was given up, and what to do about it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from slomix.cli.invocation import Invocation, pass_invocation, run_async

if TYPE_CHECKING:
    from slomix.jobs.history import Counts, JobEntry, LogEntry
    from slomix.storage.database import Connection, Database


class _ListByDefault(click.Group):
    """`slomix jobs --buried` is `slomix jobs list --buried`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] not in ctx.help_option_names):
            args = ["list", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_ListByDefault)
def jobs() -> None:
    """Show, retry, bury and cancel background jobs. Without a command: list them."""


@jobs.command("list")
@click.option("--buried", is_flag=True, help="Only those that were given up.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True, help="At most so many.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@pass_invocation
def list_jobs(invocation: Invocation, /, buried: bool, limit: int, as_json: bool) -> None:
    """Jobs that are not done: buried ones first, then in the order of their time."""
    counts, entries = run_async(_list(invocation, buried, limit))
    if as_json:
        import msgspec

        click.echo(msgspec.json.encode({"counts": counts, "jobs": entries}))
        return
    click.echo(f"due {counts.due}, later {counts.later}, running {counts.running}, buried {counts.buried}")
    for entry in entries:
        told = entry.error if entry.state == "buried" and entry.error else f"{entry.payload}"
        click.echo(f"{entry.id:>7}  {entry.state:<7}  {entry.run_at:%Y-%m-%d %H:%M:%S}  {entry.name}  {_short(told)}")
    if counts.buried:
        click.echo("`slomix jobs show ID` tells why a job was buried, `slomix jobs retry ID` runs it again.")


async def _list(invocation: Invocation, buried: bool, limit: int) -> tuple[Counts, list[JobEntry]]:
    from slomix.jobs.history import counts, jobs
    from slomix.runtime import open_database

    async with open_database(invocation.settings()) as db:
        return await counts(db), await jobs(db, buried=buried, limit=limit)


@jobs.command()
@click.argument("number", metavar="ID", type=int)
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@pass_invocation
def show(invocation: Invocation, /, number: int, as_json: bool) -> None:
    """One job, all that happened to it, and its errors in full."""
    entry, log = run_async(_show(invocation, number))
    if as_json:
        import msgspec

        click.echo(msgspec.json.encode({"job": entry, "log": log}))
        return
    for key in ("id", "name", "state", "attempts", "created", "run_at", "dedupe", "payload", "error"):
        value = getattr(entry, key)
        if value is not None:
            click.echo(f"{key.replace('_', ' '):>8}  {value}")
    for line in log:
        click.echo(f"\n{line.at:%Y-%m-%d %H:%M:%S}  {line.status}")
        if line.traceback:
            click.echo(line.traceback.rstrip())


async def _show(invocation: Invocation, number: int) -> tuple[JobEntry, list[LogEntry]]:
    from slomix.jobs.history import job
    from slomix.runtime import open_database

    async with open_database(invocation.settings()) as db:
        return await job(db, number)


@jobs.command()
@click.argument("number", metavar="[ID]", type=int, required=False)
@click.option("--all", "everything", is_flag=True, help="Every buried job.")
@pass_invocation
def retry(invocation: Invocation, /, number: int | None, everything: bool) -> None:
    """Put a buried job back on the queue, with all its attempts."""
    if (number is None) != everything:
        raise click.UsageError("give the ID of a buried job, or --all")
    again = run_async(_retry(invocation, number))
    click.echo(f"{len(again)} jobs are on the queue again; a worker runs them.")


async def _retry(invocation: Invocation, number: int | None) -> Sequence[int]:
    from slomix.jobs.history import retry, retry_all
    from slomix.runtime import open_database

    async with open_database(invocation.settings()) as db, db.transaction() as tx:
        if number is None:
            return await retry_all(tx)
        await retry(tx, number)
        return [number]


@jobs.command()
@click.argument("number", metavar="ID", type=int)
@pass_invocation
def bury(invocation: Invocation, /, number: int) -> None:
    """Keep a waiting job from running until it is retried."""
    from slomix.jobs.history import bury as bury_job

    run_async(_on(invocation, bury_job, number))
    click.echo(f"Job {number} is buried; `slomix jobs retry {number}` brings it back.")


@jobs.command()
@click.argument("number", metavar="ID", type=int)
@pass_invocation
def cancel(invocation: Invocation, /, number: int) -> None:
    """Drop a waiting or buried job for good."""
    from slomix.jobs.history import cancel as cancel_job

    run_async(_on(invocation, cancel_job, number))
    click.echo(f"Job {number} is gone.")


async def _on(invocation: Invocation, work: Callable[[Connection, int], Awaitable[Any]], number: int) -> None:
    from slomix.runtime import open_database

    db: Database
    async with open_database(invocation.settings()) as db, db.transaction() as tx:
        await work(tx, number)


def _short(text: str, length: int = 100) -> str:
    first = text.split("\n", 1)[0]
    return first if len(first) <= length else f"{first[: length - 1]}…"
