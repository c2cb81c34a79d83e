"""`slomix stats rebuild`: everything again from the parsed files."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from time import perf_counter

import click

from slomix.context import PluginContext
from slomix.errors import SlomixError
from slomix.identity.aliases import resolve_round, resolve_session
from slomix_stats.derive.rules import rules_of
from slomix_stats.settle.rebuild import rebuild_session, sessions_to_rebuild

_SESSION_OF = "select session_id from slomix.round where id = $1"


class NotThereError(SlomixError):
    """There is no such round or session."""


def rebuild_command(ctx: PluginContext) -> click.Command:
    """The command."""

    @click.command("rebuild")
    @click.option("--session", "session_id", metavar="ID", help="Only this session.")
    @click.option("--round", "round_id", metavar="ID", help="Only the session of this round.")
    async def rebuild(session_id: str | None, round_id: str | None) -> None:
        """Derive everything anew from the stored files: numbers, results, teams, findings, sums.

        Manual decisions are kept. Readers see each session as it was until it is done.
        """
        wanted = None
        if round_id is not None:
            wanted = [await _session_of(ctx, round_id)]
        elif session_id is not None:
            wanted = [await _session(ctx, session_id)]
        sessions = await sessions_to_rebuild(ctx.db, wanted)
        rules, began, rounds = rules_of(ctx.settings), perf_counter(), 0
        with _progress(len(sessions)) as advance:
            for each, server in sessions:
                rounds += await rebuild_session(ctx.db, each, server, rules)
                advance()
        seconds = perf_counter() - began
        click.echo(f"{rounds} rounds of {len(sessions)} sessions were derived anew in {seconds:.1f} s.")

    return rebuild


async def _session(ctx: PluginContext, session_id: str) -> str:
    found = await resolve_session(ctx.db, session_id)
    if found is None:
        raise NotThereError(f"There is no session {session_id!r}.")
    return found


async def _session_of(ctx: PluginContext, round_id: str) -> str:
    found = await resolve_round(ctx.db, round_id)
    if found is None:
        raise NotThereError(f"There is no round {round_id!r}.")
    return str(await ctx.db.fetchval(_SESSION_OF, found))


@contextlib.contextmanager
def _progress(total: int) -> Iterator[Callable[[], None]]:
    """A bar on standard error where that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("sessions"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("sessions", total=total)
        yield lambda: bar.advance(task)
