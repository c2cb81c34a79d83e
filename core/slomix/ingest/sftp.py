"""Files fetched by SFTP from a game server where nothing else can run.

Folders are listed by size and time; a file is fetched when it looks the same for a while, into a file beside, on from
where a broken connection left it. Host keys are always checked, and never learnt.
"""

from __future__ import annotations

import asyncio
import os
import stat
from contextlib import asynccontextmanager
from hashlib import blake2b
from pathlib import Path, PurePosixPath
from time import monotonic, time
from typing import TYPE_CHECKING

import asyncssh
import structlog
from asyncssh import SFTPConnectionLost, SFTPError, SFTPNoConnection, SFTPNoSuchFile

from slomix.errors import DatabaseUnavailable
from slomix.ingest.files import is_complete
from slomix.ingest.names import base_name, never_stored
from slomix.ingest.pipeline import Pipeline, StoreError
from slomix.ingest.prepare import HEAD_BYTES, is_ignored
from slomix.ingest.remote import done_files, mark_done, stamp_of, tell
from slomix.ingest.settling import Settling, Stamp
from slomix.storage.database import CONNECTION_ERRORS
from slomix.storage.leader import Leadership, LeadershipLost

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from slomix.settings import IngestSettings, SftpSource
    from slomix.storage.database import Database

log = structlog.get_logger("slomix.ingest")

#: A file is fetched when it looked the same for so long: times over there are whole seconds.
SETTLE_S = 3.0
CONNECT_S, LIST_S, BLOCK_S = 20.0, 30.0, 30.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 5.0, 300.0
_OUTAGE_S = 1.0
_BLOCK = 256 << 10
_WEEK_S = 7 * 86400

_NO_DATABASE: tuple[type[Exception], ...] = (LeadershipLost, DatabaseUnavailable, *CONNECTION_ERRORS)
#: A line that is gone, as opposed to an answer that is no.
_GONE = (SFTPConnectionLost, SFTPNoConnection)


async def poll(
    pipeline: Pipeline,
    db: Database,
    source: SftpSource,
    *,
    settle_s: float = SETTLE_S,
    first_pause_s: float = FIRST_PAUSE_S,
) -> None:
    """Import what appears in the source's folders until cancelled; of several processes one does it at a time.

    Goes on, after growing pauses, where the other machine or the database was away.
    """
    while True:
        try:
            async with Leadership(db, f"sftp {source.name}"):
                await _Source(pipeline, source, settle_s, first_pause_s).run()
        except _NO_DATABASE as error:
            log.warning("no database, trying again", source=source.name, error=str(error))
            await asyncio.sleep(_OUTAGE_S)


