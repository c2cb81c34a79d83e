"""What the bot role gets from stats: one cog, whose module is imported when the bot is built."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from slomix.contrib import CogFactory

if TYPE_CHECKING:
    from discord.ext import commands

    from slomix.context import PluginContext


def cogs(ctx: PluginContext) -> Iterable[CogFactory]:
    """The cog behind `/stats`."""
    yield CogFactory(make=_make)


def _make(ctx: PluginContext, bot: commands.Bot) -> commands.Cog:
    from slomix_stats.api import StatsReaderV1
    from slomix_stats.discord.cog import StatsCog
    from slomix_stats.discord.pages import PageButton

    bot.add_dynamic_items(PageButton)
    reader = ctx.services.get(StatsReaderV1)  # type: ignore[type-abstract]
    return StatsCog(reader, ctx.core.web.public_url)
