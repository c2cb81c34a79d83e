"""`/me/news`: what changed since the reader was here: nights, bests, milestones, and their own places of the season."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Annotated, TypeVar

from msgspec import Meta

from slomix_stats.api import (
    Board,
    MetricInfo,
    PersonalBest,
    Reached,
    Scope,
    SessionLine,
    StatsInsightV1,
    StatsReaderV1,
    Who,
)
from slomix_webui import api
from slomix_webui.pages.memory.visits import COOKIE, earlier_visit

if TYPE_CHECKING:
    from slomix.context import PluginContext

T = TypeVar("T", PersonalBest, Reached)

#: Days where nobody knows when the reader was here.
USUAL_DAYS = 7
#: Nights that are told, and nights whose bests and milestones are looked at.
MOST_NIGHTS = 10
LOOKED_AT = 6
#: Bests and milestones of everybody that are told to who has no player.
MOST_OF_ALL = 6
#: Boards of the season whose places are watched.
WATCHED = ("dpm", "kd", "kills", "revives", "accuracy")
MOST_PLACES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsQuery:
    """How many days; without it since the last visit."""

    days: Annotated[int, Meta(ge=0, le=90)] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBest:
    """A best that fell, with what it is called."""

    metric: MetricInfo
    best: PersonalBest


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A place on a board of the season, before and now; None: no place."""

    metric: MetricInfo
    before: int | None
    now: int | None
    players: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsView:
    """The news. `known`: since the reader's last visit, else over `days`. Bests and milestones are those of `player`,
    of everybody where the reader has none. `played`: the player was there in one of the nights."""

    since: datetime
    known: bool
    days: int
    player: Who | None
    logged_in: bool
    nights: tuple[SessionLine, ...]
    more: bool
    bests: tuple[NewBest, ...]
    reached: tuple[Reached, ...]
    moves: tuple[Move, ...]

    @property
    def quiet(self) -> bool:
        """Whether nothing happened."""
        return not (self.nights or self.moves)


def news_page(ctx: PluginContext) -> api.Page:
    """The page's record."""
    return api.Page(
        path="/me/news",
        name="news",
        title="Since you were here",
        summary="What changed since the reader was here",
        load=partial(load, ctx),
        template="webui/memory/news.html",
        model=NewsView,
        params={"days": (int, "over so many days, at most 90, instead of since the last visit")},
        personal=True,
    )


async def load(ctx: PluginContext, asked: api.Asked) -> api.Shown:
    """The news since the last visit that the browser tells of."""
    now = ctx.clock.now()
    days = asked.query(NewsQuery).days
    visit = earlier_visit(asked.request.cookies.get(COOKIE, ""), now) if not days else None
    since = visit or now - timedelta(days=days or USUAL_DAYS)
    reader: StatsReaderV1 = ctx.services.get(StatsReaderV1)  # type: ignore[type-abstract]
    insight: StatsInsightV1 = ctx.services.get(StatsInsightV1)  # type: ignore[type-abstract]
    page = await reader.sessions(limit=MOST_NIGHTS, since=since)
    who = await _player(insight, asked)
    told = [each.session_id for each in page.sessions[:LOOKED_AT]]
    bests = await asyncio.gather(*(insight.personal_bests(each) for each in told))
    reached = await asyncio.gather(*(insight.reached(each) for each in told))
    view = NewsView(
        since=since,
        known=visit is not None,
        days=days or USUAL_DAYS,
        player=who,
        logged_in=asked.viewer is not None,
        nights=page.sessions,
        more=page.next is not None,
        bests=tuple(NewBest(metric=insight.metric(each.metric), best=each) for each in own(bests, who)),
        reached=tuple(own(reached, who)),
        moves=await _moves(insight, who, since) if who is not None and told else (),
    )
    return api.Shown(model=view, title=asked.text("Since you were here"))


async def _player(insight: StatsInsightV1, asked: api.Asked) -> Who | None:
    """The player that the reader is."""
    if asked.viewer is None or asked.viewer.player_id is None:
        return None
    numbers = await insight.numbers(asked.viewer.player_id)
    return None if numbers is None else numbers.who


def own(nights: Iterable[Sequence[T]], who: Who | None) -> list[T]:
    """What is the player's own in some nights; without a player the first of everybody's. Pure."""
    everything = [each for night in nights for each in night]
    if who is None:
        return everything[:MOST_OF_ALL]
    return [each for each in everything if each.who.player_id == who.player_id]


async def _moves(insight: StatsInsightV1, who: Who, since: datetime) -> tuple[Move, ...]:
    """How places of the season changed since a day."""
    season = await insight.current_season()
    before = scope_before(season.first_day, since)
    moves = []
    for name in WATCHED:
        now = await insight.board(name, Scope(period=season.season_id), limit=MOST_PLACES)
        then = await insight.board(name, before, limit=MOST_PLACES) if before is not None else None
        move = move_of(who, then, now)
        if move is not None:
            moves.append(move)
    return tuple(moves)


def scope_before(first: date, since: datetime) -> Scope | None:
    """The season up to the day before the last visit: who came that evening hears of it. None: it had not begun."""
    last = since.astimezone(UTC).date() - timedelta(days=1)
    return Scope(period=f"{first}..{last}") if last >= first else None


def move_of(who: Who, then: Board | None, now: Board) -> Move | None:
    """The change of a place; None where there is none. Pure."""
    before, after = (rank_of(who, board) for board in (then, now))
    if after is None or before == after:
        return None
    return Move(metric=now.metric, before=before, now=after, players=now.players)


def rank_of(who: Who, board: Board | None) -> int | None:
    """The place of a player on a board. Pure."""
    rows = board.rows if board is not None else ()
    return next((row.rank for row in rows if row.who.player_id == who.player_id), None)
