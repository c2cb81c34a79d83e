"""Whether everything between a game server and a page works: the facts, for pages that tell them in words.

Nothing in it is secret, and everybody may ask; what to think of the facts is the page's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version
from time import monotonic
from typing import TYPE_CHECKING, Any

import structlog
from starlette.requests import Request

from slomix.identity.servers import ServerLine, list_servers
from slomix.ingest.remote import RemoteState, states
from slomix.jobs.history import Counts, counts
from slomix.web.auth import why_off
from slomix.web.status import DATABASE_LIMIT_S, Bot, Ledger, PluginInfo

if TYPE_CHECKING:
    from slomix.storage.database import Database

__all__ = ["Bot", "Chain", "Counts", "Files", "LastFile", "LastRound", "Ledger", "PluginInfo", "RemoteState"]
__all__ += ["ServerLine", "Unfinished", "chain"]

log = structlog.get_logger("slomix.web")

#: Matches that lack a round are told for so long.
RECENT = timedelta(days=14)
#: A second round is awaited for so long.
AWAITED = timedelta(minutes=45)
MOST_UNFINISHED = 20
_BEGAN = monotonic()

OUTCOMES = "select outcome, count(*) from slomix.artifact group by outcome"
LAST_FILE = """
select a.name, a.source, s.name as server, a.received_at, a.outcome
from slomix.artifact a left join slomix.server s on s.id = a.server_id
order by a.seq desc limit 1
"""
NEWER_REFUSED = """
select count(*) from slomix.artifact
where outcome = 'quarantined' and received_at > coalesce(
    (select max(received_at) from slomix.artifact where outcome = 'imported'), '-infinity'
)
"""
# One for each server: what it played last.
LAST_ROUNDS = """
select r.id as round_id, r.map, r.number, r.ended_at, r.imported_at, s.name as server
from slomix.server s cross join lateral (
    select id, map, number, ended_at, imported_at from slomix.round where server_id = s.id
    order by ended_at desc limit 1
) r
order by r.ended_at desc
"""
UNFINISHED = """
select m.id as match_id, m.session_id, s.name as server, m.map, m.status, m.ended_at
from slomix.match m join slomix.server s on s.id = m.server_id
where m.ended_at > $1 and (m.status in ('abandoned_r1', 'orphan_r2') or (m.status = 'open' and m.ended_at < $2))
order by m.ended_at desc limit $3
"""
DUE_SINCE = "select min(execute_after) from slomix.pgqueuer where status = 'queued' and execute_after <= now()"


@dataclass(frozen=True, slots=True, kw_only=True)
class LastFile:
    """The file that came last, whatever became of it. `source` says how: `upload`, `folder` …"""

    name: str
    source: str
    server: str | None
    received_at: datetime
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LastRound:
    """What a server played last."""

    round_id: str
    map: str
    number: int
    ended_at: datetime
    imported_at: datetime
    server: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfinished:
    """A match that lacks a round: `abandoned_r1` and `open` the second, `orphan_r2` the first."""

    match_id: str
    session_id: str
    server: str
    map: str
    status: str
    ended_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """What is in the database. `newer_refused` files were quarantined after the last one that was imported.

    `due_since`: the job that waits longest for a worker.
    """

    ledger: Ledger
    last: LastFile | None
    newer_refused: int
    rounds: tuple[LastRound, ...]
    unfinished: tuple[Unfinished, ...]
    servers: tuple[ServerLine, ...]
    sources: tuple[RemoteState, ...]
    jobs: Counts
    due_since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """The state of every link. `files` is None while the database does not answer in time.

    `listening`: news of other processes arrive. `folders` are watched, `machines` asked by SFTP.
    """

    now: datetime
    version: str
    uptime_s: int
    files: Files | None
    listening: bool
    plugins: tuple[PluginInfo, ...]
    bot: Bot
    login: Bot
    folders: int
    machines: int


async def chain(request: Request) -> Chain:
    """The facts of this moment, by a few reads."""
    runtime: Any = request.app.state.runtime
    settings = runtime.settings.core
    machines = [source.name for source in settings.ingest.sftp]
    now: datetime = runtime.clock.now()
    off = why_off(settings)
    return Chain(
        now=now,
        version=version("slomix"),
        uptime_s=int(monotonic() - _BEGAN),
        files=await _files(runtime.db, machines, now),
        listening=runtime.bus.live.listening,
        plugins=_plugins(runtime.host.states.items()),
        bot=Bot(on=not runtime.bot_off, reason=runtime.bot_off),
        login=Bot(on=not off, reason=off),
        folders=len(settings.ingest.folders),
        machines=len(machines),
    )


def _plugins(found: Iterable[tuple[str, Any]]) -> tuple[PluginInfo, ...]:
    return tuple(
        PluginInfo(name, state.version, str(state.state), state.reason or "", tuple(state.hooks))
        for name, state in found
    )


async def _files(db: Database, machines: Sequence[str], now: datetime) -> Files | None:
    try:
        async with asyncio.timeout(DATABASE_LIMIT_S):
            return await _read(db, machines, now)
    except Exception as error:
        log.warning("database does not answer", error=repr(error))
        return None


async def _read(db: Database, machines: Sequence[str], now: datetime) -> Files:
    outcomes = {row[0]: row[1] for row in await db.fetch(OUTCOMES)}
    last = await db.fetchrow(LAST_FILE)
    unfinished = await db.fetch(UNFINISHED, now - RECENT, now - AWAITED, MOST_UNFINISHED)
    return Files(
        ledger=Ledger(*(outcomes.get(outcome, 0) for outcome in ("imported", "empty", "quarantined"))),
        last=LastFile(**dict(last)) if last is not None else None,
        newer_refused=await db.fetchval(NEWER_REFUSED),
        rounds=tuple(LastRound(**dict(row)) for row in await db.fetch(LAST_ROUNDS)),
        unfinished=tuple(Unfinished(**dict(row)) for row in unfinished),
        servers=tuple(await list_servers(db)),
        sources=tuple(await states(db, list(machines))),
        jobs=await counts(db),
        due_since=await db.fetchval(DUE_SINCE),
    )
