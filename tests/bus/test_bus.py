"""Events leave with their transaction, in order, once per durable handler, and reach live subscribers."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

import asyncpg
import pytest

from slomix.bus import Bus, LiveFeed
from slomix.bus.delivery import Deliverer, run_live_handlers
from slomix.bus.outbox import DELIVERY_JOB, DurableHandler
from slomix.clock import SystemClock
from slomix.context import Delivery
from slomix.contrib import Handler
from slomix.errors import PluginError
from slomix.events import Event
from slomix.jobs.queue import JobQueue
from slomix.storage.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Played(Event):
    owner: ClassVar[str] = "test"
    what: str
    at: datetime


NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def make_bus(db: Database, *handlers: DurableHandler) -> Bus:
    queue = JobQueue(SystemClock())
    bus = Bus(queue, SystemClock(), LiveFeed(db))
    bus.declare(handlers)
    return bus


@contextlib.asynccontextmanager
async def running(feed: LiveFeed) -> AsyncIterator[None]:
    task = asyncio.create_task(feed.run())
    await feed.started()
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def collect(feed: LiveFeed, count: int) -> list[int]:
    seen = []
    async for envelope in feed.subscribe():
        seen.append(envelope.seq)
        if len(seen) == count:
            break
    return seen


async def test_a_rolled_back_event_was_never_there(db: Database) -> None:
    bus = make_bus(db)
    with pytest.raises(ZeroDivisionError):
        async with db.transaction() as tx:
            await bus.publish(tx, Played(what="supply", at=NOON))
            raise ZeroDivisionError
    assert await bus.since(0) == []


async def test_payload_keeps_its_shape(db: Database) -> None:
    bus = make_bus(db)
    async with db.transaction() as tx:
        await bus.publish(tx, Played(what="supply", at=NOON), Played(what="ice", at=NOON))
    first, second = await bus.since(0)
    assert (first.key, first.payload) == ("test.Played", {"what": "supply", "at": "2026-11-22T12:00:00Z"})
    assert second.payload["what"] == "ice"
    assert first.seq < second.seq


async def test_readers_never_skip_an_event_that_commits_late(db: Database) -> None:
    """Two writers overlap: a reader that follows the numbers sees both, whoever commits first."""
    bus = make_bus(db)
    published = asyncio.Event()

    async def slow() -> None:
        async with db.transaction() as tx:
            await bus.publish(tx, Played(what="slow", at=NOON))
            published.set()
            await asyncio.sleep(0.2)

    async def quick() -> None:
        await published.wait()
        async with db.transaction() as tx:
            await bus.publish(tx, Played(what="quick", at=NOON))

    async with running(bus.live):
        seen = asyncio.create_task(collect(bus.live, 2))
        await asyncio.sleep(0)
        await asyncio.gather(slow(), quick())
        order = await asyncio.wait_for(seen, 60)
    assert order == sorted(order)
    assert [e.payload["what"] for e in await bus.since(0)] == ["slow", "quick"]


async def test_feed_catches_up_after_its_connection_was_killed(db: Database) -> None:
    bus = make_bus(db)
    async with running(bus.live):
        seen = asyncio.create_task(collect(bus.live, 3))
        await asyncio.sleep(0)
        for n in range(3):
            async with db.transaction() as tx:
                await bus.publish(tx, Played(what=str(n), at=NOON))
            await db.fetchval(
                "select count(pg_terminate_backend(pid)) from pg_stat_activity "
                "where query ilike 'listen%' and datname = current_database()"
            )
        assert len(await asyncio.wait_for(seen, 60)) == 3


async def test_durable_handler_runs_exactly_once_however_often_it_is_delivered(db: Database) -> None:
    async with db.transaction() as tx:
        await tx.execute("create table public.effect (event_id bigint)")

    async def handle(event: Played, delivery: Delivery) -> None:
        assert event.what == "supply"
        assert delivery.tx is not None
        await delivery.tx.execute("insert into public.effect values ($1)", delivery.event_id)

    entry = DurableHandler("test.handle", Handler(event=Played, run=handle))
    bus = make_bus(db, entry)
    async with db.transaction() as tx:
        await bus.publish(tx, Played(what="supply", at=NOON))
    rows = await db.fetch("select entrypoint, payload from slomix.pgqueuer")
    assert [row["entrypoint"] for row in rows] == [DELIVERY_JOB]
    seq = (await bus.since(0))[0].seq
    deliverer = Deliverer(db, [entry])
    payload = {"handler": "test.handle", "event": seq}
    await asyncio.gather(*(deliverer.deliver(payload) for _ in range(5)))
    assert await db.fetchval("select count(*) from public.effect") == 1


async def test_a_handler_meets_the_events_of_a_worker_in_their_order(db: Database) -> None:
    met: list[str] = []

    async def handle(event: Played, delivery: Delivery) -> None:
        await asyncio.sleep(0.05 if event.what == "0" else 0)
        met.append(event.what)

    entry = DurableHandler("test.handle", Handler(event=Played, run=handle))
    bus = make_bus(db, entry)
    async with db.transaction() as tx:
        await bus.publish(tx, *(Played(what=str(n), at=NOON) for n in range(5)))
    deliverer = Deliverer(db, [entry])
    seqs = [envelope.seq for envelope in await bus.since(0)]
    await asyncio.gather(*(deliverer.deliver({"handler": entry.name, "event": seq}) for seq in seqs))
    assert met == ["0", "1", "2", "3", "4"]


async def test_failed_handler_leaves_nothing_and_may_try_again(db: Database) -> None:
    attempts = []

    async def handle(event: Played, delivery: Delivery) -> None:
        attempts.append(event.what)
        if len(attempts) == 1:
            raise asyncpg.DataError("no")

    entry = DurableHandler("test.handle", Handler(event=Played, run=handle))
    bus = make_bus(db, entry)
    async with db.transaction() as tx:
        await bus.publish(tx, Played(what="supply", at=NOON))
    payload = {"handler": "test.handle", "event": (await bus.since(0))[0].seq}
    deliverer = Deliverer(db, [entry])
    with pytest.raises(asyncpg.DataError):
        await deliverer.deliver(payload)
    assert await db.fetchval("select count(*) from slomix.inbox") == 0
    await deliverer.deliver(payload)
    assert await db.fetchval("select count(*) from slomix.inbox") == 1
    assert len(attempts) == 2


async def test_filter_spares_the_delivery(db: Database) -> None:
    async def handle(event: Any, delivery: Delivery) -> None: ...

    handler = Handler(event=Played, run=handle, when=lambda event, now: event.what == "supply")
    bus = make_bus(db, DurableHandler("test.handle", handler))
    async with db.transaction() as tx:
        await bus.publish(tx, Played(what="ice", at=NOON), Played(what="supply", at=NOON))
    assert await db.fetchval("select count(*) from slomix.pgqueuer") == 1


async def test_delivery_to_a_plugin_that_is_not_here_says_so(db: Database) -> None:
    with pytest.raises(PluginError, match=r"no plugin here handles gone\.handle"):
        await Deliverer(db, []).deliver({"handler": "gone.handle", "event": 1})


async def test_live_handler_that_raises_costs_only_itself(db: Database) -> None:
    heard: asyncio.Queue[str] = asyncio.Queue()

    async def broken(event: Played, delivery: Delivery) -> None:
        raise RuntimeError("broken on purpose")

    async def healthy(event: Played, delivery: Delivery) -> None:
        await heard.put(event.what)

    bus = make_bus(db)
    handlers = [
        ("a.broken", Handler(event=Played, run=broken, mode="live")),
        ("b.healthy", Handler(event=Played, run=healthy, mode="live")),
    ]
    async with running(bus.live):
        task = asyncio.create_task(run_live_handlers(bus.live, handlers))
        await asyncio.sleep(0)
        for what in ("one", "two"):
            async with db.transaction() as tx:
                await bus.publish(tx, Played(what=what, at=NOON))
        assert [await asyncio.wait_for(heard.get(), 60) for _ in range(2)] == ["one", "two"]
        task.cancel()


async def test_live_handlers_that_fall_behind_miss_nothing(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("slomix.bus.live.QUEUE_LENGTH", 2)
    heard: list[str] = []
    go_on = asyncio.Event()

    async def slow(event: Played, delivery: Delivery) -> None:
        heard.append(event.what)
        await go_on.wait()

    bus = make_bus(db)
    async with running(bus.live):
        task = asyncio.create_task(
            run_live_handlers(bus.live, [("a.slow", Handler(event=Played, run=slow, mode="live"))])
        )
        await asyncio.sleep(0)
        for n in range(8):
            async with db.transaction() as tx:
                await bus.publish(tx, Played(what=str(n), at=NOON))
        await asyncio.sleep(0.3)
        go_on.set()
        async with asyncio.timeout(60):
            while len(heard) < 8:
                await asyncio.sleep(0.02)
        async with db.transaction() as tx:
            await bus.publish(tx, Played(what="8", at=NOON))
        async with asyncio.timeout(60):
            while len(heard) < 9:
                await asyncio.sleep(0.02)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert heard == [str(n) for n in range(9)]


async def test_slow_subscriber_is_let_go(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("slomix.bus.live.QUEUE_LENGTH", 2)
    bus = make_bus(db)
    async with running(bus.live):
        lazy = bus.live.subscribe()
        first = asyncio.ensure_future(anext(lazy))
        await asyncio.sleep(0)
        async with db.transaction() as tx:
            await bus.publish(tx, Played(what="0", at=NOON))
        assert (await first).payload["what"] == "0"
        async with db.transaction() as tx:
            await bus.publish(tx, *(Played(what=str(n), at=NOON) for n in range(1, 6)))
        async with asyncio.timeout(60):
            while bus.live.seen < (await bus.live.latest()):
                await asyncio.sleep(0.01)
            assert [e async for e in lazy] == []
