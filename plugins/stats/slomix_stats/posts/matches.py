"""The post of a map: both halves, who won it and by what, the best of both rounds together."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from slomix.contrib import Handler, Post
from slomix.events import MatchCompleted, RoundRevised

if TYPE_CHECKING:
    import discord

    from slomix.context import Delivery, PluginContext

MATCH_POST = "stats.match"

_ENDED = "select ended_at from slomix.match where id = $1"


def posts(ctx: PluginContext) -> Iterable[Post]:
    """One message per match; its subject is the match's id."""

    async def render(match_id: str) -> discord.Embed | None:
        from slomix_stats.api import StatsReaderV1
        from slomix_stats.discord.summaries import match_embed

        detail = await ctx.services.get(StatsReaderV1).match(match_id)  # type: ignore[type-abstract]
        return match_embed(detail, ctx.core.web.public_url) if detail is not None else None

    yield Post(name=MATCH_POST, render=render)


def handlers(ctx: PluginContext) -> Iterable[Handler]:
    """Asked for when the second half arrives, edited when one of the halves changes."""
    longest = timedelta(minutes=ctx.core.discord.post_max_age)

    def wanted(event: MatchCompleted, now: datetime) -> bool:
        return bool(ctx.settings.match_post) and ctx.core.discord.channel is not None

    async def post_match(event: MatchCompleted, delivery: Delivery) -> None:
        assert delivery.tx is not None
        ended = await delivery.tx.fetchval(_ENDED, event.match_id)
        if ended is not None and delivery.published_at - ended <= longest:
            await ctx.posts.request(delivery.tx, MATCH_POST, event.match_id)

    async def edit_match_post(event: RoundRevised, delivery: Delivery) -> None:
        assert delivery.tx is not None
        await ctx.posts.refresh(delivery.tx, MATCH_POST, event.match_id)

    yield Handler(event=MatchCompleted, run=post_match, when=wanted)
    yield Handler(event=RoundRevised, run=edit_match_post)
