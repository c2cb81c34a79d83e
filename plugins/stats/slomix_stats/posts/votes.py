"""The vote after a session, as a message with a button for each candidate."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from slomix.contrib import Handler, Post, PostContent
from slomix.events import SessionClosed
from slomix_stats.community.votes import VOTE_POST, Votes

if TYPE_CHECKING:
    from slomix.context import Delivery, PluginContext


def posts(ctx: PluginContext) -> Iterable[Post]:
    """One message per session; its subject is the session's id."""

    async def render(session_id: str) -> PostContent | None:
        from slomix_stats.discord.ballot import ballot

        votes = Votes(ctx)
        candidates = await votes.candidates(session_id)
        return ballot(session_id, candidates, open_=await votes.is_open(session_id)) if candidates else None

    yield Post(name=VOTE_POST, render=render)


def handlers(ctx: PluginContext) -> Iterable[Handler]:
    """Asked for when a session of some length is over."""
    core, settings = ctx.core, ctx.settings
    longest = timedelta(minutes=core.discord.post_max_age + core.sessions.gap_minutes)

    def wanted(event: SessionClosed, now: datetime) -> bool:
        enough = event.rounds >= core.discord.digest_min_rounds and now - event.ended_at <= longest
        return bool(settings.mvp_vote) and core.discord.channel is not None and enough

    async def post_vote(event: SessionClosed, delivery: Delivery) -> None:
        assert delivery.tx is not None
        await ctx.posts.request(delivery.tx, VOTE_POST, event.session_id)

    yield Handler(event=SessionClosed, run=post_vote, when=wanted)
