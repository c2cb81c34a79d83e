"""`/`: who won the last night, map by map; the nights before; the blocks of plugins between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from slomix_stats.api import SessionDetail, SessionLine, StatsReaderV1
from slomix_webui import api, formats
from slomix_webui.pages.nights.verdict import Duel, Text, call, counted, duels_of, headline
from slomix_webui.stopwatch import Play, tell

if TYPE_CHECKING:
    from slomix.context import PluginContext

#: Nights below the latest one.
EARLIER = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class LastNight:
    """The latest night: its score, what that counts, and its maps in the order of play."""

    session: SessionLine
    duels: tuple[Duel, ...]
    call: str
    counted: str
    headline: str
    plays: tuple[Play, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeView:
    """The latest night (None before the first round) and those before it, newest first."""

    last: LastNight | None
    earlier: tuple[SessionLine, ...]


def home_page(ctx: PluginContext) -> api.Page:
    """The page's record."""
    return api.Page(
        path="/",
        name="home",
        title="Home",
        summary="The latest night and those before it",
        load=partial(load, ctx),
        template="webui/home/home.html",
        model=HomeView,
        tables=tables,
    )


async def load(ctx: PluginContext, asked: api.Asked) -> api.Shown:
    """The latest night, and the list."""
    reader: StatsReaderV1 = ctx.services.get(StatsReaderV1)  # type: ignore[type-abstract]
    text = asked.text
    latest = await reader.latest_session()
    subject = api.Subject(kind="home")
    if latest is None:
        waiting = text("Slomix runs and waits for its first stats file.")
        empty = HomeView(last=None, earlier=())
        return api.Shown(model=empty, title=text("No round yet"), description=waiting, live="*", subject=subject)
    last = last_night(latest, text)
    before = await reader.sessions(limit=EARLIER, before=last.session.session_id)
    return api.Shown(
        model=HomeView(last=last, earlier=before.sessions),
        title=text("Latest night, {headline}", headline=last.headline),
        description=f"{last.call}. {formats.maps(last.session.maps)}",
        live="*",
        subject=subject,
    )


def last_night(detail: SessionDetail, text: Text) -> LastNight:
    """The latest night as home tells it. Pure."""
    duels = duels_of(detail)
    return LastNight(
        session=detail.session,
        duels=duels,
        call=call(duels, detail.matches, text),
        counted=counted(duels, detail.matches, text),
        headline=headline(duels, len(detail.matches), text),
        plays=tuple(tell(match, match.attackers_r1) for match in detail.matches),
    )


def tables(view: HomeView) -> Mapping[str, api.Table]:
    """The nights as CSV."""
    nights = [*([view.last.session] if view.last else []), *view.earlier]
    rows = [
        (each.session_id, each.started_at.isoformat(), each.server, each.rounds, each.players, ", ".join(each.maps))
        for each in nights
    ]
    columns = ("session", "started", "server", "rounds", "players", "maps")
    return {"nights": api.Table(columns=columns, rows=rows)}
