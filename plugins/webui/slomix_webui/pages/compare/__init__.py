"""Side by side: the numbers of several players, and the record of two of them or of two line-ups."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from slomix_webui import api
from slomix_webui.pages.compare.compare import compare_page
from slomix_webui.pages.compare.matchup import matchup_page
from slomix_webui.pages.room import Room

if TYPE_CHECKING:
    from slomix.context import PluginContext


def _pages(ctx: PluginContext) -> Iterable[api.Page]:
    yield compare_page(ctx)
    yield matchup_page(ctx)


def _nav(ctx: PluginContext) -> Iterable[api.NavItem]:
    yield api.NavItem(slot="more", label="Compare", address="/compare", order=50, pages=("compare",), icon="compare")
    yield api.NavItem(slot="more", label="Head to head", address="/matchup", order=51, pages=("matchup",), icon="kill")


ROOM = Room(pages=_pages, nav=_nav)
