"""Leaderboards: who is best at what, over any period, map, side and format."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from slomix_webui import api
from slomix_webui.pages.boards.board import board_page
from slomix_webui.pages.room import Room

if TYPE_CHECKING:
    from slomix.context import PluginContext


def _pages(ctx: PluginContext) -> Iterable[api.Page]:
    yield board_page(ctx)


def _nav(ctx: PluginContext) -> Iterable[api.NavItem]:
    yield api.NavItem(
        slot="main", label="Leaderboards", address="/leaderboards", order=40, pages=("leaderboard",), icon="board"
    )


ROOM = Room(pages=_pages, nav=_nav)