class _Source:
    """One machine while this process is the one that asks it."""

    def __init__(self, pipeline: Pipeline, source: SftpSource, settle_s: float, first_pause_s: float) -> None:
        self._pipeline = pipeline
        self._db = pipeline.db
        self._source = source
        self._settling = Settling(settle_s)
        self._first_pause_s = self._pause_s = first_pause_s
        self._parts = pipeline.settings.data_dir / "sftp"
        self._trouble: str | None = ""  # so that the first look is told of, good or bad

    async def run(self) -> None:
        """Stay connected; raises what the database raises."""
        for path, stamp in (await done_files(self._db, self._source.name)).items():
            self._settling.handled(_local(path), stamp)
        self._parts.mkdir(parents=True, exist_ok=True)
        _tidy(self._parts)
        while True:
            try:
                async with self._connected() as sftp:
                    await self._stay(sftp)
            except (asyncssh.Error, OSError, ValueError) as error:
                await self._tell(self._why(error))
            await asyncio.sleep(self._pause_s)
            self._pause_s = min(self._pause_s * 2, LONGEST_PAUSE_S)

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[asyncssh.SFTPClient]:
        source, secrets = self._source, self._pipeline.settings.ingest
        async with (
            asyncssh.connect(
                source.host,
                source.port,
                username=source.user,
                known_hosts=str(source.known_hosts),
                client_keys=[str(source.key)] if source.key else None,
                passphrase=_told(secrets, "sftp_passphrase"),
                password=_told(secrets, "sftp_password"),
                agent_path=None,
                config=None,
                connect_timeout=CONNECT_S,
                login_timeout=CONNECT_S,
                keepalive_interval=15,
            ) as connection,
            connection.start_sftp_client() as sftp,
        ):
            yield sftp

    async def _stay(self, sftp: asyncssh.SFTPClient) -> None:
        """Look every `every_s`, and fetch what is due in between."""
        while True:
            problems = [await self._look(sftp, folder) for folder in self._source.folders]
            await self._tell("; ".join(problem for problem in problems if problem) or None)
            self._pause_s = self._first_pause_s
            next_look = monotonic() + self._source.every_s
            while monotonic() < next_look:
                for path, stamp in self._settling.due(monotonic()):
                    await self._fetch(sftp, path, stamp)
                due = self._settling.next_due()
                await asyncio.sleep(max(0.0, min(next_look, due or next_look) - monotonic()))

    async def _look(self, sftp: asyncssh.SFTPClient, folder: str) -> str:
        """Note how the files of a folder look; answers what is wrong with it."""
        where = folder.encode("utf-8", "surrogateescape")
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(LIST_S) as limit:
                async for entry in sftp.scandir(where):
                    limit.reschedule(loop.time() + LIST_S)  # a long list may take long, a silence may not
                    name = _bytes(entry.filename)
                    stamp = _stamp(entry.attrs)
                    path = _local(where + b"/" + name)
                    if stamp is not None and path.name.isprintable() and not never_stored(base_name(path.name)):
                        self._settling.saw(path, stamp, monotonic())
        except _GONE:
            raise
        except SFTPError as error:
            return f"{folder} can not be listed: {error.reason}"
        return ""

    async def _fetch(self, sftp: asyncssh.SFTPClient, path: Path, seen: Stamp) -> None:
        """Deal with a file that is due; one that changed meanwhile waits again."""
        try:
            if not await self._is_still(sftp, path, seen):
                return
            part = self._parts / f"{blake2b(repr((self._source.name, path, seen)).encode()).hexdigest()[:40]}.part"
            wanted = await self._download(sftp, path, seen, part)
            if not await self._is_still(sftp, path, seen):
                part.unlink(missing_ok=True)
                return
            if not wanted or await self._offer(path, part.read_bytes()):
                part.unlink(missing_ok=True)
                await mark_done(self._db, self._source.name, os.fsencode(path), seen)
                self._settling.handled(path, seen)
        except _GONE:
            raise
        except SFTPNoSuchFile:
            self._settling.gone(path)
        except SFTPError as error:
            again = self._settling.failed(path, monotonic())
            log.warning("file can not be fetched", file=path.name, error=error.reason, again_in_s=again)

    async def _is_still(self, sftp: asyncssh.SFTPClient, path: Path, seen: Stamp) -> bool:
        async with asyncio.timeout(BLOCK_S):
            looks = _stamp(await sftp.lstat(os.fsencode(path)))
        if looks is None:
            self._settling.gone(path)
        elif looks != seen:
            self._settling.saw(path, looks, monotonic())
        return looks == seen

    async def _download(self, sftp: asyncssh.SFTPClient, path: Path, seen: Stamp, part: Path) -> bool:
        """Have the file in `part`, on from what is there; False for a file that nobody reads."""
        most = min(seen.size, self._pipeline.settings.ingest.max_upload_bytes + 1)
        async with sftp.open(os.fsencode(path), "rb", encoding=None) as remote:
            with part.open("ab", buffering=0) as local:
                have = local.tell()
                while have < most:
                    async with asyncio.timeout(BLOCK_S):
                        block = _bytes(await remote.read(min(_BLOCK, most - have) if have else HEAD_BYTES, have))
                    if not block:
                        break  # shorter than it was listed: the next look at it tells
                    if not have and is_ignored(self._pipeline.parsers, path.name, block):
                        return False
                    local.write(block)
                    have += len(block)
        return not (most == 0 and is_ignored(self._pipeline.parsers, path.name, b""))

    async def _offer(self, path: Path, data: bytes) -> bool:
        """Whether the file is dealt with."""
        if not is_complete(self._pipeline.parsers, path.name, data) and self._settling.incomplete(path, monotonic()):
            return False
        try:
            outcome = await self._pipeline.offer(path.name, data, source="sftp", server=self._source.server)
        except StoreError as error:
            pause = self._settling.failed(path, monotonic())
            log.error("import failed, trying again", file=path.name, error=str(error), again_in_s=pause)
            return False
        log.info("file", name=outcome.name, outcome=outcome.outcome, reason=outcome.reason, round=outcome.round_id)
        return True

    async def _tell(self, trouble: str | None) -> None:
        """One line for each trouble and one for its end; the rest is kept for those who ask."""
        if trouble != self._trouble and trouble is not None:
            log.warning("sftp source is in trouble", source=self._source.name, reason=trouble)
        elif trouble != self._trouble:
            log.info("sftp source is looked at", source=self._source.name, folders=list(self._source.folders))
        self._trouble = trouble
        await tell(self._db, self._source.name, trouble)

    def _why(self, error: Exception) -> str:
        source = self._source
        match error:
            case asyncssh.HostKeyNotVerifiable():
                return (
                    f"the host key of {source.host} is not the one in {source.known_hosts}; "
                    "when you know that it is right, put it there"
                )
            case asyncssh.PermissionDenied():
                return f"{source.host} does not let {source.user} in: {error.reason}"
            case asyncssh.KeyImportError() | asyncssh.KeyEncryptionError():
                return f"the key {source.key} can not be used: {error}"
        return f"{source.host}:{source.port} can not be asked: {error or type(error).__name__}"


def _told(secrets: IngestSettings, name: str) -> str | None:
    secret = getattr(secrets, name)
    return None if secret is None else secret.get_secret_value()


def _stamp(attrs: asyncssh.SFTPAttrs) -> Stamp | None:
    """Size and time of a plain file; None for anything else, links among them."""
    if attrs.size is None or attrs.mtime is None or not stat.S_ISREG(attrs.permissions or 0):
        return None
    return stamp_of(attrs.size, int(attrs.mtime))


def _bytes(read: str | bytes) -> bytes:
    return read.encode("utf-8", "surrogateescape") if isinstance(read, str) else read


def _local(path: bytes) -> Path:
    """A path over there, as a key here; every byte comes back with `os.fsencode`."""
    return Path(PurePosixPath(os.fsdecode(path)))


def _tidy(parts: Path) -> None:
    """Throw away what was begun long ago and never ended."""
    for part in parts.glob("*.part"):
        if part.stat().st_mtime < time() - _WEEK_S:
            part.unlink(missing_ok=True)
