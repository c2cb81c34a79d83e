"""The post of a round: asked for when a fresh round arrives, edited when its numbers change."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from slomix.contrib import Handler, Post
from slomix.events import RoundImported, RoundRevised

if TYPE_CHECKING:
    import discord

    from slomix.context import Delivery, PluginContext

ROUND_POST = "stats.round"


def posts(ctx: PluginContext) -> Iterable[Post]:
    """One message per round; its subject is the round's id."""

    async def render(round_id: str) -> discord.Embed | None:
        from slomix_stats.api import StatsReaderV1
        from slomix_stats.discord.rounds import round_embed

        reader = ctx.services.get(StatsReaderV1)  # type: ignore[type-abstract]
        detail = await reader.round(round_id)
        if detail is None:
            return None
        return round_embed(detail, await reader.match(detail.round.match_id), ctx.core.web.public_url)

    yield Post(name=ROUND_POST, render=render)


def handlers(ctx: PluginContext) -> Iterable[Handler]:
    """Durable, so that a round is neither forgotten nor asked for twice."""
    longest = timedelta(minutes=ctx.core.discord.post_max_age)
    has_channel = ctx.core.discord.channel is not None

    async def post_round(event: RoundImported, delivery: Delivery) -> None:
        assert delivery.tx is not None
        await ctx.posts.request(delivery.tx, ROUND_POST, event.round_id)

    def is_fresh(event: RoundImported, now: datetime) -> bool:
        """Old rounds (a back-fill, a server that was away) are imported without a post, and so are all rounds as
        long as there is no channel: who sets one up later does not want the past in it."""
        return ctx.settings.round_post and has_channel and now - event.ended_at <= longest

    async def edit_round_post(event: RoundRevised, delivery: Delivery) -> None:
        """A rewritten file, or a late round 1 that makes its round 2 a second half."""
        assert delivery.tx is not None
        await ctx.posts.refresh(delivery.tx, ROUND_POST, event.round_id)

    yield Handler(event=RoundImported, run=post_round, when=is_fresh)
    yield Handler(event=RoundRevised, run=edit_round_post)
