"""`/weapons`: what is fought with, and who is best with each."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from slomix_stats.api import StatsInsightV1, Weapons
from slomix_webui import api

if TYPE_CHECKING:
    from slomix.context import PluginContext

PLACES = 3


def weapons_page(ctx: PluginContext) -> api.Page:
    """The page's record."""
    return api.Page(
        path="/weapons",
        name="weapons",
        title="Weapons",
        summary="All weapons with their use and their best players",
        load=partial(load, ctx),
        template="webui/maps/weapons.html",
        model=Weapons,
        tables=tables,
    )


async def load(ctx: PluginContext, asked: api.Asked) -> api.Shown:
    """All weapons, most kills first."""
    insight: StatsInsightV1 = ctx.services.get(StatsInsightV1)  # type: ignore[type-abstract]
    return api.Shown(
        model=await insight.weapons(limit=PLACES),
        title=asked.text("Weapons"),
        description=asked.text("What is fought with here, how well, and who has the most kills with it."),
        live="*",
    )


def tables(weapons: Weapons) -> Mapping[str, api.Table]:
    """The weapons as CSV."""
    rows = [
        (
            each.line.weapon,
            each.line.kills,
            each.share_percent,
            each.line.shots,
            each.line.hits,
            each.line.accuracy,
            each.players,
            each.best[0].who.name if each.best else None,
        )
        for each in weapons.weapons
    ]
    columns = ("weapon", "kills", "share_percent", "shots", "hits", "accuracy_percent", "players", "best_player")
    return {"weapons": api.Table(columns=columns, rows=rows)}
