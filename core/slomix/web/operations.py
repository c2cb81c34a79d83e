"""Files, jobs and game servers, for the pages of those who look after them.

Every function takes the request and raises `LoginNeeded` or `Forbidden` for whom it is not: files and jobs take the
right `slomix.operate`, servers and their tokens an admin. What can not be done is a `Conflict` or `NotFound` with the
reason. Every change is a line of the audit log.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from starlette.requests import Request

from slomix.identity import servers as known
from slomix.identity.servers import ServerError, ServerLine
from slomix.ingest import history as ledger
from slomix.ingest.history import NotInLedgerError, Refused, Summary
from slomix.ingest.outcome import Outcome
from slomix.ingest.retry import retry as read_again
from slomix.jobs import history as queue
from slomix.jobs.history import Counts, JobEntry, LogEntry, NoSuchJob
from slomix.people.audit import note
from slomix.people.rights import OPERATE
from slomix.web.auth import auth_of, require, require_tier
from slomix.web.problems import BadRequest, Conflict, NotFound

if TYPE_CHECKING:
    from slomix.storage.database import Connection
    from slomix.web.auth import Viewer

__all__ = [
    "OPERATE",
    "Counts",
    "FileEntry",
    "JobEntry",
    "LogEntry",
    "Outcome",
    "Refused",
    "ServerLine",
    "Summary",
    "add_server",
    "bury_job",
    "cancel_job",
    "file",
    "files",
    "job",
    "jobs",
    "make_token",
    "retry_file",
    "retry_files",
    "retry_job",
    "retry_jobs",
    "revoke_tokens",
    "servers",
]

T = TypeVar("T")

MOST_FILES = 200
MOST_JOBS = 200
#: Of a file that is shown.
MOST_SHOWN = 8192
_DIGEST_DIGITS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEntry:
    """A file of the ledger; `beginning` is text of at most 8 KiB, None where the file was too large to keep."""

    name: str
    artifact: str
    source: str
    server: str | None
    size: int
    received_at: datetime
    outcome: str
    reason: str | None
    detail: str | None
    parser: str | None
    parser_version: int | None
    round_id: str | None
    revision: bool
    beginning: str | None


# ---- files ----------------------------------------------------------------------------------


async def files(request: Request, *, latest: int = 50) -> Summary:
    """How many files there are of each outcome and reason, and the latest that were refused."""
    await require(request, OPERATE)
    return await ledger.summary(auth_of(request).db, latest=min(latest, MOST_FILES))


async def file(request: Request, name_or_hash: str) -> list[FileEntry]:
    """What is known of a file, by its name, its SHA-256 or at least eight digits of it; the oldest first."""
    await require(request, OPERATE)
    with _answered():
        found = await ledger.find(auth_of(request).db, name_or_hash)
    return [_shown(entry) for entry in found]


async def retry_file(request: Request, artifact: str) -> Outcome:
    """Read a refused file again. Raises `Conflict` for one that is not in quarantine (any more)."""
    me = await require(request, OPERATE)
    if len(artifact) != _DIGEST_DIGITS:
        raise BadRequest("A file is named by its SHA-256.")
    tried = await read_again(request.app.state.pipeline, only=[artifact])
    if not tried:
        raise Conflict("This file is not in quarantine (any more), was too large to keep, or no plugin reads it.")
    await _note(request, me, "ingest.retry", f"file:{artifact[:12]}", {"name": tried[0].name, "now": tried[0].outcome})
    return tried[0]


async def retry_files(request: Request) -> list[Outcome]:
    """Read all refused files again that another or a newer parser may read now; answers those that were tried."""
    me = await require(request, OPERATE)
    tried = await read_again(request.app.state.pipeline)
    if tried:
        imported = sum(outcome.outcome == "imported" for outcome in tried)
        await _note(request, me, "ingest.retry", "files", {"tried": len(tried), "imported": imported})
    return tried


def _shown(entry: ledger.Entry) -> FileEntry:
    values = {name: getattr(entry, name) for name in ledger.Entry.__dataclass_fields__ if name != "raw"}
    return FileEntry(**values, beginning=_beginning(entry.raw))


def _beginning(raw: bytes | None) -> str | None:
    if raw is None:
        return None
    # no more than is shown, however much a file swells
    return zlib.decompressobj().decompress(raw, MOST_SHOWN).decode("utf-8", "replace")


# ---- jobs -----------------------------------------------------------------------------------


async def jobs(request: Request, *, buried: bool = False, limit: int = 100) -> tuple[Counts, list[JobEntry]]:
    """Jobs that are not done, those that were given up first, and how many there are of each state."""
    await require(request, OPERATE)
    db = auth_of(request).db
    return await queue.counts(db), await queue.jobs(db, buried=buried, limit=min(limit, MOST_JOBS))


async def job(request: Request, number: int) -> tuple[JobEntry, list[LogEntry]]:
    """One job and all that happened to it, with its errors in full."""
    await require(request, OPERATE)
    with _answered():
        return await queue.job(auth_of(request).db, number)


async def retry_job(request: Request, number: int) -> None:
    """Put a job that was given up back on the queue."""
    await _with_job(request, number, "job.retry", queue.retry)


async def bury_job(request: Request, number: int) -> None:
    """Keep a waiting job from running until it is tried again."""
    await _with_job(request, number, "job.bury", queue.bury)


async def cancel_job(request: Request, number: int) -> None:
    """Drop a waiting job, or one that was given up, for good."""
    await _with_job(request, number, "job.cancel", queue.cancel)


async def retry_jobs(request: Request) -> Sequence[int]:
    """Put every job that was given up back on the queue; answers their numbers."""
    me = await require(request, OPERATE)
    async with auth_of(request).db.transaction() as tx:
        again = await queue.retry_all(tx)
        if again:
            await note(tx, me.who(), "job.retry", "jobs", {"jobs": list(again)})
    return again


async def _with_job(request: Request, number: int, action: str, work: Callable[[Connection, int], Any]) -> None:
    me = await require(request, OPERATE)
    with _answered():
        async with auth_of(request).db.transaction() as tx:
            name = (await queue.job(tx, number))[0].name
            await work(tx, number)
            await note(tx, me.who(), action, f"job:{number}", {"name": name})


# ---- servers --------------------------------------------------------------------------------


async def servers(request: Request) -> list[ServerLine]:
    """Admins: all game servers with how many tokens open the door for them."""
    await require_tier(request, "admin")
    return await known.list_servers(auth_of(request).db)


async def add_server(request: Request, name: str) -> None:
    """Admins: make a game server known."""
    me = await require_tier(request, "admin")
    with _answered():
        async with auth_of(request).db.transaction() as tx:
            made = await known.add_server(tx, name)
            await note(tx, me.who(), "server.add", f"server:{made.id}", {"name": made.name})


async def make_token(request: Request, server: str) -> str:
    """Admins: a new upload token of a server, which can not be read again later."""
    me = await require_tier(request, "admin")
    with _answered():
        async with auth_of(request).db.transaction() as tx:
            token = await known.create_token(tx, server)
            await note(tx, me.who(), "server.token", f"server:{(await known.find_server(tx, server)).id}")
    return token


async def revoke_tokens(request: Request, server: str) -> int:
    """Admins: let no token of a server open anything any more; answers how many there were."""
    me = await require_tier(request, "admin")
    with _answered():
        async with auth_of(request).db.transaction() as tx:
            revoked = await known.revoke_tokens(tx, server)
            subject = f"server:{(await known.find_server(tx, server)).id}"
            await note(tx, me.who(), "server.revoke", subject, {"tokens": revoked})
    return revoked


async def _note(request: Request, me: Viewer, action: str, subject: str, detail: dict[str, Any]) -> None:
    async with auth_of(request).db.transaction() as tx:
        await note(tx, me.who(), action, subject, detail)


@contextmanager
def _answered() -> Iterator[None]:
    """What is not there, or can not be done, is an answer for who asks."""
    try:
        yield
    except NotInLedgerError as error:
        raise NotFound(str(error)) from error
    except (NoSuchJob, ServerError) as error:
        raise Conflict(str(error)) from error
