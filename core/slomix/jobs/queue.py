"""Putting jobs on the queue, inside the transaction that makes them needed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.adapters.persistence.qb import (
    QueryBuilderEnvironment,
    QueryQueueBuilder,
    QuerySchedulerBuilder,
)
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.domain.models import Job as QueuedJob
from pgqueuer.domain.models import TracebackRecord
from pgqueuer.domain.settings import DBSettings
from pgqueuer.domain.types import JOB_STATUS

from slomix.clock import Clock
from slomix.errors import PluginError

if TYPE_CHECKING:
    from slomix.storage.database import Connection

#: Where the queue's tables live (migration core.0003).
QUEUE_SETTINGS = DBSettings(db_schema="slomix")

#: PgQueuer tells workers of new jobs only; this is what its trigger says, for jobs that wait again.
WAKE = """
select pg_notify('ch_pgqueuer', json_build_object('channel', 'ch_pgqueuer', 'operation', 'update', 'sent_at', now(),
    'table', 'pgqueuer', 'type', 'table_changed_event')::text)
"""

_ENVIRONMENT = QueryBuilderEnvironment(QUEUE_SETTINGS)
_QUEUE = QueryQueueBuilder(QUEUE_SETTINGS)
_SCHEDULE = QuerySchedulerBuilder(QUEUE_SETTINGS)


Ended = tuple[QueuedJob, JOB_STATUS, TracebackRecord | None]


@dataclass
class QueueQueries(Queries):
    """PgQueuer's queries, with two differences.

    A job whose worker stops is no cancelled job: it stays for the next worker. And jobs that ended while the
    connection was breaking are kept in `unwritten`, to be written down on the next one.
    """

    unwritten: dict[int, Ended] = field(default_factory=dict)

    async def log_jobs(self, job_status: list[Ended]) -> None:
        ended = [entry for entry in job_status if entry[1] != "canceled"]
        self.unwritten |= {entry[0].id: entry for entry in ended}
        if ended:
            await super().log_jobs(ended)
        for entry in ended:
            del self.unwritten[entry[0].id]

    async def retry_job(self, job: QueuedJob, delay: timedelta, traceback_record: TracebackRecord | None) -> None:
        await super().retry_job(job, delay, traceback_record)
        await self.driver.execute(WAKE)


def queries_on(connection: Any) -> QueueQueries:
    """PgQueuer's queries on an asyncpg connection, with our table names."""
    return QueueQueries(AsyncpgDriver(connection), _ENVIRONMENT, _QUEUE, _SCHEDULE)


async def wake_workers(tx: Connection) -> None:
    """Let workers look at the queue when this transaction commits."""
    await tx.execute(WAKE)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRequest:
    """A job to be done: `payload` is small and JSON; a second one with the same `dedupe` is dropped while one waits."""

    name: str
    payload: Mapping[str, Any]
    dedupe: str | None = None
    run_at: datetime | None = None


class JobQueue:
    """Implements `context.Jobs`. Plugins get it before all of them have declared their jobs."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._names: set[str] = set()

    def declare(self, names: Iterable[str]) -> None:
        """Make job names known."""
        self._names.update(names)

    async def enqueue(
        self,
        tx: Connection,
        name: str,
        payload: Mapping[str, Any],
        *,
        dedupe: str | None = None,
        run_at: datetime | None = None,
    ) -> None:
        """Put a declared job on the queue when this transaction commits. Raises `PluginError` for an unknown name."""
        if name not in self._names:
            raise PluginError(
                f"no plugin declared the job {name}; known are: {', '.join(sorted(self._names)) or 'none'}"
            )
        await self.enqueue_many(tx, [JobRequest(name=name, payload=payload, dedupe=dedupe, run_at=run_at)])

    async def enqueue_many(self, tx: Connection, requests: Sequence[JobRequest]) -> None:
        """Put several jobs on the queue with one statement."""
        now = self._clock.now()
        await queries_on(tx).enqueue(
            [request.name for request in requests],
            [msgspec.json.encode(request.payload) for request in requests],
            [0] * len(requests),
            [max(request.run_at - now, timedelta()) if request.run_at else None for request in requests],
            [request.dedupe for request in requests],
            on_conflict="skip",
        )
