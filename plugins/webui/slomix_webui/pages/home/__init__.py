"""Home: the verdict of the last night first, then what plugins have to say, then the nights before."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from slomix_webui import api
from slomix_webui.pages.home.blocks import form_widget, season_widget
from slomix_webui.pages.home.home import home_page
from slomix_webui.pages.room import Room

if TYPE_CHECKING:
    from slomix.context import PluginContext


def _pages(ctx: PluginContext) -> Iterable[api.Page]:
    yield home_page(ctx)


def _nav(ctx: PluginContext) -> Iterable[api.NavItem]:
    yield api.NavItem(slot="main", label="Home", address="/", order=0, pages=("home",), icon="home")


def _widgets(ctx: PluginContext) -> Iterable[api.Widget]:
    yield form_widget(ctx)
    yield season_widget(ctx)


ROOM = Room(pages=_pages, nav=_nav, widgets=_widgets)
