"""Memory: what changed since a reader was here, and what was on this day in earlier years."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from slomix import contrib
from slomix_stats.api import OnThisDay, StatsInsightV1
from slomix_webui import api
from slomix_webui.pages.memory.news import news_page
from slomix_webui.pages.memory.visits import keep_seen
from slomix_webui.pages.room import Room

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from slomix.context import PluginContext

HOME: frozenset[api.SubjectKind] = frozenset(("home",))


def _pages(ctx: PluginContext) -> Iterable[api.Page]:
    yield news_page(ctx)


def _nav(ctx: PluginContext) -> Iterable[api.NavItem]:
    yield api.NavItem(slot="user", label="Since you were here", address="/me/news", order=20, pages=("news",))


def _widgets(ctx: PluginContext) -> Iterable[api.Widget]:
    yield api.Widget(key="news", title="Since you were here", slots=HOME, load=_news, size="full", order=10)
    yield api.Widget(key="day", title="On this day", slots=HOME, load=partial(on_this_day, ctx), order=80)


async def _news(asked: api.BlockAsked) -> api.Block:
    """The same for everybody: a place that the reader's own news are put into, and a link to them."""
    return api.Block(model={}, template="webui/memory/place.html")


async def on_this_day(ctx: PluginContext, asked: api.BlockAsked) -> api.Block | None:
    """Nights of this day in earlier years; left out where there was none."""
    insight: StatsInsightV1 = ctx.services.get(StatsInsightV1)  # type: ignore[type-abstract]
    found: OnThisDay = await insight.on_this_day()
    return api.Block(model=found, template="webui/memory/day.html") if found.sessions else None


def _routes(ctx: PluginContext) -> Iterable[contrib.Page]:
    async def seen(request: Request) -> Response:
        return await keep_seen(request, ctx.clock.now())

    yield contrib.Page(path="/me/news/seen", endpoint=seen, name="seen", methods=("POST",), root=True)


ROOM = Room(pages=_pages, nav=_nav, widgets=_widgets, routes=_routes)
