"""Looking after the plugins of a running program: what becomes of them is kept, and who fails too often is told."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import structlog

from slomix.contrib import Job
from slomix.host import remember
from slomix.host.breaker import Breaker
from slomix.host.state import PluginState, save, save_some

if TYPE_CHECKING:
    from slomix.context import Db
    from slomix.host.host import Host

log = structlog.get_logger("slomix.host")

#: How often burials are counted.
LOOK_SECONDS = 10.0


@contextlib.asynccontextmanager
async def cared_for(
    host: Host, db: Db, *, role: str, delivery_job: str, look_seconds: float = LOOK_SECONDS
) -> AsyncIterator[None]:
    """Keep the states of the plugins, now and whenever one changes, in the database and beside the data.

    Leave the block after `host.shutdown()`, so that the last word is kept too.
    """
    data_dir = host.settings.core.data_dir
    changed: dict[str, PluginState] = {}
    wake = asyncio.Event()

    def tell(state: PluginState) -> None:
        changed[state.name] = state
        remember.write(data_dir, role, host.states.values())
        wake.set()

    await save(db, host.states)
    remember.write(data_dir, role, host.states.values())
    host.on_change(tell)
    breaker = Breaker(host, delivery_job=delivery_job, owners={c.record.name: c.plugin for c in host.records(Job)})
    tasks = [
        asyncio.create_task(_keep(db, changed, wake), name="plugin states"),
        asyncio.create_task(_watch(breaker, db, look_seconds), name="circuit breaker"),
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _keep(db: Db, changed: dict[str, PluginState], wake: asyncio.Event) -> None:
    """Write what changed; while the database is away it is tried again with the next change or after a while."""
    while True:
        await wake.wait()
        wake.clear()
        states = dict(changed)
        try:
            await save_some(db, states.values())
        except Exception as error:
            log.debug("plugin states wait for the database", error=str(error))
            await asyncio.sleep(1.0)
            wake.set()
            continue
        for name, state in states.items():
            if changed.get(name) is state:
                del changed[name]


async def _watch(breaker: Breaker, db: Db, pause: float) -> None:
    while True:
        await asyncio.sleep(pause)
        try:
            await breaker.look(db)
        except Exception as error:
            log.debug("burials could not be counted", error=str(error))
