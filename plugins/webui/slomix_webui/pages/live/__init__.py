"""Live: what is played now, with its channel, and as a block of home and of the night that is played."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from slomix_webui import api
from slomix_webui.pages.live.channel import live_channels
from slomix_webui.pages.live.page import live_page
from slomix_webui.pages.live.widgets import live_widgets
from slomix_webui.pages.room import Room

if TYPE_CHECKING:
    from slomix.context import PluginContext


def _pages(ctx: PluginContext) -> Iterable[api.Page]:
    yield live_page(ctx)


def _nav(ctx: PluginContext) -> Iterable[api.NavItem]:
    yield api.NavItem(slot="main", label="Live", address="/live", order=20, pages=("live",), icon="live")


def _assets(ctx: PluginContext) -> Iterable[api.Asset]:
    yield api.Asset(path="islands/live-round.js", kind="island", name="live-round")


ROOM = Room(pages=_pages, nav=_nav, widgets=live_widgets, assets=_assets, live=live_channels)
