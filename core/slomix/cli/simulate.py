"""`slomix simulate`: the plugins' simulated communities as files in a folder. Needs no database."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from slomix.cli.invocation import Invocation, pass_invocation
from slomix.errors import SlomixError

if TYPE_CHECKING:
    from slomix.contrib import Simulator


def _moment(ctx: click.Context, parameter: click.Parameter, text: str | None) -> datetime | None:
    try:
        return None if text is None else datetime.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter("give a time such as 2026-09-01T21:00") from error


@click.command()
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="The folder to fill.")
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0), help="Decides everything that happens.")
@click.option("--rounds", type=click.IntRange(1, 20_000), help="How many; default: three evenings, or without end.")
@click.option("--speed", default=0.0, type=click.FloatRange(0), help="Live, so many times faster than life.")
@click.option("--start", callback=_moment, metavar="ISO", help="When the first evening begins (the server's clock).")
@click.option("--played", type=click.IntRange(0, 1000), help="With --speed: rounds that are over already.")
@click.option("--companions", is_flag=True, default=None, help="Also what a server writes beside stats files.")
@click.option(
    "--live-logs",
    type=click.Path(path_type=Path, file_okay=False),
    help="With --speed: a folder for the logs that a server writes while it plays.",
)
@pass_invocation
def simulate(invocation: Invocation, /, out: Path, **options: Any) -> None:
    """Play evenings and write genuine stats files into a folder.

    The same seed writes the same bytes. With --speed rounds end now, one after another, until interrupted.
    """
    live = options["speed"] > 0
    for option in ("played", "live_logs"):
        if options[option] and not live:
            raise click.UsageError(f"--{option.replace('_', '-')} goes with --speed")
    feeds = [simulator.run(out, **_given(simulator, options)) for simulator in _simulators(invocation)]
    written = 0
    total = options["rounds"] and options["rounds"] * len(feeds)
    try:
        for _ in _watched(_in_turn(feeds), total):
            written += 1
    except KeyboardInterrupt:
        # A live feed has no other end.
        if not live:
            raise
    except OSError as error:
        raise SlomixError(f"{out} can not be filled: {error.strerror}; choose another folder with --out.") from error
    click.echo(f"{written} files in {out}")


def _simulators(invocation: Invocation) -> Sequence[Simulator]:
    from slomix.cli.unopened import declared
    from slomix.contrib import Simulator
    from slomix.errors import PluginError

    found = declared(invocation.settings(), "register_simulators", Simulator, **invocation.choice())
    if not found:
        raise PluginError("No plugin that is enabled simulates anything; `slomix plugins enable stats` changes that.")
    return [contributed.record for contributed in found]


def _given(simulator: Simulator, options: dict[str, Any]) -> dict[str, Any]:
    """The options that were given; logs only to a simulator that writes some."""
    takes_logs = "live_logs" in inspect.signature(simulator.run).parameters
    return {key: value for key, value in options.items() if value is not None and (key != "live_logs" or takes_logs)}


def _in_turn(feeds: Sequence[Iterator[Path]]) -> Iterator[Path]:
    """One file of each feed after the other, until all have ended."""
    left = list(feeds)
    while left:
        for feed in tuple(left):
            path = next(feed, None)
            if path is None:
                left.remove(feed)
            else:
                yield path


def _watched(paths: Iterator[Path], total: int | None) -> Iterator[Path]:
    """The paths, with a progress bar on standard error where that is a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("playing", total=total)
        for path in paths:
            progress.update(task, advance=1, description=path.name)
            yield path
