"""`slomix export`: the plugins' tables as newline-delimited JSON or CSV."""

from __future__ import annotations

import contextlib
import csv
import io
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from slomix.cli.invocation import Invocation, pass_invocation, run_async

if TYPE_CHECKING:
    from slomix.contrib import Export

Row = Mapping[str, Any]


@click.command()
@click.argument("kind")
@click.option("--format", "form", type=click.Choice(["ndjson", "csv"]), default="ndjson", show_default=True)
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Default: standard output.")
@pass_invocation
def export(invocation: Invocation, /, kind: str, form: str, output: Path | None) -> None:
    """Write a table of the plugins, such as player-rounds, matches or sessions.

    Unknown values are null in ndjson and empty in CSV. Lists are JSON in both.
    """
    run_async(_export(invocation, kind, form, output))


async def _export(invocation: Invocation, kind: str, form: str, output: Path | None) -> None:
    from slomix.contrib import Export
    from slomix.runtime import open_runtime

    async with open_runtime(invocation.settings(), role="cli", **invocation.choice()) as runtime:
        tables = {contributed.record.kind: contributed for contributed in runtime.host.records(Export)}
        if kind not in tables:
            listed = "\n".join(f"  {each.record.kind}: {each.record.summary}" for each in tables.values()) or "  (none)"
            raise click.UsageError(f"There is no table {kind!r}. The enabled plugins have:\n{listed}")
        with _target(output) as file:
            await write_table(tables[kind].record, runtime.db.plugin(tables[kind].plugin), file, form)


async def write_table(table: Export, db: Any, file: IO[bytes], form: str) -> None:
    """Write all rows of a table in the order it gives them; `form` is `ndjson` or `csv`."""
    encode = _csv(table.columns) if form == "csv" else _ndjson(table.columns)
    if form == "csv":
        file.write(encode(dict(zip(table.columns, table.columns, strict=True))))
    rows = table.rows(db)
    try:
        async for row in rows:
            file.write(encode(row))
    finally:
        # a reader that went away must not leave the table's transaction open
        close = getattr(rows, "aclose", None)
        if close is not None:
            await close()


def _ndjson(columns: tuple[str, ...]) -> Callable[[Row], bytes]:
    import msgspec

    encoder = msgspec.json.Encoder()
    return lambda row: encoder.encode({column: row[column] for column in columns}) + b"\n"


def _csv(columns: tuple[str, ...]) -> Callable[[Row], bytes]:
    import msgspec

    encoder = msgspec.json.Encoder()
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")

    def cell(value: Any) -> Any:
        return encoder.encode(value).decode() if isinstance(value, list | tuple | dict) else value

    def encode(row: Row) -> bytes:
        writer.writerow([cell(row[column]) for column in columns])
        line = buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()
        return line

    return encode


@contextlib.contextmanager
def _target(output: Path | None) -> Iterator[IO[bytes]]:
    """Standard output, or a file that appears under its name when it is complete."""
    if output is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    try:
        handle, draft = tempfile.mkstemp(dir=output.parent, prefix=f".{output.name}.")
    except OSError as error:
        raise click.FileError(str(output), error.strerror) from error
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(handle)
        os.chmod(draft, 0o666 & ~_umask())
        os.replace(draft, output)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(draft)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
