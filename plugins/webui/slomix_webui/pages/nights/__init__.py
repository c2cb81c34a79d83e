"""Nights: the list, one night with its tabs, its matches and its rounds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from slomix_webui import api
from slomix_webui.pages.nights.card import cards
from slomix_webui.pages.nights.listing import listing_page
from slomix_webui.pages.nights.matches import match_page
from slomix_webui.pages.nights.night import night_page
from slomix_webui.pages.nights.rounds import round_page
from slomix_webui.pages.nights.tabs import tabs
from slomix_webui.pages.nights.vote import actions
from slomix_webui.pages.nights.widgets import widgets
from slomix_webui.pages.room import Room

if TYPE_CHECKING:
    from slomix.context import PluginContext


def _pages(ctx: PluginContext) -> Iterable[api.Page]:
    yield listing_page(ctx)
    yield night_page(ctx)
    yield match_page(ctx)
    yield round_page(ctx)


def _nav(ctx: PluginContext) -> Iterable[api.NavItem]:
    yield api.NavItem(
        slot="main",
        label="Nights",
        address="/sessions",
        order=20,
        pages=("sessions", "session", "match", "round"),
        icon="night",
    )


def _cards(ctx: PluginContext) -> Iterable[api.ShareCard]:
    return cards()


ROOM = Room(pages=_pages, nav=_nav, tabs=tabs, widgets=widgets, actions=actions, cards=_cards)
