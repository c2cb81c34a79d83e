"""`/metrics/{name}`: one number: definition, formula, sample, leaders; with `?player=` how theirs was worked out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from slomix.web.api import BadRequest
from slomix_stats.api import BadScope, Board, MetricInfo, PlayerNumbers, StatsInsightV1
from slomix_webui import api
from slomix_webui.frame.scope import for_stats
from slomix_webui.pages.metrics.view import MetricView, metric_view

if TYPE_CHECKING:
    from slomix.context import PluginContext

#: Places that the distribution looks at.
MOST_PLACES = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricQuery:
    """What the address may say beside the scope."""

    player: Annotated[str, Meta(max_length=64)] = ""


def metric_page(ctx: PluginContext) -> api.Page:
    """The page's record."""
    return api.Page(
        path="/metrics/{name}",
        name="metric",
        title="A number explained",
        summary="One number: definition, formula, sample, leaders, distribution; one player's, worked out",
        load=partial(load, ctx),
        template="webui/metrics/metric.html",
        model=MetricView,
        scope=api.ScopeBar(parts=("period", "map", "side", "format", "min_rounds")),
        params={"player": (str, "whose number is worked out: a player's id or GUID")},
        tables=tables,
    )


async def load(ctx: PluginContext, asked: api.Asked) -> api.Shown | api.Missing | api.Moved:
    """The metric by its name; an alias leads to it."""
    insight: StatsInsightV1 = ctx.services.get(StatsInsightV1)  # type: ignore[type-abstract]
    named = str(asked.path["name"])
    try:
        metric = insight.metric(named)
    except BadScope:
        return api.Missing(
            heading=asked.text("There is no such number"),
            detail=asked.text("No number is called {name}.", name=named[:40]),
            onward=api.Crumb(label=asked.text("All numbers"), address="/numbers"),
        )
    if metric.name != named:
        query = asked.request.url.query
        return api.Moved(address=f"/metrics/{metric.name}" + (f"?{query}" if query else ""))
    player = asked.query(MetricQuery).player
    try:
        board = await _board(insight, metric, asked)
        numbers = await insight.numbers(player, for_stats(asked.scope)) if player else None
    except BadScope as error:
        raise BadRequest(str(error)) from None
    if player and numbers is None:
        return api.Missing(
            heading=asked.text("There is no such player"),
            detail=asked.text("Nobody has the id or GUID {id}.", id=player),
            onward=api.Crumb(label=asked.text(metric.title), address=f"/metrics/{metric.name}"),
        )
    view = metric_view(metric, insight.metrics(), board, numbers)
    return api.Shown(
        model=view,
        title=_title(asked, metric, numbers),
        description=asked.text(metric.description),
        crumbs=(api.Crumb(label=asked.text("How numbers are made"), address="/numbers"),),
    )


async def _board(insight: StatsInsightV1, metric: MetricInfo, asked: api.Asked) -> Board | None:
    """Everybody's places; None for what has no leaderboard."""
    if not metric.ranked:
        return None
    return await insight.board(metric.name, for_stats(asked.scope), limit=MOST_PLACES)


def _title(asked: api.Asked, metric: MetricInfo, numbers: PlayerNumbers | None) -> str:
    if numbers is None:
        return asked.text("{metric}, explained", metric=asked.text(metric.title))
    return asked.text("{metric} of {player}, explained", metric=asked.text(metric.title), player=numbers.who.name)


def tables(view: MetricView) -> Mapping[str, api.Table]:
    """Leaders and distribution as CSV."""
    leaders = [(row.rank, row.who.name, row.who.guid, row.value, row.rounds) for row in view.leaders]
    spread = (
        []
        if view.spread is None
        else list(zip(view.spread.edges, view.spread.edges[1:], view.spread.counts, strict=False))
    )
    return {
        "leaders": api.Table(columns=("rank", "player", "guid", view.metric.name, "rounds"), rows=leaders),
        "distribution": api.Table(columns=("from", "to", "players"), rows=spread),
    }
