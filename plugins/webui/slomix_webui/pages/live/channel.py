"""The channel of the live page: the state of all rounds, then what changes, read once for everybody who looks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from slomix.web.sse import Channel, Snapshot
from slomix_stats.api import LiveChanged, StatsLiveV1
from slomix_webui import api
from slomix_webui.pages.live.page import MOST_LINES
from slomix_webui.pages.live.view import changes, now

if TYPE_CHECKING:
    from slomix.context import PluginContext

NAME = "round"


def live_channels(ctx: PluginContext) -> Iterable[api.LiveChannel]:
    """`/live/round`."""
    reader: StatsLiveV1 = ctx.services.get(StatsLiveV1)  # type: ignore[type-abstract]
    zone = ZoneInfo(ctx.core.timezone)

    async def snapshot() -> Snapshot:
        live = await reader.live(limit=MOST_LINES)
        return now(live, zone), live.last

    async def since(number: int) -> Snapshot:
        live = await reader.live(since=number)
        return changes(live, number, zone), live.last

    yield api.LiveChannel(channel=Channel(NAME, snapshot=snapshot, since=since, keys={LiveChanged.key()}))
