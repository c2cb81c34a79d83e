"""`/awards`: who won which award of rounds how often, in a season."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from slomix.web.api import BadRequest
from slomix_stats.api import AwardBoards, BadScope, StatsInsightV1
from slomix_webui import api
from slomix_webui.frame.scope import for_stats

if TYPE_CHECKING:
    from slomix.context import PluginContext

PLACES = 5


def awards_page(ctx: PluginContext) -> api.Page:
    """The page's record."""
    return api.Page(
        path="/awards",
        name="awards",
        title="Awards of rounds",
        summary="Who won the awards of rounds most often in a period of at most a season",
        load=partial(load, ctx),
        template="webui/records/awards.html",
        model=AwardBoards,
        scope=api.ScopeBar(parts=("period",), period="season"),
        params={"period": (str, "at most a season: season, 2026-Q4, 30d")},
        tables=tables,
    )


async def load(ctx: PluginContext, asked: api.Asked) -> api.Shown:
    """The awards of a period."""
    insight: StatsInsightV1 = ctx.services.get(StatsInsightV1)  # type: ignore[type-abstract]
    try:
        boards = await insight.award_boards(for_stats(asked.scope), limit=PLACES)
    except BadScope as error:
        raise BadRequest(str(error)) from None
    return api.Shown(
        model=boards,
        title=asked.text("Awards of rounds"),
        description=asked.text("Who won the awards that game servers give at the end of a round."),
        live="*",
    )


def tables(boards: AwardBoards) -> Mapping[str, api.Table]:
    """All awards as CSV."""
    rows = [(each.award, row.who.name, row.who.guid, row.wins) for each in boards.awards for row in each.rows]
    return {"awards": api.Table(columns=("award", "player", "guid", "wins"), rows=rows)}
