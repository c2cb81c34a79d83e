"""Numbers explained: what each one means, how it is made, and how one's own came about."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from slomix_webui import api
from slomix_webui.pages.metrics.listing import metrics_page
from slomix_webui.pages.metrics.one import metric_page
from slomix_webui.pages.room import Room

if TYPE_CHECKING:
    from slomix.context import PluginContext


def _pages(ctx: PluginContext) -> Iterable[api.Page]:
    yield metrics_page(ctx)
    yield metric_page(ctx)


def _nav(ctx: PluginContext) -> Iterable[api.NavItem]:
    yield api.NavItem(
        slot="footer", label="How numbers are made", address="/numbers", order=30, pages=("metrics", "metric")
    )


ROOM = Room(pages=_pages, nav=_nav)
