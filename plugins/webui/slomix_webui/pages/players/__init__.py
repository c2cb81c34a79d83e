"""Players: the list, and the page of each one with its tabs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

from slomix_stats.api import StatsReaderV1
from slomix_webui import api, formats
from slomix_webui.pages.players.card import player_card
from slomix_webui.pages.players.listing import players_page
from slomix_webui.pages.players.page import PAGE_NAME, player_page
from slomix_webui.pages.players.tabs import tabs
from slomix_webui.pages.room import Room

if TYPE_CHECKING:
    from slomix.context import PluginContext


def _pages(ctx: PluginContext) -> Iterable[api.Page]:
    yield players_page(ctx)
    yield player_page(ctx)


def _nav(ctx: PluginContext) -> Iterable[api.NavItem]:
    yield api.NavItem(
        slot="main", label="Players", address="/players", order=30, pages=("players", PAGE_NAME), icon="player"
    )


def _search(ctx: PluginContext) -> Iterable[api.SearchProvider]:
    yield api.SearchProvider(kind="player", title="Players", search=partial(find, ctx), order=10)


async def find(ctx: PluginContext, asked: api.Asked, text: str, limit: int) -> Sequence[api.Found]:
    """Players by the beginning of a name or GUID, else by a part of a name, seen last first."""
    reader: StatsReaderV1 = ctx.services.get(StatsReaderV1)  # type: ignore[type-abstract]
    return [
        api.Found(
            title=each.name or each.guid,
            address=f"/players/{quote(each.player_id, safe='')}",
            detail=asked.text("last seen {day}", day=formats.day(each.last_seen)),
        )
        for each in await reader.find_players(text, limit=limit)
    ]


def _assets(ctx: PluginContext) -> Iterable[api.Asset]:
    yield api.Asset(path="islands/uplot-line.js", kind="island", name="uplot-line")


def _cards(ctx: PluginContext) -> Iterable[api.ShareCard]:
    yield api.ShareCard(page=PAGE_NAME, svg=player_card)


ROOM = Room(pages=_pages, nav=_nav, tabs=tabs, search=_search, assets=_assets, cards=_cards)
