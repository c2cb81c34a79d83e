"""Pictures of every page, at several widths, in every theme: python -m slomix_webui.testing.screenshots --help"""

from __future__ import annotations

import asyncio
import itertools
import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from slomix.testing.browser import Site, connected
from slomix.testing.chromium import chromium
from slomix_webui.testing.addresses import Place, places
from slomix_webui.testing.looks import LOOKS, WIDTHS, Look, looking
from slomix_webui.testing.world import quiet, world

PLUGINS = ("stats", "webui", "availability", "voice")
ROUNDS = 40
OUT = Path("var/screenshots")
#: Pages that are drawn at the same time: more is not faster on two cores.
AT_ONCE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What to take pictures of. `pages` holds names or addresses, none: every page; `person` is who is logged in."""

    pages: Sequence[str]
    widths: Sequence[int]
    themes: Sequence[Look]
    plugins: Sequence[str]
    rounds: int
    person: str | None
    whole: bool
    out: Path


@click.command()
@click.option("--page", "pages", multiple=True, help="Name of a page (home, session …) or an address; all without.")
@click.option("--width", "widths", multiple=True, type=int, default=WIDTHS, help="In pixels; 390 to 1920 without.")
@click.option("--theme", "themes", multiple=True, type=click.Choice(LOOKS), default=LOOKS, help="All without.")
@click.option("--plugin", "plugins", multiple=True, default=PLUGINS, show_default=True, help="A plugin that runs.")
@click.option("--rounds", default=ROUNDS, show_default=True, help="Simulated rounds; 0 shows empty pages.")
@click.option("--person", help="Who is logged in (a Discord user's id); nobody without.")
@click.option("--whole/--fold", default=True, help="The whole page, or what fits the first screen.")
@click.option("--out", type=click.Path(path_type=Path), default=OUT, show_default=True, help="Folder for the pictures.")
def main(**told: Any) -> None:
    """Take pictures of pages of a simulated community into a folder, as PAGE-WIDTH-THEME.png."""
    began = time.perf_counter()
    wish = Wish(**told)
    quiet()
    count = asyncio.run(take(wish))
    click.echo(f"{count} pictures in {wish.out}, {time.perf_counter() - began:.0f} s")


async def take(wish: Wish) -> int:
    """Take them; answers how many there are now."""
    wish.out.mkdir(parents=True, exist_ok=True)
    gate = asyncio.Semaphore(AT_ONCE)
    with chromium() as address:
        async with world(wish.plugins, rounds=wish.rounds) as site, connected(address) as browser:
            cookies = await _cookies(site, wish.person) if wish.person else {}
            wanted = await _wanted(site, wish.pages, cookies)

            async def one(name: str, path: str, width: int, look: Look) -> None:
                async with gate, looking(browser, site.url + path, width=width, look=look, cookies=cookies) as view:
                    await view.read()
                    file = wish.out / f"{name}-{width}-{look}.png"
                    await view.page.screenshot(path=file, full_page=wish.whole)
                    for trouble in (*view.console, *view.failed):
                        click.echo(f"{file.name}: {trouble}", err=True)

            wishes = list(itertools.product(wanted.items(), wish.widths, wish.themes))
            await asyncio.gather(*(one(*page, width, look) for page, width, look in wishes))
            return len(wishes)


async def _wanted(site: Site, asked: Sequence[str], cookies: dict[str, str]) -> dict[str, str]:
    """Name and address of the pages to take."""
    addresses = {_file_name(page): page for page in asked if page.startswith("/")}
    names = [page for page in asked if not page.startswith("/")]
    if asked and not names:
        return addresses
    listed = _listed(await places(site.program, cookies=cookies))
    unknown = [name for name in names if name not in listed]
    if unknown:
        raise click.UsageError(f"no page {', '.join(unknown)}; there are: {', '.join(sorted(listed))}")
    return addresses | {name: listed[name] for name in names or listed}


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


def _file_name(address: str) -> str:
    return re.sub(r"[^\w.-]+", "_", address).strip("_") or "home"


async def _cookies(site: Site, person: str) -> dict[str, str]:
    """The cookies of a reader who is logged in."""
    raise click.UsageError(f"nobody can log in yet, so {person} can not")


if __name__ == "__main__":
    main()
