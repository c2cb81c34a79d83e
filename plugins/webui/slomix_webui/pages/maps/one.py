"""`/maps/{map}`: one map: how long defences last, the fastest attacks, who plays it best."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from slomix_stats.api import MapDetail, StatsInsightV1
from slomix_webui import api

if TYPE_CHECKING:
    from slomix.context import PluginContext


@dataclass(frozen=True, slots=True, kw_only=True)
class MapView:
    """One map. `half_s`: half of the attacks had not succeeded after so many seconds; None while that never fell."""

    detail: MapDetail
    half_s: int | None


def map_page(ctx: PluginContext) -> api.Page:
    """The page's record."""
    return api.Page(
        path="/maps/{map}",
        name="map",
        title="Map",
        summary="One map",
        load=partial(load, ctx),
        template="webui/maps/map.html",
        model=MapView,
        tables=tables,
        tabs="Overview",
    )


async def load(ctx: PluginContext, asked: api.Asked) -> api.Shown | api.Missing:
    """One map by its name."""
    insight: StatsInsightV1 = ctx.services.get(StatsInsightV1)  # type: ignore[type-abstract]
    name = asked.path["map"]
    detail = await insight.map_detail(name)
    text = asked.text
    if detail is None:
        return api.Missing(
            heading=text("This map was not played here"),
            detail=text("There is no round on {map}. The name may be mistyped.", map=name[:64]),
            onward=api.Crumb(label=text("All maps"), address="/maps"),
        )
    return api.Shown(
        model=map_view(detail),
        title=detail.line.map,
        description=text(
            "{matches} matches, held {held} times in {attacks} attacks.",
            matches=detail.line.matches,
            held=detail.line.held,
            attacks=detail.line.attacks,
        ),
        crumbs=(api.Crumb(label=text("Maps"), address="/maps"),),
        subject=api.Subject(kind="map", id=detail.line.map, label=detail.line.map),
        live="*",
    )


def map_view(detail: MapDetail) -> MapView:
    """The map as a page. Pure."""
    half = next((point.seconds for point in detail.hold_curve if point.held_percent <= 50), None)
    return MapView(detail=detail, half_s=half)


def tables(view: MapView) -> Mapping[str, api.Table]:
    """Fastest attacks and best players as CSV."""
    fastest = [
        (each.seconds, each.at.isoformat(), ", ".join(who.name for who in each.players), each.round_id)
        for each in view.detail.fastest
    ]
    best = [(row.rank, row.who.name, row.who.guid, row.value, row.rounds) for row in view.detail.best]
    curve = [(point.seconds, point.held_percent) for point in view.detail.hold_curve]
    return {
        "fastest": api.Table(columns=("seconds", "at", "attackers", "round"), rows=fastest),
        "best": api.Table(columns=("rank", "player", "guid", "dpm", "rounds"), rows=best),
        "hold_curve": api.Table(columns=("seconds", "held_percent"), rows=curve),
    }
