"""`/greatshot scan`, `top` and `night`. Imported in the bot role only."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.ext import commands

from slomix.bot.answers import answering
from slomix.bot.manners import manners
from slomix.bot.permissions import requires
from slomix_greatshot.discord.embeds import COLOUR, demo_embed, moments
from slomix_greatshot.highlights import KINDS, TITLES
from slomix_greatshot.intake.receiving import Refused

if TYPE_CHECKING:
    from slomix.context import PluginContext
    from slomix_greatshot.api import DemoLine
    from slomix_greatshot.store.demos import Demos, Taken
    from slomix_greatshot.store.reads import Shelves

#: How long a command waits for the scan; Discord lets it answer for fifteen minutes.
PATIENCE_S = 25.0
_LOOK_S = 0.1
_CHOICES = [app_commands.Choice(name=TITLES[kind], value=kind) for kind in KINDS]
_SHOWN = 10


class GreatshotCog(commands.GroupCog, name="greatshot", description="Demos and their best moments"):
    """The group `/greatshot`."""

    def __init__(self, ctx: PluginContext, demos: Demos, shelves: Shelves) -> None:
        super().__init__()
        self._ctx, self._demos, self._shelves = ctx, demos, shelves

    @app_commands.command(description="Read a demo and tell its best moments", extras=manners(uses=3, per=60))
    @app_commands.describe(file="a demo: .dm_84, .dm_83 or .tv_84")
    @requires("greatshot.upload", "everyone")
    async def scan(self, interaction: discord.Interaction[Any], file: discord.Attachment) -> None:
        async with answering(interaction) as answer:
            try:
                taken = await self._take(file, interaction.user.id)
            except Refused as error:
                await answer.send(discord.Embed(title="Not taken", description=str(error)), ephemeral=True)
                return
            demo = await self._wait(taken.demo_id)
            if demo is None:
                await answer.send(discord.Embed(title="It was deleted meanwhile"), ephemeral=True)
                return
            lines = await self._shelves.of_demo(demo.demo_id)
            await answer.send(demo_embed(demo, lines, self._ctx.core.web.public_url))

    @app_commands.command(description="The best moments of all demos")
    @app_commands.describe(kind="only moments of this kind")
    @app_commands.choices(kind=_CHOICES)
    async def top(self, interaction: discord.Interaction[Any], kind: str | None = None) -> None:
        async with answering(interaction) as answer:
            found = await self._shelves.top(kind=kind, limit=_SHOWN)
            told = moments(found, self._ctx.core.web.public_url) or "Nobody has sent a demo with one yet."
            await answer.send(discord.Embed(title="Top shots", description=told, colour=COLOUR))

    async def _take(self, file: discord.Attachment, person: int) -> Taken:
        """Discord serves attachments in pieces; whoever is too large is refused by what Discord says of it."""
        await self._demos.admit(person)
        async with self._demos.receiving(file.filename, file.size) as receiving:
            await receiving.feed(await file.read())
            await receiving.finish()
            return await self._demos.take(receiving, source="discord", uploader=person)

    async def _wait(self, demo_id: str) -> DemoLine | None:
        """The demo once it was read, or as it is when that takes too long."""
        deadline = asyncio.get_running_loop().time() + PATIENCE_S
        while True:
            demo = await self._shelves.demo(demo_id)
            over = asyncio.get_running_loop().time() > deadline
            if demo is None or demo.state not in {"queued", "scanning"} or over:
                return demo
            await asyncio.sleep(_LOOK_S)
