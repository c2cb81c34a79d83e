"""Looking back at events, following them without a gap, and delivering them once more."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ClassVar

import pytest

from slomix.bus import Bus, LiveFeed
from slomix.bus.delivery import Deliverer
from slomix.bus.history import CannotReplay, events, first_event, latest, replay
from slomix.bus.outbox import DurableHandler
from slomix.clock import SystemClock
from slomix.context import Delivery
from slomix.contrib import Handler
from slomix.events import Event
from slomix.jobs.queue import JobQueue
from slomix.storage.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Played(Event):
    owner: ClassVar[str] = "test"
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Other(Event):
    owner: ClassVar[str] = "test"
    n: int


async def count_up(event: Played, delivery: Delivery) -> None:
    assert delivery.tx is not None
    await delivery.tx.execute("insert into public.effect values ($1)", event.n)


COUNT_UP = DurableHandler("test.count_up", Handler(event=Played, run=count_up, when=lambda event, now: event.n != 2))


def make_bus(db: Database) -> tuple[Bus, JobQueue]:
    queue = JobQueue(SystemClock())
    bus = Bus(queue, SystemClock(), LiveFeed(db))
    bus.declare([COUNT_UP])
    return bus, queue


async def publish(db: Database, bus: Bus, *numbers: int, kind: type[Played | Other] = Played) -> None:
    async with db.transaction() as tx:
        await bus.publish(tx, *(kind(n=n) for n in numbers))


async def deliver_all(db: Database) -> None:
    """What a worker does, job after job."""
    for row in await db.fetch("select id, payload from slomix.pgqueuer order by id"):
        await Deliverer(db, [COUNT_UP]).deliver(json.loads(row["payload"]))
        await db.execute("delete from slomix.pgqueuer where id = $1", row["id"])


async def test_events_by_number_and_kind(db: Database) -> None:
    bus, _ = make_bus(db)
    await publish(db, bus, 1)
    await publish(db, bus, 10, kind=Other)
    await publish(db, bus, 2, 3)
    seqs = [envelope.seq for envelope in await events(db, 0)]
    assert len(seqs) == 4
    assert [e.payload["n"] for e in await events(db, seqs[1])] == [10, 2, 3]
    assert [e.payload["n"] for e in await events(db, seqs[1], key="test.Played")] == [2, 3]
    assert [e.payload["n"] for e in await latest(db, 2)] == [2, 3]
    assert [e.payload["n"] for e in await latest(db, 5, key="test.Other")] == [10]


async def test_a_moment_names_the_first_event_after_it(db: Database) -> None:
    bus, _ = make_bus(db)
    assert await first_event(db, "2025-12-31") == 1
    await publish(db, bus, 1)
    await db.execute("update slomix.event set published_at = $1", datetime(2026, 1, 2, 12, tzinfo=UTC))
    await publish(db, bus, 2)
    first, second = [envelope.seq for envelope in await events(db, 0)]
    assert await first_event(db, "2026-01-02T12:00") == first
    assert await first_event(db, "2026-01-02T12:00:01+00:00") == second
    assert await first_event(db, (datetime.now(UTC) + timedelta(days=1)).isoformat()) == second + 1
    assert await first_event(db, "17") == 17
    with pytest.raises(CannotReplay, match="'yesterday' is neither the number of an event nor a moment"):
        await first_event(db, "yesterday")


async def test_a_replay_runs_the_handler_once_more_and_no_other(db: Database) -> None:
    await db.execute("create table public.effect (n integer)")
    bus, queue = make_bus(db)
    await publish(db, bus, 1, 2, 3)
    await deliver_all(db)
    assert await db.fetchval("select array_agg(n order by n) from public.effect") == [1, 3]
    last = (await events(db, 0))[-1].seq
    await db.execute("insert into slomix.inbox (handler, event_seq) values ('test.other', $1)", last)
    async with db.transaction() as tx:
        assert await replay(tx, queue, bus.durable, "test.count_up", since=0) == 2
    await deliver_all(db)
    assert await db.fetchval("select array_agg(n order by n) from public.effect") == [1, 1, 3, 3]
    async with db.transaction() as tx:
        assert await replay(tx, queue, bus.durable, "test.count_up", since=last, key="test.Played") == 1
    assert await db.fetchval("select count(*) from slomix.inbox where handler = 'test.other'") == 1


async def test_a_replay_that_is_rolled_back_changed_nothing(db: Database) -> None:
    await db.execute("create table public.effect (n integer)")
    bus, queue = make_bus(db)
    await publish(db, bus, 1)
    await deliver_all(db)
    with pytest.raises(ZeroDivisionError):
        async with db.transaction() as tx:
            await replay(tx, queue, bus.durable, "test.count_up", since=0)
            raise ZeroDivisionError
    assert await db.fetchval("select count(*) from slomix.inbox") == 1
    assert await db.fetchval("select count(*) from slomix.pgqueuer") == 0


async def test_what_can_not_be_replayed_is_refused(db: Database) -> None:
    bus, queue = make_bus(db)
    async with db.transaction() as tx:
        with pytest.raises(CannotReplay, match=r"no durable handler test\.gone; known are: test\.count_up"):
            await replay(tx, queue, bus.durable, "test.gone", since=0)
        with pytest.raises(CannotReplay, match=r"handles test\.Played, not test\.Other"):
            await replay(tx, queue, bus.durable, "test.count_up", since=0, key="test.Other")


async def test_following_skips_nothing_and_repeats_nothing(db: Database) -> None:
    bus, _ = make_bus(db)
    await publish(db, bus, *range(50))
    seen: list[int] = []
    running = asyncio.create_task(bus.live.run())

    async def publishing() -> None:
        for n in range(50, 80):
            await publish(db, bus, n)

    async def following() -> None:
        async for envelope in bus.live.follow(0):
            seen.append(envelope.payload["n"])
            if len(seen) == 80:
                return

    async with asyncio.timeout(60):
        await asyncio.gather(publishing(), following())
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert seen == list(range(80))


async def test_the_commands(db: Database, dsn: str, tmp_path: Path) -> None:
    bus, _ = make_bus(db)
    await publish(db, bus, *range(25))
    (tmp_path / "plugins.toml").write_text("schema = 1\n[plugins]\n")
    environ = {name: value for name, value in os.environ.items() if not name.startswith("SLOMIX_")}
    command = [sys.executable, "-m", "slomix", "--config", str(tmp_path / "plugins.toml"), "events"]

    async def start(*arguments: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *command, *arguments, env={**environ, "SLOMIX_DATABASE__URL": dsn},
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip

    told, _ = await (await start("tail")).communicate()
    assert len(told.splitlines()) == 20
    told, _ = await (await start("tail", "--since", "0", "--json", "--key", "test.Played")).communicate()
    assert [json.loads(line)["payload"]["n"] for line in told.splitlines()] == list(range(25))

    process = await start("tail", "--follow", "--json")
    assert process.stdout is not None
    async with asyncio.timeout(60):
        lines = [json.loads(await process.stdout.readline())["payload"]["n"] for _ in range(20)]
        assert lines == list(range(5, 25))
        await publish(db, bus, 25)
        assert json.loads(await process.stdout.readline())["payload"]["n"] == 25
    process.send_signal(signal.SIGINT)
    await process.communicate()
    assert process.returncode == 130

    process = await start("replay", "--handler", "test.count_up", "--since", "0")
    _, complaint = await process.communicate()
    assert process.returncode == 1
    assert b"no durable handler test.count_up; known are: " in complaint
