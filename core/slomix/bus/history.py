"""Looking back at published events, and delivering them to a durable handler once more."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from slomix.bus.live import BATCH, Envelope
from slomix.bus.outbox import DELIVERY_JOB, DurableHandler
from slomix.errors import SlomixError
from slomix.jobs.queue import JobRequest

if TYPE_CHECKING:
    from slomix.context import Db
    from slomix.jobs.queue import JobQueue
    from slomix.storage.database import Connection

EVENTS = """
select seq, key, payload, published_at from slomix.event
where seq >= $1 and ($2::text is null or key = $2) order by seq limit $3
"""
LAST = """
select seq, key, payload, published_at from slomix.event
where $1::text is null or key = $1 order by seq desc limit $2
"""
#: The first event that was published at a moment or later; one past the last event where there is none.
FIRST_AT = """
select coalesce(
    (select min(seq) from slomix.event where published_at >= $1),
    (select max(seq) + 1 from slomix.event), 1)
"""
FORGET = "delete from slomix.inbox where handler = $1 and event_seq = any($2::bigint[])"


class CannotReplay(SlomixError):
    """The handler is not known, or is not for these events."""


async def first_event(db: Db, since: str) -> int:
    """The number of the first event of a replay: `since` is such a number, or a moment in ISO 8601 (without an
    offset: UTC). Raises `CannotReplay` when it is neither."""
    if since.isascii() and since.isdigit() and len(since) < 19:
        return int(since)
    try:
        moment = datetime.fromisoformat(since)
    except ValueError:
        raise CannotReplay(
            f"{since!r} is neither the number of an event nor a moment such as 2026-11-22T20:00; "
            "`slomix events tail` shows both."
        ) from None
    return int(await db.fetchval(FIRST_AT, moment if moment.tzinfo else moment.replace(tzinfo=UTC)))


async def events(db: Db, since: int, *, key: str | None = None, limit: int = BATCH) -> list[Envelope]:
    """Events from number `since` on, oldest first; `key` leaves out all others."""
    return [Envelope(*row) for row in await db.fetch(EVENTS, since, key, limit)]


async def latest(db: Db, count: int, *, key: str | None = None) -> list[Envelope]:
    """The last `count` events, oldest first."""
    return [Envelope(*row) for row in reversed(await db.fetch(LAST, key, count))]


async def replay(
    tx: Connection,
    queue: JobQueue,
    handlers: Iterable[DurableHandler],
    name: str,
    *,
    since: int,
    key: str | None = None,
) -> int:
    """Deliver events from number `since` on to one durable handler again; answers how many.

    Those that its `when` kept from it at the time stay away. Forgetting and delivering is one transaction: yours.
    Raises `CannotReplay`.
    """
    entry = _find(handlers, name)
    own = entry.handler.event.key()
    if key is not None and key != own:
        raise CannotReplay(f"{name} handles {own}, not {key}.")
    count = 0
    while rows := await tx.fetch(EVENTS, since, own, BATCH):
        since = rows[-1]["seq"] + 1
        again = [row["seq"] for row in rows if _wanted(entry, Envelope(*row))]
        await tx.execute(FORGET, name, again)
        if again:
            await queue.enqueue_many(
                tx, [JobRequest(name=DELIVERY_JOB, payload={"handler": name, "event": seq}) for seq in again]
            )
        count += len(again)
    return count


def _find(handlers: Iterable[DurableHandler], name: str) -> DurableHandler:
    known = {entry.name: entry for entry in handlers}
    if name not in known:
        raise CannotReplay(
            f"There is no durable handler {name}; known are: {', '.join(sorted(known)) or 'none'}. "
            "`slomix plugins` tells which plugins run."
        )
    return known[name]


def _wanted(entry: DurableHandler, envelope: Envelope) -> bool:
    if entry.handler.when is None:
        return True
    return entry.handler.when(msgspec.convert(envelope.payload, entry.handler.event), envelope.published_at)
