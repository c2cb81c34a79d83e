"""A CSV file through an importer: row by row, each in a transaction of its own, with a report of what was refused."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from slomix.errors import SlomixError
from slomix.storage.link import lend

if TYPE_CHECKING:
    from slomix.context import Db
    from slomix.contrib import Importer

#: Excel writes semicolons in half of Europe.
_SEPARATORS = ",;\t"


class ImportRefused(SlomixError):
    """A whole file can not be read as this table."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that was not taken. `line` counts from 1, with the line of the columns' names."""

    line: int
    reason: str


@dataclass(slots=True, kw_only=True)
class Report:
    """What came of a file. `known` rows were there already."""

    table: str
    dry_run: bool
    rows: int = 0
    changed: int = 0
    known: int = 0
    refused: list[Refused] = field(default_factory=list)
    seconds: float = 0.0


class _DryRun(Exception):
    """Takes back what a row did."""


async def take_file(
    db: Db,
    plugin: str | None,
    importer: Importer,
    data: bytes,
    actor: str,
    *,
    dry_run: bool = False,
    progress: Callable[[int], None] = lambda count: None,
) -> Report:
    """Import a file. `plugin` is whose table it is, None for core's own. `dry_run` takes every row back.

    Raises `ImportRefused` where it is no CSV with the importer's columns; a row that is refused is in the report.
    """
    began = time.monotonic()
    report = Report(table=importer.name, dry_run=dry_run)
    for line, row in rows(importer, data):
        report.rows += 1
        try:
            changed = await _take(db, plugin, importer, row, actor, dry_run=dry_run)
        except SlomixError as error:
            report.refused.append(Refused(line, str(error)))
        else:
            report.changed += changed
            report.known += not changed
        progress(report.rows)
    report.seconds = round(time.monotonic() - began, 3)
    return report


async def _take(
    db: Db, plugin: str | None, importer: Importer, row: Mapping[str, str], actor: str, *, dry_run: bool
) -> bool:
    changed = False
    try:
        async with db.transaction() as tx:
            if plugin is None:
                changed = await importer.take(tx, row, actor)
            else:
                async with lend(tx, plugin):
                    changed = await importer.take(tx, row, actor)
            if dry_run:
                raise _DryRun
    except _DryRun:
        pass
    return bool(changed)


def rows(importer: Importer, data: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a CSV file with their line numbers. Raises `ImportRefused`. Pure."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ImportRefused(f"The file is not UTF-8 (byte {error.start}); save it as CSV UTF-8.") from None
    head = text.partition("\n")[0]
    separator = max(_SEPARATORS, key=head.count)
    reader = csv.reader(io.StringIO(text), delimiter=separator)
    names = [name.strip().lower() for name in next(reader, [])]
    missing = [name for name in importer.columns if name not in names]
    strange = [name for name in names if name not in (*importer.columns, *importer.optional)]
    if missing or strange:
        wanted = ", ".join(importer.columns) + "".join(f", [{name}]" for name in importer.optional)
        raise ImportRefused(
            f"The first line has to name the columns of {importer.name}: {wanted}. "
            f"Missing: {', '.join(missing) or 'none'}; not known: {', '.join(strange) or 'none'}."
        )
    for cells in reader:
        if any(cell.strip() for cell in cells):
            padded = [*cells, *[""] * (len(names) - len(cells))]
            yield reader.line_num, {name: cell.strip() for name, cell in zip(names, padded, strict=False)}
