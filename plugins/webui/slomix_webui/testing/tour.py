"""A walk through all pages of a simulated community, as several readers and in several themes, in a real browser.

The tools `screenshots` and `matrix` are such walks; each looks at an open page in its own way.
"""

from __future__ import annotations

import asyncio
import itertools
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import click

from slomix.testing.browser import Site, View, connected
from slomix.testing.chromium import chromium
from slomix_webui.testing.addresses import Place, places
from slomix_webui.testing.looks import LOOKS, WIDTHS, Look, looking
from slomix_webui.testing.readers import READERS, Reader, cookies_of
from slomix_webui.testing.world import world

F = TypeVar("F", bound=Callable[..., Any])

PLUGINS = ("stats", "webui", "availability", "voice")
ROUNDS = 40
#: Pages that are open at the same time: more is not faster on two cores.
AT_ONCE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What to walk through. `pages` holds names or addresses, none: every page."""

    pages: Sequence[str]
    widths: Sequence[int]
    looks: Sequence[Look]
    readers: Sequence[Reader]
    plugins: Sequence[str]
    rounds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One page as one reader sees it in one theme. `name` can be a file's name."""

    name: str
    address: str
    reader: Reader
    look: Look


def options(readers: Sequence[Reader]) -> Callable[[F], F]:
    """The options of both tools; `readers` are those of a walk that names none."""
    known = click.Choice(READERS)
    given = [
        click.option("--page", "pages", multiple=True, help="A page (home, session …) or an address; all without."),
        click.option("--width", "widths", multiple=True, type=int, default=WIDTHS, show_default=True, help="Pixels."),
        click.option("--theme", "looks", multiple=True, type=click.Choice(LOOKS), default=LOOKS, help="All without."),
        click.option("--person", "readers", multiple=True, type=known, default=readers, show_default=True),
        click.option("--plugin", "plugins", multiple=True, default=PLUGINS, show_default=True, help="What runs."),
        click.option("--rounds", default=ROUNDS, show_default=True, help="Simulated rounds; 0 shows empty pages."),
    ]

    def add(command: F) -> F:
        for each in reversed(given):
            command = each(command)
        return command

    return add


async def tour(wish: Wish, look_at: Callable[[Stop, View], Awaitable[None]]) -> int:
    """Open every page and let `look_at` see it; answers how many stops that were."""
    gate = asyncio.Semaphore(AT_ONCE)
    with chromium() as address:
        async with world(wish.plugins, rounds=wish.rounds) as site, connected(address) as browser:

            async def one(stop: Stop, cookies: Mapping[str, str]) -> None:
                where = site.url + stop.address
                async with gate, looking(browser, where, width=wish.widths[0], look=stop.look, cookies=cookies) as view:
                    await view.read()
                    await look_at(stop, view)

            walks = []
            for reader in wish.readers:
                cookies = await cookies_of(site.program, reader)
                listed = await _pages(site, wish.pages, cookies)
                stops = itertools.product(listed.items(), wish.looks)
                walks += [
                    one(Stop(name=name, address=path, reader=reader, look=look), cookies)
                    for (name, path), look in stops
                ]
            await asyncio.gather(*walks)
            return len(walks)


async def _pages(site: Site, asked: Sequence[str], cookies: Mapping[str, str]) -> dict[str, str]:
    """Name and address of the pages to look at."""
    addresses = {_name(page): page for page in asked if page.startswith("/")}
    names = [page for page in asked if not page.startswith("/")]
    if asked and not names:
        return addresses
    listed = _listed(await places(site.program, cookies=cookies))
    unknown = [name for name in names if name not in listed]
    if unknown and not cookies:
        raise click.UsageError(f"no page {', '.join(unknown)}; there are: {', '.join(sorted(listed))}")
    return addresses | {name: listed[name] for name in names or listed if name in listed}


def _listed(found: Iterable[Place]) -> dict[str, str]:
    """Name and address of pages that a link leads to; the others are told."""
    listed = {}
    for place in found:
        name = place.name if place.plugin == "webui" else f"{place.plugin}-{place.name}"
        if place.addresses:
            listed[name] = place.addresses[0]
        else:
            click.echo(f"no link leads to {name} ({place.path}); name an address with --page", err=True)
    return listed


def _name(address: str) -> str:
    return re.sub(r"[^\w.-]+", "_", address).strip("_") or "home"
