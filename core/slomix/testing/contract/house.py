"""The program in which a plugin is checked, and what the checks look at from outside."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import asyncpg

from slomix.bus.outbox import DELIVERY_JOB
from slomix.contrib import Handler, Parser, Simulator
from slomix.jobs.queue import JobRequest
from slomix.settings import WebSettings
from slomix.testing.contract.subject import Subject, package_folder, subject_of
from slomix.testing.running import Running, running

R = TypeVar("R")

#: Rounds that a simulator is asked for where a plugin has no folder `samples`.
SIMULATED_ROUNDS = 4
TABLES = """
select c.relname
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where n.nspname = $1 and c.relkind in ('r', 'p') and c.relname !~ 'yoyo'
order by c.relname
"""
EVENTS = "select seq, key from slomix.event order by seq"
FORGET = "delete from slomix.inbox where handler like $1"

Samples = Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class House:
    """A running program with the plugin, what it needs and what it likes to have. `dsn` is its database.

    `moment` is when the one round was played that is in no sample.
    """

    subject: Subject
    program: Running
    dsn: str
    given: Samples
    moment: datetime

    def records(self, kind: type[R]) -> list[R]:
        """What the plugin declared."""
        found = self.program.runtime.host.records(kind)
        return [contributed.record for contributed in found if contributed.plugin == self.subject.name]

    def samples(self) -> dict[str, bytes]:
        """Files of the plugin's own kinds, by name."""
        return dict(self.given) or samples_of(self.program, self.subject.name)

    async def fill(self) -> None:
        """Import the samples of every plugin that is there, let core know of one more round, run all handlers."""
        for name in self.subject.everyone:
            files = self.samples() if name == self.subject.name else samples_of(self.program, name)
            for file, data in files.items():
                await self.program.give(file, data)
        await self.program.play(ended_local=self.moment)
        await self.program.settle()

    async def rows(self) -> dict[str, list[str]]:
        """Everything in the plugin's own tables, seen from outside."""
        connection = await asyncpg.connect(self.dsn)
        try:
            found = {}
            for (table,) in await connection.fetch(TABLES, self.subject.name):
                query = f'select t::text from "{self.subject.name}"."{table}" t order by 1'  # noqa: S608
                found[table] = [row[0] for row in await connection.fetch(query)]
            return found
        finally:
            await connection.close()

    async def deliver_again(self) -> int:
        """Hand every event to the plugin's durable handlers once more; answers how many deliveries that were."""
        runtime = self.program.runtime
        durable = {f"{self.subject.name}.{h.run.__name__}": h for h in self.records(Handler) if h.mode == "durable"}
        events = await self.execute(EVENTS)
        requests = [
            JobRequest(name=DELIVERY_JOB, payload={"handler": name, "event": row["seq"]})
            for row in events
            for name, handler in durable.items()
            if handler.event.key() == row["key"]
        ]
        await self.execute(FORGET, f"{self.subject.name}.%")
        async with runtime.db.transaction() as tx:
            await runtime.jobs.enqueue_many(tx, requests)
        await self.program.settle()
        return len(requests)

    async def execute(self, statement: str, *values: Any) -> list[Any]:
        """A statement of the checks themselves, on a connection of their own."""
        connection = await asyncpg.connect(self.dsn)
        try:
            found: list[Any] = await connection.fetch(statement, *values)
            return found
        finally:
            await connection.close()


@asynccontextmanager
async def open_house(
    subject: Subject,
    dsn: str,
    *,
    settings: Mapping[str, Any],
    samples: Samples,
    without: str | None = None,
) -> AsyncIterator[House]:
    """The program with all roles' declarations; `without` leaves one plugin out, and those that need it."""
    names = [name for name in subject.everyone if without not in (name, *subject_of(name).needs)]
    sections = {subject.name: settings} if settings else {}
    # every route is asked with every method, which is more than one address may do in a minute
    patient = {"web": WebSettings(changes_per_minute=10_000)}
    async with running(dsn, *names, role="all", sections=sections, core=patient) as program:
        zone = ZoneInfo(program.pipeline.settings.timezone)
        just_now = datetime.now(zone).replace(microsecond=0, tzinfo=None) - timedelta(minutes=1)
        yield House(subject, program, dsn, samples, just_now)


def samples_of(program: Running, plugin: str) -> dict[str, bytes]:
    """Files of a plugin's kinds: those of the folder `samples` in its package, else what its simulators write.

    Those of a plugin without a parser are not for the importer.
    """
    from slomix.host.discovery import discover

    folder = package_folder(discover()[plugin]) / "samples"
    if folder.is_dir():
        return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}
    reads = any(contributed.plugin == plugin for contributed in program.runtime.host.records(Parser))
    return simulated(program, plugin) if reads else {}


def simulated(program: Running, plugin: str) -> dict[str, bytes]:
    """What a plugin's simulators write, by name."""
    host = program.runtime.host
    if not host.records(Simulator):
        host.declare(("register_simulators",))
    simulators = [c.record for c in host.records(Simulator) if c.plugin == plugin]
    files: dict[str, bytes] = {}
    for simulator in simulators:
        with TemporaryDirectory() as out:
            paths: list[Path] = list(simulator.run(Path(out), seed=1, rounds=SIMULATED_ROUNDS))
            files |= {path.name: path.read_bytes() for path in paths}
    return files


async def quiet(check: Any, *, seconds: float = 2.0) -> bool:
    """Whether `check()` becomes true in time."""
    for _ in range(int(seconds / 0.05)):
        if await check():
            return True
        await asyncio.sleep(0.05)
    return bool(await check())
