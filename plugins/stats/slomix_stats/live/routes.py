"""`/stats/api/v1/live` and `/stats/api/v1/servers`: what happens now as JSON, and where game hosts send it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, TypeVar

from msgspec import Meta
from starlette.requests import Request

from slomix.context import PluginContext
from slomix.contrib import Api
from slomix.web.api import BadRequest, NotFound, query
from slomix.web.gate import read_body, sending_server
from slomix_stats.api.live import Live, ServerHistory, ServerStatus, ServerStatuses, StatsLiveV1
from slomix_stats.live.events import MOST_BYTES, BadBatch, Batch, read_batch
from slomix_stats.live.store import RING, Taken, take_batch

T = TypeVar("T")

#: Longest name of a server.
LONGEST = 256
MOST_SAMPLES = 5000
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveQuery:
    server: Annotated[str, Meta(max_length=LONGEST)] | None = None
    since: Annotated[int, Meta(ge=0, le=1 << 62)] = 0
    limit: Annotated[int, Meta(ge=1, le=RING)] = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryQuery:
    since: Annotated[datetime, Meta(tz=True)] | None = None
    limit: Annotated[int, Meta(ge=1, le=MOST_SAMPLES)] = 2500


def routes(ctx: PluginContext, reader: StatsLiveV1) -> Iterable[Api]:
    """What is answered and taken."""
    api = _Answers(ctx, reader)
    yield Api(
        path="/live",
        endpoint=api.live,
        response=Live,
        summary="What happens on the servers now; `stats.LiveChanged` at /-/events says when there is news",
        params={
            "server": (str, "one server by its name; all without it"),
            "since": (int, "`last` of the answer before; without it the latest entries"),
            "limit": (int, f"most entries of the feed, 1 to {RING}; 200 without it"),
        },
    )
    yield Api(path="/servers", endpoint=api.servers, response=ServerStatuses, summary="Who plays where, now")
    yield Api(path="/servers/{name}", endpoint=api.server, response=ServerStatus, summary="What one server says now")
    yield Api(
        path="/servers/{name}/history",
        endpoint=api.history,
        response=ServerHistory,
        summary="Players of a server over time",
        params={
            "since": (datetime, "moment with its offset, such as 2026-11-22T12:00:00Z; a week ago without it"),
            "limit": (int, f"how many, 1 to {MOST_SAMPLES}; 2500 without it"),
        },
    )
    yield Api(
        path="/live",
        method="POST",
        endpoint=api.take,
        takes=Batch,
        response=Taken,
        from_server=True,
        summary="Take live events of a game host; all of a batch is refused for one that is unknown",
    )


class _Answers:
    def __init__(self, ctx: PluginContext, reader: StatsLiveV1) -> None:
        self._ctx = ctx
        self._reader = reader

    async def live(self, request: Request) -> Live:
        asked = query(request, LiveQuery)
        return await self._reader.live(server=asked.server, since=asked.since, limit=asked.limit)

    async def servers(self, request: Request) -> ServerStatuses:
        return await self._reader.servers()

    async def server(self, request: Request) -> ServerStatus:
        name = request.path_params["name"]
        return _found(await self._reader.server_status(name), name)

    async def history(self, request: Request) -> ServerHistory:
        name, asked = request.path_params["name"], query(request, HistoryQuery)
        since = asked.since or self._ctx.clock.now() - WEEK
        return _found(await self._reader.server_history(name, since=since, limit=asked.limit), name)

    async def take(self, request: Request) -> Taken:
        """`POST`: a batch of live events, with the server's token as for `/-/ingest`."""
        server = await sending_server(request)
        body = await read_body(request, MOST_BYTES, f"A batch of live events has at most {MOST_BYTES} bytes.")
        try:
            batch = read_batch(body)
        except BadBatch as bad:
            raise BadRequest(f"Nothing of the batch was taken: {bad}") from None
        ctx = self._ctx
        return await take_batch(ctx.db, ctx.events, server, batch, ctx.clock.now())


def _found(value: T | None, name: str) -> T:
    if value is None:
        raise NotFound(f"There is no server {name[:64]!r} that is asked (setting slomix.servers.NAME.address).")
    return value
