"""Damaged files, and what parsing does besides answering."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from random import Random
from typing import Any

INPUTS = 200
ODD_NUMBERS = (b"-1", b"0", b"99999999999999999999", b"1e400", b"nan", b"", b"\xff\xfe", b"\0")
#: What a pure function does not do; `open` of a module's file is told apart by its mode.
EFFECTS = ("open", "socket.connect", "socket.bind", "subprocess.Popen", "os.remove", "os.rename", "os.mkdir", "sqlite3")


def _flip(data: bytes, dice: Random) -> bytes:
    at = dice.randrange(len(data))
    return data[:at] + bytes([dice.randrange(256)]) + data[at + 1 :]


def _cut(data: bytes, dice: Random) -> bytes:
    at, length = dice.randrange(len(data)), dice.randrange(1, 40)
    return data[:at] + data[at + length :]


def _truncate(data: bytes, dice: Random) -> bytes:
    return data[: dice.randrange(len(data))]


def _repeat(data: bytes, dice: Random) -> bytes:
    lines = data.splitlines(keepends=True)
    at = dice.randrange(len(lines))
    return b"".join([*lines[:at], lines[at], lines[at], *lines[at + 1 :]])


def _swap(data: bytes, dice: Random) -> bytes:
    lines = data.splitlines(keepends=True)
    dice.shuffle(lines)
    return b"".join(lines)


def _number(data: bytes, dice: Random) -> bytes:
    words = data.split(b" ")
    words[dice.randrange(len(words))] = dice.choice(ODD_NUMBERS)
    return b" ".join(words)


def _noise(data: bytes, dice: Random) -> bytes:
    return dice.randbytes(dice.randrange(200))


DAMAGES: tuple[Callable[[bytes, Random], bytes], ...] = (_flip, _cut, _truncate, _repeat, _swap, _number, _noise)


def mutated(samples: Mapping[str, bytes], *, count: int = INPUTS, seed: int = 1) -> Iterator[tuple[str, bytes]]:
    """Damaged copies of the samples, the same ones each time; every tenth has a damaged name instead."""
    dice = Random(seed)
    files = [(name, data) for name, data in samples.items() if data]
    for index in range(count if files else 0):
        name, data = files[index % len(files)]
        if index % 10 == 9:
            yield name[: dice.randrange(len(name))] + dice.choice("x\0 é/") + name[-4:], data
        else:
            yield name, dice.choice(DAMAGES)(data, dice)


_watching = threading.local()


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    seen: list[str] | None = getattr(_watching, "seen", None)
    if seen is not None and event.startswith(EFFECTS):
        seen.append(f"{event} {arguments[0] if arguments else ''}".strip())


@contextmanager
def effects() -> Iterator[list[str]]:
    """What this thread does to files, the network and other programs meanwhile."""
    if not getattr(_hook, "installed", False):
        sys.addaudithook(_hook)  # can not be taken away again, so there is one
        setattr(_hook, "installed", True)  # noqa: B010 - mypy knows no such attribute of a function
    seen: list[str] = []
    _watching.seen = seen
    try:
        yield seen
    finally:
        _watching.seen = None
