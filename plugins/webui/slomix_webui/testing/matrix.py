"""axe on every page x width x theme x reader, and what each page costs: python -m slomix_webui.testing.matrix --help"""

from __future__ import annotations

import asyncio
import sys
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import click

from slomix.testing.browser import View
from slomix_webui.testing import axe
from slomix_webui.testing.readers import READERS
from slomix_webui.testing.tour import Stop, Wish, options, tour
from slomix_webui.testing.world import quiet


@dataclass(slots=True)
class Report:
    """What was found: each trouble with where it was seen, and for each page what its first look cost."""

    troubles: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    costs: dict[str, str] = field(default_factory=dict)
    runs: int = 0

    async def look(self, wish: Wish, stop: Stop, view: View) -> None:
        """Measure a page, let axe see it at every width."""
        where = f"{stop.look}, {stop.reader}"
        if stop.address not in self.costs:
            paint = await view.first_paint()
            self.costs[stop.address] = (
                f"{len(view.requests):8} {view.bytes:8} {await view.nodes():8} {paint or 0:8.0f}  {stop.address}"
            )
        for trouble in (*view.console, *view.failed):
            self.troubles[f"{stop.address}: {trouble}"].append(where)
        for width in wish.widths:
            await view.resize(width)
            self.runs += 1
            found = await axe.violations(view)
            if wider := await view.wider():
                found.append(f"{wider} pixels wider than the window")
            for trouble in found:
                self.troubles[f"{stop.address}: {trouble}"].append(f"{width}, {where}")


@click.command()
@options(readers=READERS)
def main(**told: Any) -> None:
    """Let axe check every page of a simulated community. Exit code 1 where it finds anything."""
    quiet()
    began = time.perf_counter()
    wish, report = Wish(**told), Report()
    asyncio.run(tour(wish, lambda stop, view: report.look(wish, stop, view)))
    click.echo("requests    bytes elements paint ms  page")
    for line in report.costs.values():
        click.echo(line)
    for trouble, places in sorted(report.troubles.items()):
        click.echo(f"\n{trouble}\n    in {len(places)}: {'; '.join(places[:6])}{' …' if len(places) > 6 else ''}")
    seconds = time.perf_counter() - began
    click.echo(
        f"\n{report.runs} runs of axe on {len(report.costs)} pages, {len(report.troubles)} troubles, {seconds:.0f} s"
    )
    sys.exit(1 if report.troubles else 0)


if __name__ == "__main__":
    main()
