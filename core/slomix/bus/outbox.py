"""Publishing: one row in `slomix.event` and one job per durable handler, in the transaction that makes them true."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from slomix.bus.live import Envelope, LiveFeed
from slomix.clock import Clock
from slomix.contrib import Handler
from slomix.events import Event
from slomix.jobs.queue import JobRequest
from slomix.reading import is_reading
from slomix.signals import signal

if TYPE_CHECKING:
    from slomix.jobs.queue import JobQueue
    from slomix.storage.database import Connection

#: The queue's entry point that hands one event to one durable handler.
DELIVERY_JOB = "slomix.deliver"

# The advisory lock makes events commit in the order of their numbers: a reader that saw number n has seen all
# below it, so "everything after n" never skips one that commits late. It is held from here to the commit.
PUBLISH = """
with ordered as materialized (select pg_advisory_xact_lock(hashtext('slomix.event'))),
inserted as (
    insert into slomix.event (key, version, payload)
    select e.key, e.version, e.payload
    from ordered, unnest($1::text[], $2::integer[], $3::jsonb[]) with ordinality as e (key, version, payload, n)
    order by e.n
    returning seq
)
select array_agg(seq order by seq) as seqs, pg_notify('slomix_event', max(seq)::text) from inserted
"""


@dataclass(frozen=True, slots=True)
class DurableHandler:
    """A durable handler under the name that the inbox knows: `<plugin>.<function>`."""

    name: str
    handler: Handler


class Bus:
    """Publishes events; `live` is the feed of what was published, in every process.

    Plugins get it before all of them have declared their handlers.
    """

    def __init__(self, queue: JobQueue, clock: Clock, live: LiveFeed) -> None:
        self._queue = queue
        self._clock = clock
        self._durable: dict[str, list[DurableHandler]] = {}
        self.live = live

    def declare(self, durable: Iterable[DurableHandler]) -> None:
        """Make durable handlers known: events published from now on are delivered to them."""
        for entry in durable:
            self._durable.setdefault(entry.handler.event.key(), []).append(entry)

    @property
    def durable(self) -> list[DurableHandler]:
        """Every declared durable handler."""
        return [entry for entries in self._durable.values() for entry in entries]

    async def publish(self, tx: Connection, *events: Event) -> None:
        """Write the events and their deliveries in this transaction; they leave when it commits."""
        if not events:
            return
        row = await tx.fetchrow(
            PUBLISH,
            [event.key() for event in events],
            [event.version for event in events],
            [msgspec.to_builtins(event) for event in events],
        )
        assert row is not None
        now = self._clock.now()
        deliveries = [
            JobRequest(name=DELIVERY_JOB, payload={"handler": entry.name, "event": seq})
            for seq, event in zip(row["seqs"], events, strict=True)
            for entry in self._durable.get(event.key(), ())
            if entry.handler.when is None or entry.handler.when(event, now)
        ]
        if deliveries:
            await self._queue.enqueue_many(tx, deliveries)

    async def signal(self, tx: Connection, event: Event) -> None:
        """Tell a small event to whoever listens when this transaction commits. Raises `PluginError` for a large one."""
        await signal(tx, event)

    def version(self) -> tuple[int, int] | None:
        """As `slomix.context.Events` says."""
        return self.live.version if is_reading() and self.live.listening else None

    async def since(self, seq: int, limit: int = 500) -> list[Envelope]:
        """Events after number `seq`, oldest first."""
        return await self.live.since(seq, limit)
