"""Where a question comes from: a slash command, a button that turns its pages, or a line of the channel.

Public: a plugin's command takes a `Source` and hands it to `answering`; it need not know which of them it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import discord

if TYPE_CHECKING:
    from slomix.bot.bot import SlomixBot


@dataclass(frozen=True, slots=True)
class Asked:
    """A command by its path (`stats leaderboard`) with the options that were filled in."""

    path: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Spoken:
    """A line such as `!stats bronze`; only where `slomix.discord.prefix` is set."""

    client: SlomixBot
    message: discord.Message
    asked: Asked

    @property
    def user(self) -> discord.User | discord.Member:
        """Who wrote it."""
        return self.message.author

    @property
    def guild_id(self) -> int | None:
        """Where, None in a direct message."""
        return self.message.guild.id if self.message.guild else None

    @property
    def channel_id(self) -> int:
        """The channel or thread."""
        return self.message.channel.id


@dataclass(frozen=True, slots=True)
class Turned:
    """A press of a button that asks the same once more, for another page (counted from 0)."""

    interaction: discord.Interaction[Any]
    asked: Asked
    page: int

    @property
    def client(self) -> Any:
        """The bot."""
        return self.interaction.client

    @property
    def user(self) -> discord.User | discord.Member:
        """Who pressed it."""
        return self.interaction.user

    @property
    def guild_id(self) -> int | None:
        """Where, None in a direct message."""
        return self.interaction.guild_id

    @property
    def channel_id(self) -> int | None:
        """The channel or thread."""
        return self.interaction.channel_id


Source: TypeAlias = "discord.Interaction[Any] | Spoken | Turned"


def asked_by(source: Source) -> Asked:
    """What was asked, so that it can be asked again."""
    if isinstance(source, Spoken | Turned):
        return source.asked
    path = source.command.qualified_name if source.command else ""
    return Asked(path, {name: value for name, value in source.namespace})  # noqa: C416 - it has no keys()
