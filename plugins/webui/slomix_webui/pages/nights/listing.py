"""`/sessions`: all nights, newest first, with a calendar of when something was played."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlencode

from msgspec import Meta

from slomix.web.api import BadRequest
from slomix_stats.api import DayLine, SessionLine, StatsReaderV1
from slomix_webui import api

if TYPE_CHECKING:
    from slomix.context import PluginContext

#: Nights of one page of the list.
NIGHTS = 40
#: So far back the calendar goes.
CALENDAR = timedelta(weeks=53)
LONGEST = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class NightsQuery:
    """What the address may say. Dates as 2026-11-30, both included."""

    q: Annotated[str, Meta(max_length=LONGEST)] = ""
    since: Annotated[str, Meta(max_length=10)] = ""
    until: Annotated[str, Meta(max_length=10)] = ""
    before: Annotated[str, Meta(max_length=LONGEST)] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NightsView:
    """A page of the list. `next` is the cursor of the one after it; `days` are of the last year, on the first page."""

    sessions: tuple[SessionLine, ...]
    next: str | None
    q: str
    since: date | None
    until: date | None
    first: bool
    today: date
    days: tuple[DayLine, ...]

    @property
    def filtered(self) -> bool:
        """Whether the list leaves something out."""
        return bool(self.q or self.since or self.until)

    @property
    def address(self) -> str:
        """The list with the same filter, from its beginning."""
        given = {"q": self.q, "since": self.since, "until": self.until}
        query = urlencode({key: str(value) for key, value in given.items() if value})
        return f"/sessions?{query}" if query else "/sessions"

    @property
    def older(self) -> str:
        """Where the list goes on; empty where it ends."""
        if self.next is None:
            return ""
        return f"{self.address}{'&' if self.filtered else '?'}{urlencode({'before': self.next})}"


def listing_page(ctx: PluginContext) -> api.Page:
    """The page's record."""
    return api.Page(
        path="/sessions",
        name="sessions",
        title="Nights",
        summary="All sessions, newest first",
        load=partial(load, ctx),
        template="webui/nights/listing.html",
        model=NightsView,
        params={
            "q": (str, "a text in the name of a map, a team or a player who was there"),
            "since": (str, "first day, as 2026-11-01"),
            "until": (str, "last day, as 2026-11-30"),
            "before": (str, "`next` of the page before"),
        },
        tables=tables,
    )


async def load(ctx: PluginContext, asked: api.Asked) -> api.Shown:
    """The nights that the address asks for."""
    reader: StatsReaderV1 = ctx.services.get(StatsReaderV1)  # type: ignore[type-abstract]
    wanted = asked.query(NightsQuery)
    since, until = _day(asked, wanted.since), _day(asked, wanted.until)
    today = ctx.clock.now().astimezone(UTC).date()
    first = not wanted.before
    listed = reader.sessions(
        limit=NIGHTS,
        before=wanted.before or None,
        since=None if since is None else datetime.combine(since, time(), UTC),
        until=None if until is None else datetime.combine(until + timedelta(days=1), time(), UTC),
        text=wanted.q or None,
    )
    plain = first and not (wanted.q or since or until)
    page, days = await asyncio.gather(listed, reader.session_days(today - CALENDAR) if plain else _no_days())
    view = NightsView(
        sessions=page.sessions,
        next=page.next,
        q=wanted.q,
        since=since,
        until=until,
        first=first,
        today=today,
        days=days,
    )
    title = asked.text("Nights: {text}", text=wanted.q) if wanted.q else asked.text("Nights")
    return api.Shown(
        model=view,
        title=title,
        description=asked.text("Every night that was played here, newest first."),
        live="*" if first else None,
    )


async def _no_days() -> tuple[DayLine, ...]:
    return ()


def _day(asked: api.Asked, told: str) -> date | None:
    if not told:
        return None
    try:
        found = date.fromisoformat(told)
        return found if date(1990, 1, 1) <= found <= date(2200, 1, 1) else None
    except ValueError:
        raise BadRequest(asked.text("{text} is no day; write it as 2026-11-30.", text=repr(told))) from None


def tables(view: NightsView) -> Mapping[str, api.Table]:
    """The list as CSV; the score is of the first pair of teams, `scores` of all."""
    rows = [
        (
            line.session_id,
            line.started_at.isoformat(),
            line.ended_at.isoformat(),
            line.server,
            " ".join(line.maps),
            line.rounds,
            line.players,
            line.scores[0].points_a if line.scores else None,
            line.scores[0].points_b if line.scores else None,
            "; ".join(f"{s.name_a} {s.points_a}:{s.points_b} {s.name_b} ({s.format})" for s in line.scores),
        )
        for line in view.sessions
    ]
    columns = ("session", "started_at", "ended_at", "server", "maps", "rounds", "players", "a", "b", "scores")
    return {"nights": api.Table(columns=columns, rows=rows)}
