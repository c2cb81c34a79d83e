"""`/live`: the rounds that are played now, what happens in them, and who is on which server."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from slomix_stats.api import StatsLiveV1, StatsReaderV1
from slomix_webui import api
from slomix_webui.pages.live.feed import KINDS, chosen, lines
from slomix_webui.pages.live.view import LiveView, live_rounds, server_lines
from slomix_webui.pages.live.widgets import LATEST, of_night

if TYPE_CHECKING:
    from slomix.context import PluginContext

#: Lines of the feed that the page begins with, and servers whose last day is drawn.
MOST_LINES = 40
MOST_SERVERS = 12
DAY = timedelta(days=1)
#: A server is asked once a minute or less often.
MOST_SAMPLES = 1500
#: The parameter of the address that names a kind of news; all are shown without any.
SHOW = "show"


def live_page(ctx: PluginContext) -> api.Page:
    """The page's record."""
    return api.Page(
        path="/live",
        name="live",
        title="Live",
        summary="What is played now: the rounds, the news of them, the servers",
        load=partial(load, ctx),
        template="webui/live/live.html",
        model=LiveView,
        params={SHOW: (str, f"kind of news, may be repeated: {', '.join(kind.key for kind in KINDS)}; all without it")},
        tables=tables,
    )


async def load(ctx: PluginContext, asked: api.Asked) -> api.Shown:
    """What the servers tell, and the last night where they tell nothing. Kept for nobody while a round is played."""
    view = await view_of(ctx, asked)
    text = asked.text
    first = view.rounds[0] if view.rounds else None
    if first is None:
        title, description = text("Live: nothing is played"), text("No round is played at the moment.")
    else:
        title = text("Live: {map}", map=first.map or first.server)
        description = text(
            "{map}, round {round}, on {server}", map=first.map or "", round=first.round, server=first.server
        )
    subject = api.Subject(kind="live")
    return api.Shown(model=view, title=title, description=description, subject=subject, fresh=first is None)


async def view_of(ctx: PluginContext, asked: api.Asked) -> LiveView:
    """Effects: at most four kinds of reads, side by side."""
    reader: StatsLiveV1 = ctx.services.get(StatsLiveV1)  # type: ignore[type-abstract]
    live, statuses = await asyncio.gather(reader.live(limit=MOST_LINES), reader.servers())
    zone = ZoneInfo(ctx.core.timezone)
    rounds = live_rounds(live.servers, zone)
    since = ctx.clock.now() - DAY
    shown = statuses.servers[:MOST_SERVERS]
    histories = await asyncio.gather(
        *(reader.server_history(each.server, since=since, limit=MOST_SAMPLES) for each in shown)
    )
    kinds = kinds_of(asked.request.query_params.getlist(SHOW))
    stats: StatsReaderV1 = ctx.services.get(StatsReaderV1)  # type: ignore[type-abstract]
    nights = (await stats.sessions(limit=LATEST)).sessions
    gap = timedelta(minutes=ctx.core.sessions.gap_minutes)
    played = [each for each in nights if of_night(rounds, each.session_id, nights, since=ctx.clock.now() - gap)]
    return LiveView(
        live=tuple(each.server for each in rounds),
        rounds=rounds,
        feed=chosen(lines(live.feed, zone), kinds) if rounds else (),
        kinds=kinds,
        servers=server_lines(shown, live, histories),
        night=next(iter(played if rounds else nights), None),
        told=bool(live.servers),
        last=live.last,
    )


def kinds_of(shown: list[str]) -> tuple[str, ...]:
    """The kinds of news that an address names; all where it names none that there is."""
    known = tuple(kind.key for kind in KINDS)
    return tuple(key for key in known if key in shown) or known


def tables(view: LiveView) -> Mapping[str, api.Table]:
    """Who plays, as CSV."""
    columns = ("server", "map", "round", "side", "player", "kills", "deaths", "damage", "received")
    rows = [
        (each.server, each.map, each.round, side, one.name, one.kills, one.deaths, one.damage, one.received)
        for each in view.rounds
        for side, people in (("axis", each.axis), ("allies", each.allies))
        for one in people
    ]
    return {"players": api.Table(columns=columns, rows=rows)}
