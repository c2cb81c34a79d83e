"""What is played now as a block of home, and of the night that it belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from slomix_stats.api import NowPlayingChanged, SessionLine, StatsLiveV1, StatsReaderV1
from slomix_webui import api
from slomix_webui.pages.live.view import LiveRound, live_rounds

if TYPE_CHECKING:
    from slomix.context import PluginContext

#: Nights among which the present one is: there are few servers.
LATEST = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveNow:
    """Rounds that are played. Numbers that change every second are on the live page only."""

    rounds: tuple[LiveRound, ...]


def live_widgets(ctx: PluginContext) -> Iterable[api.Widget]:
    """Their record. Both are made anew when something else is played, or by others."""
    yield api.Widget(
        key="live",
        title="Live now",
        slots=frozenset({"home", "session"}),
        load=partial(load, ctx),
        size="full",
        order=0,
        listens=(NowPlayingChanged.key(),),
    )


async def load(ctx: PluginContext, asked: api.BlockAsked) -> api.Block | None:
    """Left out while nothing is played, and of every night but the one that is being played."""
    reader: StatsLiveV1 = ctx.services.get(StatsLiveV1)  # type: ignore[type-abstract]
    rounds = live_rounds((await reader.live(limit=1)).servers, ZoneInfo(ctx.core.timezone))
    if rounds and asked.subject.kind == "session":
        stats: StatsReaderV1 = ctx.services.get(StatsReaderV1)  # type: ignore[type-abstract]
        latest = (await stats.sessions(limit=LATEST)).sessions
        gap = timedelta(minutes=ctx.core.sessions.gap_minutes)
        rounds = of_night(rounds, asked.subject.id, latest, since=ctx.clock.now() - gap)
    if not rounds:
        return None
    return api.Block(model=LiveNow(rounds=rounds), template="webui/live/now.html")


def of_night(
    rounds: tuple[LiveRound, ...], session_id: str, latest: Sequence[SessionLine], *, since: datetime
) -> tuple[LiveRound, ...]:
    """The rounds that a night goes on with: of its server, while nothing later was played there, and its last round
    ended after `since`: a longer pause begins another night."""
    newest: dict[str, SessionLine] = {}
    for each in latest:
        newest.setdefault(each.server, each)
    return tuple(
        each
        for each in rounds
        if (night := newest.get(each.server)) and night.session_id == session_id and night.ended_at > since
    )
