"""`/voice …`, and the eyes on the channels. Imported in the bot role only."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.ext import commands

from slomix.bot.answers import answering
from slomix_voice.discord.embeds import teams_embed
from slomix_voice.posts import split_now

if TYPE_CHECKING:
    from slomix.context import PluginContext
    from slomix_voice.store import Channels

#: People come and go in bursts; so long is waited for the rest of one.
SETTLE_S = 2.0
#: The end of an evening comes without anybody moving, so the channels are looked at this often.
PATROL_S = 30.0


class VoiceCog(commands.GroupCog, name="voice", description="Who is in the voice channels"):
    """The group, and the loop that writes down who is there."""

    def __init__(self, ctx: PluginContext, bot: commands.Bot, channels: Channels, watched: tuple[int, ...]) -> None:
        super().__init__()
        self._ctx, self._bot, self._channels, self._watched = ctx, bot, channels, watched
        self._bots: set[int] = set()
        self._moved = asyncio.Event()
        self._watching: asyncio.Task[Any] | None = None

    async def cog_load(self) -> None:
        """Begin to watch."""
        if self._watched:
            self._watching = self._ctx.tasks.spawn("watch voice", self._watch())

    async def cog_unload(self) -> None:
        """Stop watching."""
        if self._watching is not None:
            self._watching.cancel()

    @commands.Cog.listener()
    async def on_voice_state_update(
        self, member: discord.Member, before: discord.VoiceState, after: discord.VoiceState
    ) -> None:
        """Somebody came, went or moved."""
        if member.bot:
            self._bots.add(member.id)
        self._moved.set()

    def seen(self) -> Mapping[int, int]:
        """Who is in the watched channels, as Discord told."""
        found: dict[int, int] = {}
        for number in self._watched:
            channel = self._bot.get_channel(number)
            if isinstance(channel, discord.VoiceChannel | discord.StageChannel):
                found |= {person: number for person in channel.voice_states if person not in self._bots}
        return found

    async def _watch(self) -> None:
        await self._bot.wait_until_ready()
        while True:
            try:
                await self._channels.seen(self.seen())
            except Exception as error:
                self._ctx.log.warning("the voice channels were not written down", error=str(error))
            try:
                async with asyncio.timeout(PATROL_S):
                    await self._moved.wait()
                await asyncio.sleep(SETTLE_S)
            except TimeoutError:
                pass
            self._moved.clear()

    @app_commands.command(description="Who is in the voice channels, and since when")
    async def now(self, interaction: discord.Interaction[Any]) -> None:
        async with answering(interaction) as answer:
            people = await self._channels.since()
            lines = [f"<@{person}> since {discord.utils.format_dt(since, 't')}" for person, since in people]
            title = f"{len(people)} in voice" if people else "Nobody is in voice"
            await answer.send(discord.Embed(title=title, description="\n".join(lines[:40]) or None))

    @app_commands.command(description="Even teams for whoever is in voice now")
    async def teams(self, interaction: discord.Interaction[Any]) -> None:
        async with answering(interaction) as answer:
            embed = teams_embed(await split_now(self._ctx, self._channels))
            if embed is None:
                embed = discord.Embed(title="Nobody to split", description="Two people in voice are the least.")
                await answer.send(embed, ephemeral=True)
                return
            await answer.send(embed)
