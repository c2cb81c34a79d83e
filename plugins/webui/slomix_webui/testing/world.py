"""A whole program with data to show: some rounds of the community that the plugins' own simulators play."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from slomix.contrib import Parser, Simulator
from slomix.testing.browser import Site
from slomix.testing.database import fresh_database, sources_for
from slomix.testing.running import Running, running
from slomix.testing.web import serving

#: Days of simulated play, the last of them yesterday.
DAYS = 15


@asynccontextmanager
async def world(
    plugins: Sequence[str],
    *,
    rounds: int = 0,
    sections: Mapping[str, Mapping[str, Any]] | None = None,
    core: Mapping[str, Any] | None = None,
) -> AsyncIterator[Site]:
    """The plugins on a database of their own, after so many simulated rounds, served on a free port."""
    with fresh_database(sources_for(plugins)) as dsn:
        async with running(dsn, *plugins, sections=sections, core=core) as program:
            await fill(program, rounds)
            async with serving(program.app) as url:
                yield Site(program, url)


async def fill(program: Running, rounds: int, *, seed: int = 1) -> None:
    """Import that many simulated rounds, evening after evening up to yesterday, and run what they set off."""
    host = program.runtime.host
    if not host.records(Simulator):
        host.declare(("register_simulators",))
    zone = ZoneInfo(program.pipeline.settings.timezone)
    first = datetime.now(zone).replace(hour=21, minute=0, second=0, microsecond=0) - timedelta(days=DAYS)
    readers = {contributed.plugin for contributed in host.records(Parser)}
    feeds = [contributed for contributed in host.records(Simulator) if contributed.plugin in readers]
    for contributed in feeds if rounds else ():
        with TemporaryDirectory() as folder:
            paths = list(contributed.record.run(Path(folder), seed=seed, rounds=rounds, start=first))
            await program.take(paths)
    await program.settle()


def quiet() -> None:
    """Let the program in this process tell of warnings and worse only: for tools that show something else."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
