"""Asking the game servers now and then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from slomix.contrib import Job

if TYPE_CHECKING:
    from slomix.context import PluginContext
    from slomix_stats.live.reader import LiveReader


def jobs(ctx: PluginContext, reader: LiveReader) -> Iterable[Job]:
    """One job for all servers that have an address; none where none has."""

    async def ask_servers(_: Mapping[str, Any]) -> None:
        await reader.poll()

    if any(server.address for server in ctx.core.servers.values()):
        every = timedelta(seconds=ctx.settings.query_seconds)
        yield Job(name="stats.ask_servers", run=ask_servers, every=every, timeout=timedelta(minutes=1), retries=0)
