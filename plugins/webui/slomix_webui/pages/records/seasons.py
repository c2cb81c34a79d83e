"""`/seasons` and `/seasons/{id}`: quarters of the year, their leaders and awards."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from slomix_stats.api import BadScope, Season, Seasons, StatsInsightV1
from slomix_webui import api, formats

if TYPE_CHECKING:
    from slomix.context import PluginContext


def seasons_page(ctx: PluginContext) -> api.Page:
    """The record of the list."""
    return api.Page(
        path="/seasons",
        name="seasons",
        title="Seasons",
        summary="All seasons that were played in",
        load=partial(load_all, ctx),
        template="webui/records/seasons.html",
        model=Seasons,
        tables=tables,
    )


def season_page(ctx: PluginContext) -> api.Page:
    """The record of one season's page."""
    return api.Page(
        path="/seasons/{id}",
        name="season",
        title="Season",
        summary="A season: leaders and awards",
        load=partial(load_one, ctx),
        template="webui/records/season.html",
        model=Season,
        tables=leaders,
    )


async def load_all(ctx: PluginContext, asked: api.Asked) -> api.Shown:
    """Every season, newest first."""
    insight: StatsInsightV1 = ctx.services.get(StatsInsightV1)  # type: ignore[type-abstract]
    return api.Shown(
        model=await insight.seasons(),
        title=asked.text("Seasons"),
        description=asked.text("A season is a quarter of a year."),
        live="*",
    )


async def load_one(ctx: PluginContext, asked: api.Asked) -> api.Shown | api.Missing:
    """One season by its id, as `2026-Q4`."""
    insight: StatsInsightV1 = ctx.services.get(StatsInsightV1)  # type: ignore[type-abstract]
    try:
        season = await insight.season(asked.path["id"])
    except BadScope:
        season = None
    if season is None:
        return api.Missing(
            heading=asked.text("There is no such season"),
            detail=asked.text("A season has an id as 2026-Q4, and a night that was played in it."),
            onward=api.Crumb(label=asked.text("All seasons"), address="/seasons"),
        )
    return api.Shown(
        model=season,
        title=formats.season(season.season.name),
        description=asked.text("Leaders and awards of {season}.", season=formats.season(season.season.name)),
        crumbs=(api.Crumb(label=asked.text("Seasons"), address="/seasons"),),
        live="*",
    )


def tables(seasons: Seasons) -> Mapping[str, api.Table]:
    """The seasons as CSV."""
    rows = [
        (each.season_id, each.name, each.first_day.isoformat(), each.sessions, each.rounds, each.players)
        for each in seasons.seasons
    ]
    columns = ("season", "name", "first_day", "sessions", "rounds", "players")
    return {"seasons": api.Table(columns=columns, rows=rows)}


def leaders(season: Season) -> Mapping[str, api.Table]:
    """Leaders and awards as CSV."""
    rows = [
        (each.metric.name, row.who.name, row.who.guid, row.value, row.rounds)
        for each in season.leaders
        for row in each.rows[:1]
    ]
    awards = [(each.title, each.who.name, each.who.guid, each.value, each.text) for each in season.awards]
    return {
        "leaders": api.Table(columns=("category", "player", "guid", "value", "rounds"), rows=rows),
        "awards": api.Table(columns=("award", "player", "guid", "value", "text"), rows=awards),
    }
