"""The worker processes of one process of Slomix: made when the first demo comes, ended at shutdown."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

from slomix_greatshot.scan.workers import Workers
from slomix_greatshot.tuned import tuning_of

if TYPE_CHECKING:
    from pathlib import Path

    from slomix_greatshot.demo.cutter import Clip
    from slomix_greatshot.scan.messages import Answer
    from slomix_greatshot.settings import GreatshotSettings


class Pool:
    """Reads and cuts demos beside the event loop, `count` at once. Both raise `ScanFailed`.

    It has threads of its own: whoever waits for a worker must not take those that everything else in the process uses.
    """

    def __init__(self, settings: GreatshotSettings, count: int) -> None:
        self._settings = settings
        self._workers = Workers(count, seconds=settings.scan_seconds, megabytes=settings.scan_mib)
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="greatshot")

    async def scan(self, file: Path) -> Answer:
        """The demo and its highlights, tuned by the settings."""
        ask = partial(self._workers.scan, file, whole=True, tuning=tuning_of(self._settings))
        return await asyncio.get_running_loop().run_in_executor(self._threads, ask)

    async def cut(self, file: Path, start_ms: int, end_ms: int, out: Path) -> Clip:
        """A clip without loss."""
        ask = partial(self._workers.cut, file, start_ms, end_ms, out)
        return await asyncio.get_running_loop().run_in_executor(self._threads, ask)

    async def stop(self) -> None:
        """End them."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        await asyncio.to_thread(self._workers.stop)
