"""What the bot role gets from stats: one cog, whose module is imported when the bot is built."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from slomix.contrib import CogFactory
from slomix_stats.discord.old_words import WORDS

if TYPE_CHECKING:
    from discord.ext import commands

    from slomix.context import PluginContext

#: A command beside `/stats`.
LATEST = "last"


def cogs(ctx: PluginContext) -> Iterable[CogFactory]:
    """The cog behind `/stats`, and `/last` for what is asked most."""
    yield CogFactory(make=_make, shortcuts=(LATEST,), words=WORDS)


def _make(ctx: PluginContext, bot: commands.Bot) -> commands.Cog:
    from discord import Interaction

    from slomix_stats.api import StatsInsightV1, StatsLiveV1, StatsReaderV1
    from slomix_stats.community.challenges import Challenges
    from slomix_stats.community.votes import Votes
    from slomix_stats.decisions import Decisions
    from slomix_stats.derive.rules import rules_of
    from slomix_stats.discord.ballot import VoteButton
    from slomix_stats.discord.cog import StatsCog
    from slomix_stats.discord.desk import Desk

    insight = ctx.services.get(StatsInsightV1)  # type: ignore[type-abstract]
    bot.add_dynamic_items(VoteButton)
    cog = StatsCog(
        Desk(
            ctx=ctx,
            reader=ctx.services.get(StatsReaderV1),  # type: ignore[type-abstract]
            insight=insight,
            live=ctx.services.get(StatsLiveV1),  # type: ignore[type-abstract]
            decisions=Decisions(ctx.db, rules_of(ctx.settings)),
            votes=Votes(ctx),
            challenges=Challenges(ctx, insight),
            public_url=ctx.core.web.public_url,
        )
    )

    @bot.tree.command(name=LATEST, description="The latest evening: the same as /stats session")
    async def latest(interaction: Interaction[Any]) -> None:
        await cog.show_session(interaction, None)

    return cog
