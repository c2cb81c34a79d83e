"""Search over players, nights, maps and pages: a page, and the palette that opens with `/` on every page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote
from zoneinfo import ZoneInfo

from slomix_stats.api import StatsReaderV1
from slomix_webui import api, formats
from slomix_webui.pages.room import Room
from slomix_webui.pages.search.search import search_page

if TYPE_CHECKING:
    from slomix.context import PluginContext


def _pages(ctx: PluginContext) -> Iterable[api.Page]:
    yield search_page(ctx)


def _search(ctx: PluginContext) -> Iterable[api.SearchProvider]:
    yield api.SearchProvider(kind="session", title="Nights", search=partial(nights, ctx), order=20)
    yield api.SearchProvider(kind="page", title="Pages", search=partial(pages_called, ctx), order=90)


async def nights(ctx: PluginContext, asked: api.Asked, text: str, limit: int) -> Sequence[api.Found]:
    """Nights of a day or month that was typed as `2026-11-17` or `2026-11`; of today for `today` and the like."""
    days = days_meant(text, ctx.clock.now().astimezone(ZoneInfo(ctx.core.timezone)).date())
    if days is None:
        return ()
    reader: StatsReaderV1 = ctx.services.get(StatsReaderV1)  # type: ignore[type-abstract]
    zone = ZoneInfo(ctx.core.timezone)
    since, until = (datetime.combine(day, time(), zone) for day in days)
    # an evening ends after midnight, so it is found by the day on which it began
    found = await reader.sessions(limit=limit + 1, since=since, until=until + timedelta(hours=12))
    return [
        api.Found(
            title=formats.long_day(each.started_at),
            address=f"/sessions/{quote(each.session_id)}",
            detail=formats.maps(each.maps),
        )
        for each in found.sessions
        if since <= each.started_at < until
    ][:limit]


def days_meant(text: str, today: date) -> tuple[date, date] | None:
    """The first day and the day after the last one that a text means; None where it means no days. Pure."""
    words = {"today": 0, "tonight": 0, "yesterday": 1}
    if text.lower() in words:
        day = today - timedelta(days=words[text.lower()])
        return day, day + timedelta(days=1)
    for pattern in ("%Y-%m-%d", "%d.%m.%Y", "%d %b %Y", "%d %B %Y"):
        try:
            day = datetime.strptime(text, pattern).date()  # noqa: DTZ007 - a day as people type it has no zone
        except ValueError:
            continue
        return day, day + timedelta(days=1)
    try:
        first = datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 - as above
    except ValueError:
        return None
    return first, (first + timedelta(days=32)).replace(day=1)


async def pages_called(ctx: PluginContext, asked: api.Asked, text: str, limit: int) -> Sequence[api.Found]:
    """Pages by their title, in the reader's language or in English."""
    found = []
    for each in ctx.contributions.of(api.Page):
        page = each.record
        title = asked.text(page.title)
        if "{" in page.path or page.permission is not None:
            continue
        if text.lower() in title.lower() or text.lower() in page.title.lower():
            address = page.path if each.plugin == ctx.name else f"/{each.plugin}{page.path}"
            found.append(api.Found(title=title, address=address))
    return found[:limit]


ROOM = Room(pages=_pages, search=_search)
