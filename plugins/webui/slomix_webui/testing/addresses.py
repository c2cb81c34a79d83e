"""Which addresses to look at: every page that a plugin declares, with parameters that exist.

An address with a parameter is found as a reader finds it, by following links from page to page; the tester may name
it instead.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html import unescape
from urllib.parse import urljoin, urlsplit

import httpx2
from starlette.routing import compile_path

from slomix import contrib
from slomix.testing.running import Running
from slomix_webui.api import Page

#: So many pages are read in search of links.
FOLLOWED = 150
_LINK = re.compile(r"""<a\b[^>]*\shref=(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
#: Other hosts, and what is no page.
_ELSEWHERE = ("//", "/static/")
#: The same page in another form, and streams.
_NO_DOCUMENT = re.compile(r"\.(json|csv|png)$|^live\.")

#: Name of a page to the addresses at which it is looked at.
Given = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A page of a plugin: its name, the pattern of its address, addresses that exist (none: no link leads there).

    `closed`: it is for readers who are logged in.
    """

    plugin: str
    name: str
    path: str
    closed: bool
    addresses: tuple[str, ...]


def declared(program: Running, plugins: Iterable[str] | None = None) -> list[Place]:
    """Every page that can be opened, those without parameter with their address."""
    wanted = None if plugins is None else set(plugins)
    return [place for place in _all(program) if wanted is None or place.plugin in wanted]


def _all(program: Running) -> Iterator[Place]:
    """The pages of the dashboard's hooks, and routes of other plugins that are pages by themselves."""
    host = program.runtime.host
    known = {}
    for given in host.contributions("webui", Page) if "webui" in host.states else ():
        page: Page = given.record
        path = page.path if given.plugin == "webui" else f"/{given.plugin}{page.path}"
        known[given.plugin, page.name] = _place(given.plugin, page.name, path, page.personal or bool(page.permission))
    yield from known.values()
    for route in host.records(contrib.Page):
        record = route.record
        other = route.plugin != "webui" and (route.plugin, record.name) not in known
        if other and "GET" in record.methods and not _NO_DOCUMENT.search(record.name):
            yield _place(route.plugin, record.name, f"/{route.plugin}{record.path}", False)


def _place(plugin: str, name: str, path: str, closed: bool) -> Place:
    return Place(plugin=plugin, name=name, path=path, closed=closed, addresses=() if "{" in path else (path,))


async def places(
    program: Running,
    plugins: Iterable[str] | None = None,
    given: Given | None = None,
    cookies: Mapping[str, str] | None = None,
) -> list[Place]:
    """All pages with addresses: those given by name, else the first that a link leads to.

    `cookies` are those of a reader who is logged in; without any, closed pages are left out.
    """
    given = given or {}
    found = [place for place in declared(program, plugins) if cookies or not place.closed]
    listed = [replace(place, addresses=tuple(given.get(place.name, place.addresses))) for place in found]
    sought = {place.path for place in listed if not place.addresses}
    starts = [address for place in _all(program) if cookies or not place.closed for address in place.addresses]
    linked = await _linked(program.web, sought, starts, dict(cookies or {})) if sought else {}
    return [place if place.addresses else replace(place, addresses=linked.get(place.path, ())) for place in listed]


async def _linked(
    web: httpx2.AsyncClient, sought: set[str], starts: Sequence[str], cookies: dict[str, str]
) -> dict[str, tuple[str, ...]]:
    """The first address of each pattern that a link of some page leads to."""
    patterns = {path: compile_path(path)[0] for path in sought}
    found: dict[str, tuple[str, ...]] = {}
    waiting, seen = deque(starts), set(starts)
    cookie = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())} if cookies else {}
    for _ in range(FOLLOWED):
        if not waiting or len(found) == len(patterns):
            break
        here = waiting.popleft()
        answer = await web.get(here, headers=cookie)
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
    return [link.partition("#")[0] for link in found if link.startswith("/") and not link.startswith(_ELSEWHERE)]
