"""Several roles in one event loop: each is started again when it stumbles, none takes the others down."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import structlog

log = structlog.get_logger("slomix.up")

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0
#: What roles get to end after they were asked to; the rest of the five seconds is the plugins' and the database's.
STOP_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Role:
    """A part of the program that runs until cancelled. One that returns is off, and stays so.

    `fatal` errors end the whole program; after any other the role is started again.
    """

    name: str
    run: Callable[[], Awaitable[object]]
    fatal: tuple[type[Exception], ...] = ()


async def run_roles(roles: Sequence[Role], stop: asyncio.Event) -> None:
    """Run all roles until `stop` is set, or one of them raises what is fatal to it, such as a port that is taken."""
    tasks = {asyncio.create_task(_supervised(role), name=f"role {role.name}") for role in roles}
    stopping = asyncio.create_task(stop.wait(), name="stop")
    try:
        waiting = {*tasks, stopping}
        while not stopping.done():
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in done - {stopping}:
                task.result()
    finally:
        for task in (*tasks, stopping):
            task.cancel()
        _, stubborn = await asyncio.wait({*tasks, stopping}, timeout=STOP_SECONDS)
        for task in stubborn:
            log.error("does not stop", role=task.get_name(), waited_s=STOP_SECONDS)


async def _supervised(role: Role) -> None:
    """Run a role; after a failure again, with growing pauses."""
    loop = asyncio.get_running_loop()
    pause = FIRST_PAUSE_SECONDS
    while True:
        started = loop.time()
        try:
            await role.run()
        except role.fatal:
            raise
        except Exception:
            log.exception("a role failed", role=role.name, again_in_s=pause)
        else:
            return
        await asyncio.sleep(pause)
        lasted = loop.time() - started > 2 * LONGEST_PAUSE_SECONDS
        pause = FIRST_PAUSE_SECONDS if lasted else min(pause * 2, LONGEST_PAUSE_SECONDS)


def stop_on_signals(stop: asyncio.Event) -> None:
    """Let the first SIGINT or SIGTERM set `stop`; a second one ends the program at once."""
    loop = asyncio.get_running_loop()

    def on_signal() -> None:
        stop.set()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, on_signal)
