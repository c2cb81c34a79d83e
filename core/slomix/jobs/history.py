"""What is on the queue: waiting, running and buried jobs with their errors, and what a person does about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from slomix.errors import SlomixError
from slomix.jobs.queue import wake_workers

if TYPE_CHECKING:
    from slomix.context import Db
    from slomix.storage.database import Connection

State = Literal["waiting", "running", "buried"]

COUNTS = """
select count(*) filter (where status = 'queued' and execute_after <= now()) as due,
    count(*) filter (where status = 'queued' and execute_after > now()) as later,
    count(*) filter (where status = 'picked') as running,
    count(*) filter (where status = 'failed') as buried
from slomix.pgqueuer
"""
# PgQueuer hands its record of a failure over as text, which our JSON codec wraps once more; `#>> '{}'` unwraps it.
JOBS = """
select j.id, j.entrypoint as name,
    case j.status when 'queued' then 'waiting' when 'picked' then 'running' else 'buried' end as state,
    j.attempts, j.created, j.updated, j.execute_after as run_at, j.dedupe_key as dedupe, j.payload,
    (l.record ->> 'exception_type') || ': ' || (l.record ->> 'exception_message') as error
from slomix.pgqueuer j
left join lateral (
    select (traceback #>> '{}')::jsonb as record from slomix.pgqueuer_log
    where job_id = j.id and traceback is not null order by id desc limit 1
) l on true
where ($1::bigint is null or j.id = $1)
    and j.status in ('queued', 'picked', 'failed') and ($2 = '' or j.status::text = $2)
order by j.status = 'failed' desc, j.execute_after, j.id
limit $3
"""
LOG = """
select created as at, status::text as status, (traceback #>> '{}')::jsonb as record
from slomix.pgqueuer_log where job_id = $1 order by id
"""
RETRY = """
with again as (
    update slomix.pgqueuer
    set status = 'queued', execute_after = now(), updated = now(), attempts = 0, queue_manager_id = null,
        dedupe_key = null
    where status = 'failed' and ($1::bigint is null or id = $1)
    returning id, entrypoint, priority
), told as (
    insert into slomix.pgqueuer_log (job_id, status, entrypoint, priority)
    select id, 'queued', entrypoint, priority from again
)
select id from again order by id
"""
BURY = """
with buried as (
    update slomix.pgqueuer set status = 'failed', updated = now() where id = $1 and status = 'queued'
    returning id, entrypoint, priority
)
insert into slomix.pgqueuer_log (job_id, status, entrypoint, priority, traceback)
select id, 'failed', entrypoint, priority, $2::jsonb from buried
returning job_id
"""
CANCEL = """
with gone as (
    delete from slomix.pgqueuer where id = $1 and status in ('queued', 'failed') returning id, entrypoint, priority
)
insert into slomix.pgqueuer_log (job_id, status, entrypoint, priority)
select id, 'canceled', entrypoint, priority from gone
returning job_id
"""
STATE = "select status::text from slomix.pgqueuer where id = $1"


class NoSuchJob(SlomixError):
    """The job is not there, or not in a state for what was asked."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Jobs that are due, wait for their time, run now, and were given up."""

    due: int
    later: int
    running: int
    buried: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JobEntry:
    """One job. `attempts` counts those that failed; `error` is the last one, as `Type: message`."""

    id: int
    name: str
    state: State
    attempts: int
    created: datetime
    updated: datetime
    run_at: datetime
    dedupe: str | None
    payload: Any
    error: str | None


@dataclass(frozen=True, slots=True)
class LogEntry:
    """Something that happened to a job; `traceback` is the whole text of an error."""

    at: datetime
    status: str
    traceback: str | None


async def counts(db: Db) -> Counts:
    """How many jobs are in which state."""
    row = await db.fetchrow(COUNTS)
    assert row is not None
    return Counts(**row)


async def jobs(db: Db, *, buried: bool = False, limit: int = 100) -> list[JobEntry]:
    """Jobs that are not done: buried ones first, then by the time they run; `buried` leaves the others out."""
    return [_entry(row) for row in await db.fetch(JOBS, None, "failed" if buried else "", limit)]


async def job(db: Db | Connection, number: int) -> tuple[JobEntry, list[LogEntry]]:
    """One job and all that happened to it. Raises `NoSuchJob`."""
    rows = await db.fetch(JOBS, number, "", 1)
    if not rows:
        raise _missing(number)
    log = [
        LogEntry(row["at"], row["status"], (row["record"] or {}).get("traceback") or None)
        for row in await db.fetch(LOG, number)
    ]
    return _entry(rows[0]), log


async def retry(tx: Connection, number: int) -> None:
    """Put a buried job back, with all its attempts. Raises `NoSuchJob`."""
    if not await tx.fetch(RETRY, number):
        raise await _why_not(tx, number, "retry works on buried jobs")
    await wake_workers(tx)


async def retry_all(tx: Connection) -> Sequence[int]:
    """Put every buried job back; answers their numbers."""
    again = [row["id"] for row in await tx.fetch(RETRY, None)]
    if again:
        await wake_workers(tx)
    return again


async def bury(tx: Connection, number: int) -> None:
    """Keep a waiting job from running until it is retried. Raises `NoSuchJob`."""
    record = {"exception_type": "Buried", "exception_message": "by hand", "traceback": ""}
    if await tx.fetchval(BURY, number, record) is None:
        raise await _why_not(tx, number, "bury works on waiting jobs")


async def cancel(tx: Connection, number: int) -> None:
    """Drop a waiting or buried job for good. Raises `NoSuchJob`."""
    if await tx.fetchval(CANCEL, number) is None:
        raise await _why_not(tx, number, "cancel works on waiting and buried jobs; it ends by itself")


def _entry(row: Any) -> JobEntry:
    values = dict(row)
    payload = values.pop("payload")
    return JobEntry(payload=msgspec.json.decode(payload) if payload else None, **values)


async def _why_not(tx: Connection, number: int, rule: str) -> NoSuchJob:
    status = await tx.fetchval(STATE, number)
    if status is None:
        return _missing(number)
    name = {"queued": "waiting", "picked": "running", "failed": "buried"}.get(status, status)
    return NoSuchJob(f"Job {number} is {name}: {rule}.")


def _missing(number: int) -> NoSuchJob:
    return NoSuchJob(f"There is no job {number} (any more); `slomix jobs` lists those that are not done.")
