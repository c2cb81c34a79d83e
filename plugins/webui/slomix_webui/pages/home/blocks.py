"""Blocks of home that are ours: who is in form, and who leads the season."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from slomix_stats.api import THIS_SEASON, Form, FormLine, Hall, SeasonLine, StatsInsightV1
from slomix_webui import api

if TYPE_CHECKING:
    from slomix.context import PluginContext

HOME: frozenset[api.SubjectKind] = frozenset({"home"})
#: Players at either end of the form, and a change of less than this many percent is how somebody always plays.
MOST_MOVERS = 4
NOTICEABLE = 5.0
#: Categories of the season that home shows.
LEADS = ("dpm", "kills", "kd", "accuracy", "revives", "rounds")


@dataclass(frozen=True, slots=True, kw_only=True)
class Movers:
    """Players above and below their own level, furthest first. `recent` and `usual` are counts of nights."""

    above: tuple[FormLine, ...]
    below: tuple[FormLine, ...]
    recent: int
    usual: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SeasonBlock:
    """The present season and its leaders."""

    season: SeasonLine
    leaders: tuple[Hall, ...]


def form_widget(ctx: PluginContext) -> api.Widget:
    """Who plays above or below their own level."""
    return api.Widget(key="form", title="In form", slots=HOME, load=partial(load_form, ctx), order=30)


def season_widget(ctx: PluginContext) -> api.Widget:
    """Who leads the season."""
    return api.Widget(key="season", title="This season", slots=HOME, load=partial(load_season, ctx), order=40)


async def load_form(ctx: PluginContext, asked: api.BlockAsked) -> api.Block | api.Nothing | None:
    """Nothing before anybody has a level of their own."""
    insight: StatsInsightV1 = ctx.services.get(StatsInsightV1)  # type: ignore[type-abstract]
    found = movers(await insight.form("dpm"))
    if not found.above and not found.below:
        return api.Nothing(reason=asked.text("It takes some nights of somebody to know their own level."))
    return api.Block(model=found, template="webui/home/form.html")


def movers(form: Form) -> Movers:
    """The two ends of the form. Pure."""
    above = [row for row in form.rows if row.delta_percent >= NOTICEABLE]
    below = [row for row in form.rows if row.delta_percent <= -NOTICEABLE]
    return Movers(
        above=tuple(above[:MOST_MOVERS]),
        below=tuple(reversed(below[-MOST_MOVERS:])),
        recent=form.recent,
        usual=form.usual,
    )


async def load_season(ctx: PluginContext, asked: api.BlockAsked) -> api.Block | api.Nothing:
    """The season that it is, once a night of it was played."""
    insight: StatsInsightV1 = ctx.services.get(StatsInsightV1)  # type: ignore[type-abstract]
    season = await insight.current_season()
    if not season.sessions:
        return api.Nothing(reason=asked.text("No night was played in this season yet."))
    halls = {hall.metric.name: hall for hall in (await insight.hall_of_fame(THIS_SEASON, limit=1)).halls}
    leaders = tuple(halls[name] for name in LEADS if name in halls and halls[name].rows)
    return api.Block(model=SeasonBlock(season=season, leaders=leaders), template="webui/home/season.html")
