"""`slomix greatshot scan FILE…`: what happened in demos, each read in a worker process."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from slomix.errors import SlomixError
from slomix_greatshot.scan.report import Report, refusal
from slomix_greatshot.scan.workers import SECONDS, Workers

if TYPE_CHECKING:
    from collections.abc import Callable

#: Fewer files than this are read before a bar would be seen.
_FEW = 3


@click.command(short_help="Say what happened in demos.")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object per file and line.")
@click.option("--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help="How many to read at once.")
@click.option("--seconds", type=click.FloatRange(0.1, 3600), default=SECONDS, show_default=True, help="Time per file.")
@click.option("--protocol-82", "old_protocol", is_flag=True, help="Try demos of ET 2.55 as well.")
def scan(files: tuple[Path, ...], as_json: bool, jobs: int, seconds: float, old_protocol: bool) -> int:
    """Say what happened in demos: players, deaths and highlights. Exit code 1 when one could not be read."""
    failed = False
    with Workers(jobs, seconds=seconds) as workers, _progress(len(files)) as advance:

        def one(file: Path) -> Report:
            try:
                answer = workers.scan(file, old_protocol=old_protocol)
            except SlomixError as error:
                return refusal(str(file), str(error))
            assert answer.report is not None
            return answer.report

        for report in _in_order(one, files, jobs):
            failed |= not report.ok
            advance()
            if as_json:
                sys.stdout.write(msgspec.json.encode(report).decode() + "\n")
            else:
                for line in lines(report):
                    click.echo(line)
    return 1 if failed else 0


def _in_order(one: Callable[[Path], Report], files: tuple[Path, ...], jobs: int) -> Iterator[Report]:
    if jobs == 1:
        yield from map(one, files)
        return
    with ThreadPoolExecutor(jobs) as threads:
        yield from threads.map(one, files)


@contextmanager
def _progress(count: int) -> Iterator[Callable[[], None]]:
    """A bar on standard error, where a person looks at it and would have to wait."""
    if count < _FEW or not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading demos", total=count)
        yield lambda: bar.advance(task)


def lines(report: Report) -> Iterable[str]:
    """A report for people."""
    if not report.ok:
        yield f"{report.file}: {report.error}"
        return
    seconds = report.duration_ms // 1000
    yield (
        f"{report.file}: {report.map or 'an unknown map'}, {seconds // 60}:{seconds % 60:02d}, "
        f"{len(report.players)} players, {len(report.obituaries)} obituaries, {report.snapshots} snapshots"
    )
    for warning in report.warnings:
        yield f"  warning: {warning}"
    for note in report.notes:
        yield f"  note: {note}"
    for highlight in report.highlights:
        yield f"  {highlight.start_ms}: {highlight.explanation}"
