"""What the bot role gets from stats: one cog, whose module is imported when the bot is built."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from slomix.contrib import CogFactory

if TYPE_CHECKING:
    from discord.ext import commands

    from slomix.context import PluginContext

#: A command beside `/stats`.
LATEST = "last"


def cogs(ctx: PluginContext) -> Iterable[CogFactory]:
    """The cog behind `/stats`, and `/last` for what is asked most."""
    yield CogFactory(make=_make, shortcuts=(LATEST,))


def _make(ctx: PluginContext, bot: commands.Bot) -> commands.Cog:
    from discord import Interaction

    from slomix_stats.api import StatsReaderV1
    from slomix_stats.discord.cog import StatsCog
    from slomix_stats.discord.pages import PageButton

    bot.add_dynamic_items(PageButton)
    reader = ctx.services.get(StatsReaderV1)  # type: ignore[type-abstract]
    cog = StatsCog(reader, ctx.core.web.public_url)

    @bot.tree.command(name=LATEST, description="The latest evening: the same as /stats session")
    async def latest(interaction: Interaction[Any]) -> None:
        await cog.show_session(interaction, None)

    return cog
