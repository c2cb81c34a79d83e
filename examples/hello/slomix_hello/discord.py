"""`/hello last`. Imported in the bot role only."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from slomix.bot.answers import answering
from slomix.context import PluginContext


class HelloCog(commands.GroupCog, name="hello", description="Greetings"):
    """The group `/hello`."""

    def __init__(self, ctx: PluginContext, query: str) -> None:
        super().__init__()
        self._ctx, self._query = ctx, query

    @app_commands.command(name="last", description="The last greeting")
    async def last(self, interaction: discord.Interaction[Any]) -> None:
        async with answering(interaction) as answer:
            row = await self._ctx.db.fetchrow(self._query)
            await answer.send(discord.Embed(description=row["text"] if row else "Nobody to greet yet."))
