"""Maps and weapons: who holds where and for how long, who is best with what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

from slomix_stats.api import StatsInsightV1
from slomix_webui import api
from slomix_webui.pages.maps.one import map_page
from slomix_webui.pages.maps.overview import maps_page
from slomix_webui.pages.maps.weapons import weapons_page
from slomix_webui.pages.room import Room

if TYPE_CHECKING:
    from slomix.context import PluginContext


def _pages(ctx: PluginContext) -> Iterable[api.Page]:
    return (page(ctx) for page in (maps_page, map_page, weapons_page))


def _nav(ctx: PluginContext) -> Iterable[api.NavItem]:
    yield api.NavItem(
        slot="main", label="Maps", address="/maps", order=60, pages=("maps", "map", "weapons"), icon="map"
    )


def _search(ctx: PluginContext) -> Iterable[api.SearchProvider]:
    yield api.SearchProvider(kind="map", title="Maps", search=partial(find, ctx), order=30)


async def find(ctx: PluginContext, asked: api.Asked, text: str, limit: int) -> Sequence[api.Found]:
    """Maps by a part of their name, most played first."""
    insight: StatsInsightV1 = ctx.services.get(StatsInsightV1)  # type: ignore[type-abstract]
    played = (await insight.maps()).maps
    return [
        api.Found(title=each.map, address=f"/maps/{quote(each.map, safe='')}", detail=_times(asked, each.matches))
        for each in played
        if text.lower() in each.map.lower()
    ][:limit]


def _times(asked: api.Asked, matches: int) -> str:
    return asked.text("{matches} matches", matches=matches)


ROOM = Room(pages=_pages, nav=_nav, search=_search)
