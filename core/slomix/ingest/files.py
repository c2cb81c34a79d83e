"""Files on disk: which ones a path stands for, and looking at one."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from slomix.ingest.names import base_name
from slomix.ingest.outcome import Outcome
from slomix.ingest.prepare import HEAD_BYTES, Prepared, choose, is_ignored, prepare

if TYPE_CHECKING:
    from slomix.contrib import Parser
    from slomix.host.host import Contributed


def files_of(paths: Iterable[Path]) -> list[Path]:
    """The files that are meant: those given, and all below given folders.

    In the order of their names, which begin with their time: a first half comes before its second half, which then
    need not be derived again. Raises `FileNotFoundError` for a path that is not there.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            for folder, _, names in os.walk(path):
                found.update((Path(folder, name), None) for name in names)
        elif path.exists():
            found[path] = None
        else:
            raise FileNotFoundError(path)
    return sorted(found, key=lambda path: (path.name, str(path)))


def look_at(parsers: Sequence[Contributed[Parser]], path: Path, limit: int, *, keep: bool = True) -> Prepared | Outcome:
    """Read and prepare one file. A file that can not be read has failed: that is its outcome."""
    try:
        data = read(parsers, path, limit)
    except OSError as error:
        return Outcome(name=path.name, outcome="failed", detail=f"it can not be read: {error.strerror or error}")
    if data is None:
        return Prepared(name=path.name, verdict="ignored")
    return prepare(parsers, path.name, data, keep=keep)


def read(parsers: Sequence[Contributed[Parser]], path: Path, limit: int) -> bytes | None:
    """The bytes of a file, at most `limit` and one; None for an ignored one, of which no more than its head is read."""
    with path.open("rb", buffering=0) as file:
        head = file.read(HEAD_BYTES)
        return None if is_ignored(parsers, path.name, head) else head + _rest(file, head, limit)


def _rest(file: io.FileIO, head: bytes, limit: int) -> bytes:
    """What follows the head, which was not shorter than asked for unless the file ended there."""
    parts, left = [], limit + 1 - len(head)
    while left > 0 and (part := file.read(left)):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def is_complete(parsers: Sequence[Contributed[Parser]], name: str, data: bytes) -> bool:
    """Text ends in a newline; other files and those that nobody reads have no such sign."""
    parser = choose(parsers, base_name(name), data[:HEAD_BYTES])
    return parser is None or not parser.record.text or data.endswith(b"\n")
