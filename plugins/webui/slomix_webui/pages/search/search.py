"""`/search?q=`: everything that is called so, by kind."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated

import structlog
from msgspec import Meta

from slomix.web.buckets import take
from slomix_webui import api

if TYPE_CHECKING:
    from slomix.context import Contribution, PluginContext

log = structlog.get_logger("slomix.webui")

#: Hits of one kind, and what all providers together may take.
MOST_HITS = 8
PROVIDER_S = 0.3
PER_MINUTE = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchQuery:
    """What is looked for."""

    q: Annotated[str, Meta(max_length=64)] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The hits of one kind."""

    kind: str
    title: str
    found: tuple[api.Found, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchView:
    """The hits by kind; `late` names kinds that did not answer in time."""

    q: str
    groups: tuple[Group, ...]
    late: tuple[str, ...]


def search_page(ctx: PluginContext) -> api.Page:
    """The page's record."""
    return api.Page(
        path="/search",
        name="search",
        title="Search",
        summary="Players, nights, maps and pages by name",
        load=partial(load, ctx),
        template="webui/search/search.html",
        model=SearchView,
        params={"q": (str, "a name, a GUID, a day as 2026-11-17, a map")},
    )


async def load(ctx: PluginContext, asked: api.Asked) -> api.Shown:
    """Every provider is asked at the same time; one that is late or fails costs its own kind."""
    q = " ".join(asked.query(SearchQuery).q.split())
    groups: list[Group | str] = []
    if q:
        take(asked.request, "webui.search", per_minute=PER_MINUTE)
        providers = sorted(ctx.contributions.of(api.SearchProvider), key=lambda each: each.record.order)
        groups = list(await asyncio.gather(*(_ask(each, asked, q) for each in providers)))
    late = tuple(each for each in groups if isinstance(each, str))
    return api.Shown(
        model=SearchView(q=q, groups=tuple(g for g in groups if isinstance(g, Group) and g.found), late=late),
        title=asked.text("Search: {q}", q=q) if q else asked.text("Search"),
        description=asked.text("Players, nights, maps and pages."),
        fresh=not late,
    )


async def _ask(found: Contribution[api.SearchProvider], asked: api.Asked, q: str) -> Group | str:
    """The hits of one provider, or its title where it did not answer."""
    provider = found.record
    title = asked.text(provider.title)
    try:
        async with asyncio.timeout(PROVIDER_S):
            hits = await provider.search(asked, q, MOST_HITS)
    except TimeoutError:
        log.warning("a search was late", plugin=found.plugin, kind=provider.kind, limit_s=PROVIDER_S)
        return title
    except Exception:
        log.exception("a search failed", plugin=found.plugin, kind=provider.kind)
        return title
    return Group(kind=provider.kind, title=title, found=tuple(hits)[:MOST_HITS])
