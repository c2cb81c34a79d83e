"""The programs' door: every JSON answer described, from `/openapi.json`, on pages of our own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from slomix_webui import api
from slomix_webui.pages.docs.listing import docs_page
from slomix_webui.pages.docs.one import operation_page, schema_page
from slomix_webui.pages.room import Room

if TYPE_CHECKING:
    from slomix.context import PluginContext

PAGES = ("docs", "docs.schema", "docs.operation")


def _pages(ctx: PluginContext) -> Iterable[api.Page]:
    """The schemas come first: an operation's path would take theirs for itself."""
    yield docs_page()
    yield schema_page()
    yield operation_page()


def _nav(ctx: PluginContext) -> Iterable[api.NavItem]:
    yield api.NavItem(slot="footer", label="API", address="/docs", order=40, pages=PAGES)


ROOM = Room(pages=_pages, nav=_nav)
