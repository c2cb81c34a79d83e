"""Preparing many files ahead of the writer: in other processes where there are enough of them to pay for it."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from slomix.ingest.files import look_at
from slomix.ingest.outcome import Outcome
from slomix.ingest.prepare import Prepared

if TYPE_CHECKING:
    from slomix.contrib import Parser
    from slomix.host.host import Contributed

#: Files that are handed over at once.
CHUNK = 32
#: With fewer files, starting a process takes longer than reading them.
WORTH_A_PROCESS = 150
#: Chunks per process that wait for the writer.
_DEPTH = 3

Looked = Prepared | Outcome

# What a child process works with. It is forked, so it has the parsers without any copying or importing.
_parsers: Sequence[Contributed[Parser]] = ()


async def look_ahead(
    parsers: Sequence[Contributed[Parser]], files: Sequence[Path], limit: int, *, processes: int, keep: bool = True
) -> AsyncIterator[list[Looked]]:
    """The files in order, prepared, some at a time. `limit` is the most bytes that are read of one."""
    chunks = [files[start : start + CHUNK] for start in range(0, len(files), CHUNK)]
    if len(files) < WORTH_A_PROCESS or "fork" not in multiprocessing.get_all_start_methods():
        for chunk in chunks:
            yield [look_at(parsers, path, limit, keep=keep) for path in chunk]
        return
    global _parsers  # noqa: PLW0603 (handed over by the fork)
    _parsers = parsers
    pool = ProcessPoolExecutor(
        processes, mp_context=multiprocessing.get_context("fork"), initializer=_end_with, initargs=(os.getpid(),)
    )
    try:
        waiting: deque[asyncio.Future[list[Looked]]] = deque()
        for chunk in chunks:
            waiting.append(asyncio.wrap_future(pool.submit(_look_at_all, chunk, limit, keep)))
            if len(waiting) >= processes * _DEPTH:
                yield await waiting.popleft()
        while waiting:
            yield await waiting.popleft()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _look_at_all(files: Sequence[Path], limit: int, keep: bool) -> list[Looked]:
    return [look_at(_parsers, path, limit, keep=keep) for path in files]


def _end_with(parent: int) -> None:
    """End this process when the parent is killed: it holds the parent's locks and would wait for work for ever."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.2)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
