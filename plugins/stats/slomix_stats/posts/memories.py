"""On this day: what was played on the same day of earlier years, told once in the morning."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from slomix.contrib import Job, Post

if TYPE_CHECKING:
    import discord

    from slomix.context import PluginContext

MEMORY_POST = "stats.on_this_day"

_TOLD = "select true from slomix.post where post = $1 and subject = $2"


def posts(ctx: PluginContext) -> Iterable[Post]:
    """One message per day; its subject is the ISO date. Days without a memory have none."""

    async def render(day: str) -> discord.Embed | None:
        from slomix_stats.api import StatsInsightV1
        from slomix_stats.discord.summaries import memories_embed

        insight = ctx.services.get(StatsInsightV1)  # type: ignore[type-abstract]
        found = await insight.on_this_day(date.fromisoformat(day))
        return memories_embed(found, ctx.core.web.public_url) if found.sessions else None

    yield Post(name=MEMORY_POST, render=render)


def jobs(ctx: PluginContext) -> Iterable[Job]:
    """Asks for the day's message at its time; a program that was away at that moment asks later."""

    async def remember(payload: Any) -> None:
        now = ctx.clock.now().astimezone(ZoneInfo(ctx.core.timezone))
        if ctx.core.discord.channel is None or not ctx.settings.on_this_day or now.time() < ctx.settings.on_this_day_at:
            return
        async with ctx.db.transaction() as tx:
            if not await tx.fetchval(_TOLD, MEMORY_POST, now.date().isoformat()):
                await ctx.posts.request(tx, MEMORY_POST, now.date().isoformat())

    yield Job(name="stats.on_this_day", run=remember, every=timedelta(minutes=5))
