"""`/maps`: every map that was played, how often it was held and how fast it was done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

from slomix_stats.api import MapLine, Maps, StatsInsightV1
from slomix_webui import api

if TYPE_CHECKING:
    from slomix.context import PluginContext

Order = Literal["matches", "held", "fastest", "median", "players", "last", "map"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MapsQuery:
    """By what the maps are ordered."""

    sort: Order = "matches"


@dataclass(frozen=True, slots=True, kw_only=True)
class MapsView:
    """The maps in the order asked for; `attacks` and `held` over all of them."""

    sort: Order
    maps: tuple[MapLine, ...]
    matches: int
    attacks: int
    held: int


def maps_page(ctx: PluginContext) -> api.Page:
    """The page's record."""
    return api.Page(
        path="/maps",
        name="maps",
        title="Maps",
        summary="All maps that were played",
        load=partial(load, ctx),
        template="webui/maps/maps.html",
        model=MapsView,
        params={"sort": (Order, "by what the maps are ordered")},
        tables=tables,
    )


async def load(ctx: PluginContext, asked: api.Asked) -> api.Shown:
    """All maps."""
    insight: StatsInsightV1 = ctx.services.get(StatsInsightV1)  # type: ignore[type-abstract]
    return api.Shown(
        model=maps_view(await insight.maps(), asked.query(MapsQuery).sort),
        title=asked.text("Maps"),
        description=asked.text("Which maps are played, how often they are held, and the fastest attacks."),
        live="*",
    )


def maps_view(found: Maps, sort: Order) -> MapsView:
    """The maps in an order; those without a value come last. Pure."""
    return MapsView(
        sort=sort,
        maps=tuple(sorted(found.maps, key=partial(_key, sort))),
        matches=sum(each.matches for each in found.maps),
        attacks=sum(each.attacks for each in found.maps),
        held=sum(each.held for each in found.maps),
    )


def _key(sort: Order, line: MapLine) -> tuple[bool, float, str]:
    values: dict[str, float | None] = {
        "matches": -line.matches,
        "held": None if line.hold_percent is None else -line.hold_percent,
        "fastest": line.fastest.seconds if line.fastest else None,
        "median": line.attack_seconds_median,
        "players": -line.players,
        "last": -line.last_played.timestamp(),
        "map": 0,
    }
    value = values[sort]
    return value is None, value or 0, line.map


def tables(view: MapsView) -> Mapping[str, api.Table]:
    """The maps as CSV; times in seconds."""
    columns = (
        "map",
        "matches",
        "rounds",
        "players",
        "attacks",
        "held",
        "hold_percent",
        "attack_median_s",
        "fastest_s",
        "last_played",
    )
    rows = [
        (
            each.map,
            each.matches,
            each.rounds,
            each.players,
            each.attacks,
            each.held,
            each.hold_percent,
            each.attack_seconds_median,
            each.fastest.seconds if each.fastest else None,
            each.last_played.isoformat(),
        )
        for each in view.maps
    ]
    return {"maps": api.Table(columns=columns, rows=rows)}
