"""Running jobs: claimed with SKIP LOCKED, retried with growing delays, held with their error when nothing helps."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec
import structlog
from pgqueuer.core.executors import DatabaseRetryEntrypointExecutor, EntrypointExecutorParameters
from pgqueuer.core.qm import QueueManager
from pgqueuer.domain.models import Job as QueuedJob

from slomix.jobs.queue import JobQueue, JobRequest, QueueQueries, queries_on, wake_workers

if TYPE_CHECKING:
    from slomix.storage.database import Database

log = structlog.get_logger("slomix.jobs")

#: Without a notification the queue is looked at this often at least.
POLL = timedelta(seconds=30)
HEARTBEAT = timedelta(seconds=30)
#: Jobs that run when the worker stops, or has lost its connection, get this long to end.
GRACE_S = 1.5

RELEASE = """
update slomix.pgqueuer set status = 'queued', queue_manager_id = null, updated = now()
where queue_manager_id = $1 and status = 'picked'
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Runnable:
    """What the worker runs under a name."""

    name: str
    run: Callable[[Mapping[str, Any]], Awaitable[None]]
    timeout: timedelta
    retries: int
    every: timedelta | None = None


class Worker:
    """Runs the jobs of one process until cancelled.

    `heartbeat`: a job whose worker has not been heard of for this long is given to another one.
    """

    def __init__(
        self,
        database: Database,
        queue: JobQueue,
        runnables: Sequence[Runnable],
        *,
        heartbeat: timedelta = HEARTBEAT,
    ) -> None:
        self._database = database
        self._queue = queue
        self._runnables = tuple(runnables)
        self._heartbeat = heartbeat
        self._tasks: set[asyncio.Task[Any]] = set()
        self._last: QueueManager | None = None

    async def run(self) -> None:
        """Work until cancelled; reconnects with growing delays when PostgreSQL goes away."""
        delay = 0.1
        while True:
            try:
                connection = await self._database.direct()
                try:
                    await self._release()
                    await self._schedule_all()
                    delay = 0.1
                    await self._work(connection)
                finally:
                    with contextlib.suppress(Exception):
                        await asyncio.wait_for(connection.close(), 1)
            except asyncio.CancelledError:
                raise
            except Exception as error:
                log.warning("worker lost its connection", error=str(error), retry_s=delay)
            await asyncio.sleep(delay)
            delay = min(delay * 2, 5.0)

    async def _work(self, connection: Any) -> None:
        manager = QueueManager(queries_on(connection))
        self._last = manager
        for runnable in self._runnables:
            manager.register_executor(runnable.name, self._executor(runnable))
        lost = asyncio.Event()
        connection.add_termination_listener(lambda _: lost.set())
        running = asyncio.ensure_future(
            manager.run(dequeue_timeout=min(POLL, self._heartbeat), heartbeat_timeout=self._heartbeat)
        )
        watching = asyncio.ensure_future(lost.wait())
        try:
            done, _ = await asyncio.wait({running, watching}, return_when=asyncio.FIRST_COMPLETED)
            if running in done:
                running.result()
            else:
                raise ConnectionError("the connection of the queue was closed")
        finally:
            watching.cancel()
            await self._end(manager, running)

    async def _end(self, manager: QueueManager, running: asyncio.Future[None]) -> None:
        """Take no more jobs, let those that run end, cut off what takes long, and give that to whoever comes next."""
        manager.shutdown.set()
        await asyncio.wait({running}, timeout=GRACE_S)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.wait({running}, timeout=GRACE_S)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        with contextlib.suppress(Exception):
            async with asyncio.timeout(1):
                await self._release()

    async def _release(self) -> None:
        """Settle what the last connection left behind, so that nobody waits for our heartbeat to be missed.

        Jobs that ended are written down; what was picked and did not end waits again.
        """
        if self._last is None:
            return
        assert isinstance(self._last.queries, QueueQueries)
        ended = list(self._last.queries.unwritten.values())
        async with self._database.transaction() as tx:
            if ended:
                await queries_on(tx).log_jobs(ended)
            await tx.execute(RELEASE, self._last.queue_manager_id)
            await wake_workers(tx)
        self._last = None

    def _executor(self, runnable: Runnable) -> DatabaseRetryEntrypointExecutor:
        return DatabaseRetryEntrypointExecutor(
            EntrypointExecutorParameters(
                func=partial(self._run_one, runnable), concurrency_limit=0, accepts_context=False, on_failure="hold"
            ),
            max_attempts=runnable.retries,
        )

    async def _run_one(self, runnable: Runnable, job: QueuedJob) -> None:
        payload = msgspec.json.decode(job.payload or b"{}")
        if runnable.every is not None:
            # The next one is on the queue before this one runs: a crash in between costs no round of the clock.
            await self._schedule(runnable)
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            async with asyncio.timeout(runnable.timeout.total_seconds()):
                await runnable.run(payload)
        finally:
            self._tasks.discard(task)

    async def _schedule_all(self) -> None:
        for runnable in self._runnables:
            if runnable.every is not None:
                await self._schedule(runnable)

    async def _schedule(self, runnable: Runnable) -> None:
        """Put the next run on the queue; all workers agree on its key, so there is one of it."""
        assert runnable.every is not None
        period = runnable.every.total_seconds()
        slot = int(datetime.now(UTC).timestamp() // period) + 1
        request = JobRequest(
            name=runnable.name,
            payload={},
            dedupe=f"{runnable.name}@{slot}",
            run_at=datetime.fromtimestamp(slot * period, UTC),
        )
        async with self._database.transaction() as tx:
            await self._queue.enqueue_many(tx, [request])
