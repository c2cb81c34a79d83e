"""The season of a player on one card: what it was, in the numbers that people tell each other."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from slomix_stats.api import (
    BoardRow,
    Mate,
    PlayerMap,
    PlayerNumbers,
    PlayerSession,
    Reached,
    Rival,
    Scope,
    SeasonLine,
    StatsInsightV1,
    StatsPlayersV1,
)
from slomix_webui import api
from slomix_webui.pages.players.details import nothing_played
from slomix_webui.pages.players.view import Best, own_bests

if TYPE_CHECKING:
    from slomix.context import PluginContext

#: Boards whose places are told.
BOARDS = ("dpm", "kd", "kills", "revives")
#: Nights that a season has at most here, and places of a board that are looked through.
MOST_NIGHTS = 120
MOST_PLACES = 1000
#: Nights with fewer rounds are nobody's best one.
NIGHT_ROUNDS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class SeasonQuery:
    """Which season; the latest that the player was in without it."""

    season: Annotated[str, Meta(max_length=16)] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place on a board of the season, among how many."""

    metric: str
    title: str
    rank: int
    players: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SeasonView:
    """A season of a player. `best_night` has at least four rounds; `bests` are the player's own that fell in it."""

    player_id: str
    season: SeasonLine
    seasons: tuple[SeasonLine, ...]
    numbers: PlayerNumbers
    nights: int
    best_night: PlayerSession | None
    favourite: PlayerMap | None
    strongest: PlayerMap | None
    mate: Mate | None
    rival: Rival | None
    places: tuple[Place, ...]
    bests: tuple[Best, ...]
    reached: tuple[Reached, ...]


async def load(ctx: PluginContext, asked: api.BlockAsked) -> api.Block | api.Nothing:
    """The season that the address names, else the latest in which the player played."""
    insight: StatsInsightV1 = ctx.services.get(StatsInsightV1)  # type: ignore[type-abstract]
    players: StatsPlayersV1 = ctx.services.get(StatsPlayersV1)  # type: ignore[type-abstract]
    player, wanted = asked.subject.id, asked.query(SeasonQuery).season
    page = await players.sessions(player, limit=MOST_NIGHTS)
    seasons = (await insight.seasons()).seasons
    if page is None or not page.sessions:
        return nothing_played(asked)
    played = [each for each in seasons if _within(each, page.sessions)]
    season = next((each for each in played if each.season_id == wanted), None if wanted else next(iter(played), None))
    if season is None:
        return api.Nothing(
            reason=asked.text("This player was not there in that season."),
            next_step=asked.text("Choose another season on the page of the player."),
        )
    scope = Scope(period=season.season_id)
    portrait, mates, rivals, places = await asyncio.gather(
        players.portrait(player, scope),
        players.mates(player, scope, limit=1),
        insight.nemesis(player, scope, limit=1),
        _places(insight, player, scope),
    )
    if portrait is None or not portrait.numbers.rounds:
        return nothing_played(asked)
    nights = _within(season, page.sessions)
    view = SeasonView(
        player_id=player,
        season=season,
        seasons=tuple(played),
        numbers=portrait.numbers,
        nights=len(nights),
        best_night=best_night(nights),
        favourite=next(iter(portrait.maps.maps), None),
        strongest=strongest(portrait.maps.maps),
        mate=next(iter(mates.mates), None) if mates else None,
        rival=next(iter(rivals.rivals), None) if rivals else None,
        places=places,
        bests=tuple(
            each for each in own_bests(portrait.bests, insight.metrics()) if _is_in(season, each.best.at.date())
        ),
        reached=tuple(each for each in portrait.achievements.reached if _is_in(season, each.reached_at.date())),
    )
    return api.Block(model=view, template="webui/players/season.html")


def best_night(nights: Iterable[PlayerSession]) -> PlayerSession | None:
    """The night with the most damage per minute, of those that were long enough."""
    long_enough = [each for each in nights if each.line.rounds >= NIGHT_ROUNDS]
    return max(long_enough, key=lambda each: each.line.dpm, default=None)


def strongest(maps: Sequence[PlayerMap]) -> PlayerMap | None:
    """The map that is furthest above the own level."""
    told = [each for each in maps if each.delta_percent is not None and each.delta_percent > 0]
    return max(told, key=lambda each: each.delta_percent or 0.0, default=None)


async def _places(insight: StatsInsightV1, player: str, scope: Scope) -> tuple[Place, ...]:
    found = []
    for metric in BOARDS:
        board = await insight.board(metric, scope, limit=MOST_PLACES)
        row = place_of(player, board.rows)
        if row is not None:
            found.append(
                Place(metric=board.metric.name, title=board.metric.title, rank=row.rank, players=board.players)
            )
    return tuple(sorted(found, key=lambda each: each.rank))


def place_of(player: str, rows: Iterable[BoardRow]) -> BoardRow | None:
    """The row of a player."""
    return next((row for row in rows if row.who.player_id == player), None)


def _within(season: SeasonLine, sessions: Iterable[PlayerSession]) -> list[PlayerSession]:
    return [each for each in sessions if _is_in(season, each.session.ended_at.date())]


def _is_in(season: SeasonLine, day: date) -> bool:
    return season.first_day <= day <= season.last_day
