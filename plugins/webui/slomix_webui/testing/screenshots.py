"""Pictures of every page, at several widths, in every theme: python -m slomix_webui.testing.screenshots --help"""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import click

from slomix.testing.browser import View
from slomix_webui.testing.tour import Stop, Wish, options, tour
from slomix_webui.testing.world import quiet

OUT = Path("var/screenshots")


@click.command()
@options(readers=["nobody"])
@click.option("--whole/--fold", default=True, help="The whole page, or what fits the first screen.")
@click.option("--out", type=click.Path(path_type=Path), default=OUT, show_default=True, help="Folder for the pictures.")
def main(whole: bool, out: Path, **told: Any) -> None:
    """Take pictures of pages of a simulated community into a folder, as PAGE-WIDTH-THEME.png (of who is logged in:
    PAGE-WIDTH-THEME-PERSON.png)."""
    quiet()
    began = time.perf_counter()
    count = asyncio.run(take(Wish(**told), out, whole))
    click.echo(f"{count} pictures in {out}, {time.perf_counter() - began:.0f} s")


async def take(wish: Wish, out: Path, whole: bool) -> int:
    """Take them; answers how many there are now."""
    out.mkdir(parents=True, exist_ok=True)

    async def shoot(stop: Stop, view: View) -> None:
        who = "" if stop.reader == "nobody" else f"-{stop.reader}"
        for width in wish.widths:
            await view.resize(width)
            await view.page.screenshot(path=out / f"{stop.name}-{width}-{stop.look}{who}.png", full_page=whole)
        for trouble in (*view.console, *view.failed):
            click.echo(f"{stop.address} ({stop.look}, {stop.reader}): {trouble}", err=True)

    return await tour(wish, shoot) * len(wish.widths)


if __name__ == "__main__":
    main()
