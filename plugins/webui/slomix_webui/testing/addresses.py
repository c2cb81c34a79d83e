"""Which addresses to look at: every page that a plugin declares, with parameters that exist.

An address with a parameter is found as a reader finds it, by following links from page to page; the tester may name
it instead.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from urllib.parse import urljoin, urlsplit

import httpx2
from starlette.routing import compile_path

from slomix.contrib import Page
from slomix.testing.running import Running

#: So many pages are read in search of links.
FOLLOWED = 150
_LINK = re.compile(r"""<a\b[^>]*\shref=(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
#: Other hosts, and what is no page.
_ELSEWHERE = ("//", "/static/")

#: Name of a page to the addresses at which it is looked at.
Given = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Place:
    """A page of a plugin: its name, the pattern of its address, addresses that exist (none: no link leads there)."""

    plugin: str
    name: str
    path: str
    addresses: tuple[str, ...]


def declared(program: Running, plugins: Iterable[str] | None = None) -> list[Place]:
    """Every page that can be opened, those without parameter with their address."""
    wanted = None if plugins is None else set(plugins)
    found = []
    for contributed in program.runtime.host.records(Page):
        page: Page = contributed.record
        if "GET" not in page.methods or (wanted is not None and contributed.plugin not in wanted):
            continue
        path = page.path if page.root else f"/{contributed.plugin}{page.path}"
        found.append(Place(contributed.plugin, page.name, path, () if "{" in path else (path,)))
    return found


async def places(program: Running, plugins: Iterable[str] | None = None, given: Given | None = None) -> list[Place]:
    """All pages with addresses: those given by name, else the first that a link leads to."""
    given = given or {}
    listed = [
        Place(place.plugin, place.name, place.path, tuple(given.get(place.name, place.addresses)))
        for place in declared(program, plugins)
    ]
    sought = {place.path for place in listed if not place.addresses}
    linked = await _linked(program.web, sought, _starts(program)) if sought else {}
    return [
        place if place.addresses else Place(place.plugin, place.name, place.path, linked.get(place.path, ()))
        for place in listed
    ]


def _starts(program: Running) -> list[str]:
    """Where a reader may begin: every address without a parameter, the home page first."""
    return sorted({address for place in declared(program) for address in place.addresses}, key=lambda a: (a != "/", a))


async def _linked(web: httpx2.AsyncClient, sought: set[str], starts: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The first address of each pattern that a link of some page leads to."""
    patterns = {path: compile_path(path)[0] for path in sought}
    found: dict[str, tuple[str, ...]] = {}
    waiting, seen = deque(starts), set(starts)
    for _ in range(FOLLOWED):
        if not waiting or len(found) == len(patterns):
            break
        here = waiting.popleft()
        answer = await web.get(here)
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        for link in links(answer.text, here):
            path = urlsplit(link).path
            fitting = [pattern for pattern, regex in patterns.items() if regex.match(path)]
            fresh = [pattern for pattern in fitting if pattern not in found]
            found |= dict.fromkeys(fresh, (path,))
            # one page of each kind is read for further links, and whatever is no page that is sought
            if path not in seen and (fresh or not fitting):
                seen.add(path)
                waiting.append(path)
    return found


def links(html: str, here: str) -> list[str]:
    """The addresses on this site that a page links to, without their fragments, in their order."""
    found = (urljoin(here, unescape(double or single)) for double, single in _LINK.findall(html))
    return [
        link.partition("#")[0] for link in found if link.startswith("/") and not link.startswith(("//", "/static/"))
    ]
