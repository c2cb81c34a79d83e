"""What is told when a session is over: its summary, and the milestones that fell in it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from slomix.contrib import Handler, Post
from slomix.events import RoundImported, SessionClosed

if TYPE_CHECKING:
    import discord

    from slomix.context import Delivery, PluginContext

SESSION_POST = "stats.session"
MILESTONES_POST = "stats.milestones"
MILESTONE_POST = "stats.milestone"


def posts(ctx: PluginContext) -> Iterable[Post]:
    """Subjects: a session's id; for one milestone `player/ladder/threshold/session`."""

    async def session(session_id: str) -> discord.Embed | None:
        from slomix_stats.api import StatsInsightV1, StatsReaderV1
        from slomix_stats.discord.summaries import session_summary

        detail = await ctx.services.get(StatsReaderV1).session(session_id)  # type: ignore[type-abstract]
        insight = ctx.services.get(StatsInsightV1)  # type: ignore[type-abstract]
        if detail is None:
            return None
        return session_summary(detail, await insight.session_teams(session_id), ctx.core.web.public_url)

    async def milestones(session_id: str) -> discord.Embed | None:
        from slomix_stats.api import StatsInsightV1
        from slomix_stats.discord.summaries import milestones_embed

        insight = ctx.services.get(StatsInsightV1)  # type: ignore[type-abstract]
        reached = await insight.reached(session_id)
        return milestones_embed(reached) if reached else None

    async def milestone(subject: str) -> discord.Embed | None:
        from slomix_stats.api import StatsInsightV1
        from slomix_stats.discord.summaries import milestones_embed

        player, ladder, threshold, session_id = subject.split("/")
        insight = ctx.services.get(StatsInsightV1)  # type: ignore[type-abstract]
        found = [
            one
            for one in await insight.reached(session_id)
            if (one.who.player_id, one.milestone.ladder, f"{one.milestone.threshold:g}") == (player, ladder, threshold)
        ]
        return milestones_embed(found) if found else None

    yield Post(name=SESSION_POST, render=session)
    yield Post(name=MILESTONES_POST, render=milestones)
    yield Post(name=MILESTONE_POST, render=milestone)


def handlers(ctx: PluginContext) -> Iterable[Handler]:
    """The summary and the milestones of a session once it is over, single milestones with the round they fell in."""
    settings, core = ctx.settings, ctx.core
    fresh = timedelta(minutes=core.discord.post_max_age)
    over = fresh + timedelta(minutes=core.sessions.gap_minutes)
    has_channel = core.discord.channel is not None

    def summary_wanted(event: SessionClosed, now: datetime) -> bool:
        wanted = settings.session_post or settings.achievements == "summary"
        return wanted and has_channel and now - event.ended_at <= over

    async def post_session(event: SessionClosed, delivery: Delivery) -> None:
        assert delivery.tx is not None
        if settings.session_post:
            await ctx.posts.request(delivery.tx, SESSION_POST, event.session_id)
        if settings.achievements == "summary":
            await ctx.posts.request(delivery.tx, MILESTONES_POST, event.session_id)

    def single_wanted(event: RoundImported, now: datetime) -> bool:
        return settings.achievements == "individual" and has_channel and now - event.ended_at <= fresh

    async def post_milestones(event: RoundImported, delivery: Delivery) -> None:
        from slomix_stats.api import StatsInsightV1

        assert delivery.tx is not None
        insight = ctx.services.get(StatsInsightV1)  # type: ignore[type-abstract]
        for one in await insight.reached(event.session_id):
            if one.round_id == event.round_id:
                subject = f"{one.who.player_id}/{one.milestone.ladder}/{one.milestone.threshold:g}/{event.session_id}"
                await ctx.posts.request(delivery.tx, MILESTONE_POST, subject)

    yield Handler(event=SessionClosed, run=post_session, when=summary_wanted)
    yield Handler(event=RoundImported, run=post_milestones, when=single_wanted)
