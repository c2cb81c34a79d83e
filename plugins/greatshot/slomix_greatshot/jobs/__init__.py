"""What happens in workers: reading, linking, cutting, rendering, tidying."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from slomix.contrib import Handler, Job
from slomix.events import RoundImported

if TYPE_CHECKING:
    from slomix.context import Delivery, PluginContext
    from slomix_greatshot.parts import Parts

LINK_JOB = "greatshot.link"
#: Beside the time that reading a demo may take.
_SPARE_S = 60


def jobs(ctx: PluginContext, parts: Parts) -> Iterable[Job]:
    """Each imports what it needs when it runs first."""
    settings = ctx.settings

    async def scan(payload: Mapping[str, Any]) -> None:
        from slomix_greatshot.jobs.scanning import Scanner

        await Scanner(ctx, parts.vault, parts.demos, parts.pool).run(payload)

    async def clips(payload: Mapping[str, Any]) -> None:
        from slomix_greatshot.jobs.clips import Cutter

        await Cutter(ctx, parts.vault, parts.cutters).run(payload)

    async def link_demo(payload: Mapping[str, Any]) -> None:
        from slomix_greatshot.linking.link import link

        await link(ctx, payload["demo"])

    async def render(payload: Mapping[str, Any]) -> None:
        await parts.films.run(payload)

    async def collect(payload: Mapping[str, Any]) -> None:
        from slomix_greatshot.jobs.folders import Collector

        await Collector(ctx, parts.demos).run(payload)

    async def tidy(payload: Mapping[str, Any]) -> None:
        from slomix_greatshot.jobs.tidying import Tidier

        await Tidier(ctx, parts.vault).run(payload)

    yield Job(name="greatshot.scan", run=scan, timeout=timedelta(seconds=settings.scan_seconds + _SPARE_S))
    yield Job(name="greatshot.clips", run=clips, timeout=timedelta(hours=1))
    yield Job(name=LINK_JOB, run=link_demo)
    yield Job(name="greatshot.render", run=render, timeout=timedelta(seconds=settings.render_seconds + _SPARE_S))
    if settings.folders:
        yield Job(name="greatshot.collect", run=collect, every=timedelta(minutes=1), timeout=timedelta(hours=1))
    yield Job(name="greatshot.tidy", run=tidy, every=timedelta(hours=6))


def handlers(ctx: PluginContext) -> Iterable[Handler]:
    """A round that is imported may be the one that a demo shows."""

    async def link_round(event: RoundImported, delivery: Delivery) -> None:
        from slomix_greatshot.linking.link import waiting_for

        assert delivery.tx is not None
        for demo_id in await waiting_for(delivery.tx, event.map):
            await ctx.jobs.enqueue(delivery.tx, LINK_JOB, {"demo": demo_id}, dedupe=f"{LINK_JOB} {demo_id}")

    yield Handler(event=RoundImported, run=link_round)
