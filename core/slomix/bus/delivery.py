"""Handing events to handlers: durable ones by a job with an inbox row, live ones from the feed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
import structlog

from slomix.bus.live import Envelope, LiveFeed
from slomix.bus.outbox import DurableHandler
from slomix.context import Delivery
from slomix.contrib import Handler
from slomix.errors import PluginError
from slomix.storage.link import lend
from slomix.storage.roles import CORE

if TYPE_CHECKING:
    from slomix.storage.database import Database

log = structlog.get_logger("slomix.bus")

# The first statement of a durable handler's transaction: whoever inserts the row does the work.
TAKE = "insert into slomix.inbox (handler, event_seq) values ($1, $2) on conflict do nothing returning true"
EVENT = "select key, payload, published_at from slomix.event where seq = $1"


class Deliverer:
    """Runs durable handlers for the queue's delivery jobs."""

    def __init__(self, database: Database, handlers: Sequence[DurableHandler]) -> None:
        self._database = database
        self._handlers = {entry.name: entry.handler for entry in handlers}
        # A handler meets the events of one worker in their order: two rounds that arrive together are posted as they
        # were played. The lock is fair, and the queue hands out the oldest job first.
        self._turns = {entry.name: asyncio.Lock() for entry in handlers}

    async def deliver(self, payload: Mapping[str, Any]) -> None:
        """Hand event `payload["event"]` to handler `payload["handler"]`, exactly once, after those before it.

        Raises `PluginError` when the handler's plugin is not loaded here, so that the job is tried again later.
        """
        name, seq = payload["handler"], payload["event"]
        handler = self._handlers.get(name)
        if handler is None:
            raise PluginError(f"no plugin here handles {name}; enable the one that declared it, or retry later")
        async with self._turns[name], self._database.transaction() as tx:
            if not await tx.fetchval(TAKE, name, seq):
                return
            row = await tx.fetchrow(EVENT, seq)
            if row is None:
                return
            event = msgspec.convert(row["payload"], handler.event)
            delivery = Delivery(event_id=seq, published_at=row["published_at"], tx=tx)
            async with lend(tx, plugin_of(name), back=False), asyncio.timeout(handler.timeout.total_seconds()):
                await handler.run(event, delivery)


def plugin_of(handler: str) -> str:
    """Whose a handler is, by its name: a plugin, or "core"."""
    plugin = handler.partition(".")[0]
    return CORE if plugin == "slomix" else plugin


async def run_live_handlers(feed: LiveFeed, handlers: Sequence[tuple[str, Handler]]) -> None:
    """Run live handlers until cancelled; one that raises or is late is logged and costs only itself.

    When they fall so far behind that the feed lets go of them, the rest is read from the table: they miss nothing.
    """
    by_key: dict[str, list[tuple[str, Handler]]] = {}
    for name, handler in handlers:
        by_key.setdefault(handler.event.key(), []).append((name, handler))
    await feed.started()
    async for envelope in feed.follow(feed.seen):
        await _run_all(by_key, envelope)


async def _run_all(by_key: Mapping[str, list[tuple[str, Handler]]], envelope: Envelope) -> None:
    for name, handler in by_key.get(envelope.key, ()):
        await _run_one(name, handler, envelope)


async def _run_one(name: str, handler: Handler, envelope: Envelope) -> None:
    try:
        event = msgspec.convert(envelope.payload, handler.event)
        if handler.when is not None and not handler.when(event, envelope.published_at):
            return
        delivery = Delivery(event_id=envelope.seq, published_at=envelope.published_at, tx=None)
        async with asyncio.timeout(handler.timeout.total_seconds()):
            await handler.run(event, delivery)
    except Exception:
        log.exception("live handler failed", handler=name, event_seq=envelope.seq, event_key=envelope.key)
