"""The reader's own room: login, player, names, browsers, settings, data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from slomix import contrib
from slomix_webui import api
from slomix_webui.pages.me import forms, menu
from slomix_webui.pages.me.page import me_page
from slomix_webui.pages.room import Room

if TYPE_CHECKING:
    from slomix.context import PluginContext


def _pages(ctx: PluginContext) -> Iterable[api.Page]:
    yield me_page(ctx)


def _nav(ctx: PluginContext) -> Iterable[api.NavItem]:
    yield api.NavItem(slot="user", label="You", address="/me", order=0, pages=("me",), icon="user")


def _routes(ctx: PluginContext) -> Iterable[contrib.Page]:
    yield from forms.routes(ctx)
    yield from menu.routes(ctx)


ROOM = Room(pages=_pages, nav=_nav, routes=_routes)
