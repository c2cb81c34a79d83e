"""The record book: bests of one round or match, the hall of fame, seasons and awards."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from slomix_webui import api
from slomix_webui.pages.records.awards import awards_page
from slomix_webui.pages.records.book import book_page
from slomix_webui.pages.records.hall import hall_page
from slomix_webui.pages.records.seasons import season_page, seasons_page
from slomix_webui.pages.room import Room

if TYPE_CHECKING:
    from slomix.context import PluginContext

PAGES = (book_page, hall_page, seasons_page, season_page, awards_page)


def _pages(ctx: PluginContext) -> Iterable[api.Page]:
    return (page(ctx) for page in PAGES)


def _nav(ctx: PluginContext) -> Iterable[api.NavItem]:
    names = ("records", "hall-of-fame", "seasons", "season", "awards")
    yield api.NavItem(slot="main", label="Records", address="/records", order=50, pages=names, icon="record")


ROOM = Room(pages=_pages, nav=_nav)
