"""A watched folder: every file that a game server finishes there is imported within a moment.

What counts is what lies in the folder, not what was reported: reports only make it quick. All files are compared
with the ledger at the start, and looked through now and then.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import stat
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import structlog
from watchfiles import awatch

from slomix.errors import DatabaseUnavailable
from slomix.ingest.bulk import flush
from slomix.ingest.files import is_complete, read
from slomix.ingest.ledger import handled_names
from slomix.ingest.names import base_name, never_stored
from slomix.ingest.pipeline import Pipeline, StoreError
from slomix.ingest.settling import Settling, Stamp

if TYPE_CHECKING:
    from slomix.settings import FolderSource

log = structlog.get_logger("slomix.ingest")

RESCAN_S = 30.0
_MISSING_S = 2.0
_OUTAGE_S = 1.0
#: Reports are collected for so many milliseconds, at most so many when they do not stop.
_STEP_MS = 50
_DEBOUNCE_MS = 100
#: With more files at once than this, single commits do not wait for the disk, one at the end does; and sessions are
#: settled once, at the end.
_MANY = 8


async def watch(pipeline: Pipeline, folder: FolderSource, *, rescan_s: float = RESCAN_S) -> None:
    """Import what appears in the folder and below it until cancelled.

    Waits for a folder that is not there, and goes on after the database was away.
    """
    told = False
    while True:
        if not folder.path.is_dir():
            if not told:
                log.warning("folder is missing, waiting for it", folder=str(folder.path))
            told = True
            await asyncio.sleep(min(_MISSING_S, rescan_s))
            continue
        told = False
        try:
            await _Watched(pipeline, folder, rescan_s).run()
        except DatabaseUnavailable as error:
            log.warning("no database, trying again", folder=str(folder.path), error=str(error))
            await asyncio.sleep(_OUTAGE_S)


class _Watched:
    """One folder while it is the same folder."""

    def __init__(self, pipeline: Pipeline, folder: FolderSource, rescan_s: float) -> None:
        ingest = pipeline.settings.ingest
        self._pipeline = pipeline
        self._root = folder.path
        self._server = folder.server
        self._rescan_s = rescan_s
        self._limit = ingest.max_upload_bytes
        self._settling = Settling(ingest.settle_ms / 1000)
        self._woken = asyncio.Event()

    async def run(self) -> None:
        """Until the folder goes away or another one takes its place."""
        identity = _identity(self._root)
        listener = asyncio.create_task(self._listen(), name=f"listen {self._root}")
        try:
            await asyncio.sleep(0)  # it listens from here on, so nothing falls between the look and the reports
            await self._catch_up()
            looked = monotonic()
            while _identity(self._root) == identity:
                await self._sleep_until(looked + self._rescan_s)
                if monotonic() >= looked + self._rescan_s:
                    await self._look_through()
                    looked = monotonic()
                await self._offer_due()
        finally:
            listener.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await listener

    async def _listen(self) -> None:
        """Note what is reported. Where the system can not report, the regular look has to do."""
        try:
            async for changes in awatch(
                self._root, watch_filter=None, step=_STEP_MS, debounce=_DEBOUNCE_MS, recursive=True
            ):
                for _, path in changes:
                    self._saw(Path(path))
                self._woken.set()
        except Exception as error:
            self._rescan_s = min(self._rescan_s, _MISSING_S)
            log.warning(
                "changes are not reported here", folder=str(self._root), look_every_s=self._rescan_s, error=str(error)
            )
            self._woken.set()

    async def _sleep_until(self, latest: float) -> None:
        due = self._settling.next_due()
        until = latest if due is None else min(due, latest)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), max(0.0, until - monotonic()))
        self._woken.clear()

    def _saw(self, path: Path) -> None:
        try:
            found = _stamp(path)
        except OSError:
            self._settling.gone(path)
            return
        if found is not None and not never_stored(base_name(path.name)):
            self._settling.saw(path, found, monotonic())

    async def _catch_up(self) -> None:
        """Leave alone what the ledger holds under this name and size since the file was last changed."""
        found = await asyncio.to_thread(_all_files, self._root)
        known = await handled_names(self._pipeline.db, {base_name(path.name) for path in found})
        for path, look in found.items():
            received = known.get((base_name(path.name), look.size))
            if received is not None and received >= datetime.fromtimestamp(look.mtime_ns / 1e9, UTC):
                self._settling.handled(path, look)
            else:
                self._settling.saw(path, look, monotonic())
        log.info("watching", folder=str(self._root), server=self._server, files=len(found))

    async def _look_through(self) -> None:
        found = await asyncio.to_thread(_all_files, self._root)
        self._settling.keep_only(found)
        for path, look in found.items():
            self._settling.saw(path, look, monotonic())

    async def _offer_due(self) -> None:
        due = self._settling.due(monotonic())
        many = len(due) > _MANY
        done: list[tuple[Path, Stamp]] = []
        for path, look in due:
            if await self._offer(path, look, one_of_many=many):
                done.append((path, look))
        if many and done:
            await self._pipeline.sessions.settle_left(self._pipeline.db)
            await flush(self._pipeline.db)
        for path, look in done:
            self._settling.handled(path, look)

    async def _offer(self, path: Path, seen: Stamp, *, one_of_many: bool) -> bool:
        """Whether the file is dealt with; one that changed or is not complete stays with the others."""
        try:
            data = read(self._pipeline.parsers, path, self._limit)
            now_looks = _stamp(path)
        except FileNotFoundError:
            self._settling.gone(path)
            return False
        except OSError as error:
            pause = self._settling.failed(path, monotonic())
            log.warning("file can not be read", file=str(path), error=str(error), again_in_s=pause)
            return False
        if now_looks is not None and now_looks != seen:
            self._settling.saw(path, now_looks, monotonic())
            return False
        if data is None:
            return True
        if not is_complete(self._pipeline.parsers, path.name, data) and self._settling.incomplete(path, monotonic()):
            return False
        try:
            outcome = await self._pipeline.offer(
                path.name, data, source="folder", server=self._server, durable=not one_of_many, later=one_of_many
            )
        except StoreError as error:
            pause = self._settling.failed(path, monotonic())
            log.error("import failed, trying again", file=path.name, error=str(error), again_in_s=pause)
            return False
        log.info("file", name=outcome.name, outcome=outcome.outcome, reason=outcome.reason, round=outcome.round_id)
        return True


def _stamp(path: Path) -> Stamp | None:
    """Size and time of a regular file; None for anything else. Raises `OSError` when it is gone."""
    found = path.stat()
    return Stamp(found.st_size, found.st_mtime_ns) if stat.S_ISREG(found.st_mode) else None


def _identity(folder: Path) -> tuple[int, int] | None:
    try:
        found = folder.stat()
    except OSError:
        return None
    return (found.st_dev, found.st_ino)


def _all_files(root: Path) -> dict[Path, Stamp]:
    """The files in a folder and below it that are not left alone by their name."""
    found: dict[Path, Stamp] = {}
    for folder, _, names in os.walk(root):
        for name in names:
            if never_stored(base_name(name)):
                continue
            path = Path(folder, name)
            with contextlib.suppress(OSError):
                if (look := _stamp(path)) is not None:
                    found[path] = look
    return found
