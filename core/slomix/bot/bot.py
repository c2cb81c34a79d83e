"""The discord.py client: lean caches, the plugins' cogs, error answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import discord
import structlog
from discord import app_commands
from discord.ext import commands

from slomix.bot.address import find_gateway
from slomix.bot.answers import respond
from slomix.bot.commands import CORE, Degrade, PluginCog, add_cogs
from slomix.bot.errors import answer_failure
from slomix.bot.manners import Gate
from slomix.bot.sync import publish
from slomix.bot.turning import PageButton
from slomix.bot.words import INTENTS, hear, vocabulary
from slomix.host.contain import own_task
from slomix.settings import DiscordSettings

if TYPE_CHECKING:
    from slomix.context import People
    from slomix.contrib import Word

log = structlog.get_logger("slomix.bot")


class Tree(app_commands.CommandTree["SlomixBot"]):
    """The command tree; a command that fails answers the caller with the plugin's name and an incident number."""

    async def on_error(
        self, interaction: discord.Interaction[SlomixBot], error: app_commands.AppCommandError, /
    ) -> None:
        """Called by discord.py for every error of a command."""
        await answer_failure(interaction, self.client.plugin_of(interaction), error)

    async def interaction_check(self, interaction: discord.Interaction[SlomixBot], /) -> bool:
        """Whether this person may ask this here and now; they are told why not."""
        command = interaction.command
        if interaction.type is not discord.InteractionType.application_command or not isinstance(
            command, app_commands.Command
        ):
            return True
        places = interaction.channel_id, getattr(interaction.channel, "parent_id", None)
        refusal = self.client.gate.refusal(command, interaction.user.id, places)
        if refusal is not None:
            await respond(interaction, discord.Embed(description=refusal), ephemeral=True)
        return refusal is None

    async def _call(self, interaction: discord.Interaction[SlomixBot]) -> None:
        """discord.py's way into a command; what it does not catch (`SystemExit`) would end the whole program."""
        try:
            await own_task(super()._call(interaction), "command")
        except Exception as error:
            await answer_failure(interaction, self.client.plugin_of(interaction), error)


class SlomixBot(commands.Bot):
    """One bot. It keeps no members and no messages: what it needs comes with each interaction."""

    def __init__(
        self, settings: DiscordSettings, cogs: list[PluginCog], *, intents: frozenset[str], degrade: Degrade
    ) -> None:
        if settings.prefix:
            intents |= INTENTS
        wanted = discord.Intents(guilds=True, **dict.fromkeys(intents - {"guilds"}, True))
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            tree_cls=Tree,
            intents=wanted,
            allowed_mentions=discord.AllowedMentions.none(),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
        )
        self._settings = settings
        self._plugin_cogs = cogs
        self._degrade = degrade
        self._owners: Mapping[str, str] = {}
        self._words = vocabulary((cog.plugin, word) for cog in cogs for word in cog.factory.words)
        self.gate = Gate(settings.command_channels)
        #: who may do what (slomix.bot.permissions); None where nobody is known
        self.people: People | None = None

    def learn(self, words: Iterable[Word]) -> None:
        """Know old names of core's own commands; those of plugins come with their cogs."""
        self._words = {**self._words, **vocabulary((CORE, word) for word in words)}

    async def setup_hook(self) -> None:
        """After log-in, before the gateway: commands."""
        self.add_dynamic_items(PageButton)
        self._owners = await add_cogs(self, self._plugin_cogs, self._degrade)
        try:
            await publish(self, self._settings.guild)
        except discord.HTTPException as error:
            log.error("commands could not be published", guild=self._settings.guild, error=str(error))
        await find_gateway(self, self._settings)

    def plugin_of(self, interaction: discord.Interaction[Any]) -> str:
        """The plugin whose command this is."""
        top = interaction.command.qualified_name.partition(" ")[0] if interaction.command else ""
        return self.owner_of(top)

    def owner_of(self, top: str) -> str:
        """The plugin of a top-level command."""
        return self._owners.get(top, CORE)

    async def on_message(self, message: discord.Message, /) -> None:
        """A line of a channel; its content comes only where the prefix is set."""
        if self._settings.prefix:
            await hear(self, self._settings.prefix, self._words, message)

    async def on_ready(self) -> None:
        """discord.py is connected and knows its guilds."""
        log.info("bot is ready", user=str(self.user), guilds=len(self.guilds))

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        """A listener of a plugin raised."""
        log.exception("a Discord event could not be handled", event=event_method)
