"""The worker processes of one process of Slomix: made when the first demo comes, ended at shutdown."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from slomix_greatshot.scan.workers import Workers
from slomix_greatshot.tuned import tuning_of

if TYPE_CHECKING:
    from pathlib import Path

    from slomix_greatshot.demo.cutter import Clip
    from slomix_greatshot.scan.messages import Answer
    from slomix_greatshot.settings import GreatshotSettings


class Pool:
    """Reads and cuts demos beside the event loop. Both raise `ScanFailed`."""

    def __init__(self, settings: GreatshotSettings, count: int) -> None:
        self._settings, self._count = settings, count
        self._workers: Workers | None = None

    async def scan(self, file: Path) -> Answer:
        """The demo and its highlights, tuned by the settings."""
        return await asyncio.to_thread(self._made().scan, file, whole=True, tuning=tuning_of(self._settings))

    async def cut(self, file: Path, start_ms: int, end_ms: int, out: Path) -> Clip:
        """A clip without loss."""
        return await asyncio.to_thread(self._made().cut, file, start_ms, end_ms, out)

    async def stop(self) -> None:
        """End them."""
        workers, self._workers = self._workers, None
        if workers is not None:
            await asyncio.to_thread(workers.stop)

    def _made(self) -> Workers:
        if self._workers is None:
            given = self._settings
            self._workers = Workers(self._count, seconds=given.scan_seconds, megabytes=given.scan_mib)
        return self._workers
