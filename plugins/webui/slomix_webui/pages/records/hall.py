"""`/hall-of-fame`: the first places of each category over a period."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from slomix.web.api import BadRequest
from slomix_stats.api import BadScope, HallOfFame, StatsInsightV1
from slomix_webui import api
from slomix_webui.frame.scope import for_stats

if TYPE_CHECKING:
    from slomix.context import PluginContext

PLACES = 5


def hall_page(ctx: PluginContext) -> api.Page:
    """The page's record."""
    return api.Page(
        path="/hall-of-fame",
        name="hall-of-fame",
        title="Hall of fame",
        summary="First places of each category over a period",
        load=partial(load, ctx),
        template="webui/records/hall.html",
        model=HallOfFame,
        scope=api.ScopeBar(parts=("period",)),
        params={"period": (str, "as season, 2026-Q4, 90d or all")},
        tables=tables,
    )


async def load(ctx: PluginContext, asked: api.Asked) -> api.Shown:
    """The hall of a period."""
    insight: StatsInsightV1 = ctx.services.get(StatsInsightV1)  # type: ignore[type-abstract]
    try:
        hall = await insight.hall_of_fame(for_stats(asked.scope), limit=PLACES)
    except BadScope as error:
        raise BadRequest(str(error)) from None
    return api.Shown(
        model=hall,
        title=asked.text("Hall of fame"),
        description=asked.text("Who leads in what, each with the sample that a place takes."),
        live="*",
    )


def tables(hall: HallOfFame) -> Mapping[str, api.Table]:
    """All places as CSV."""
    rows = [
        (each.metric.name, row.rank, row.who.name, row.who.guid, row.value, row.rounds)
        for each in hall.halls
        for row in each.rows
    ]
    columns = ("category", "rank", "player", "guid", "value", "rounds")
    weapons = [(each.weapon, each.who.name, each.who.guid, each.line.kills) for each in hall.weapons]
    return {
        "halls": api.Table(columns=columns, rows=rows),
        "weapons": api.Table(columns=("weapon", "player", "guid", "kills"), rows=weapons),
    }
