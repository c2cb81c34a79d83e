"""What a person sees when a command fails: one sentence, only for them, with a number that the log has too."""

from __future__ import annotations

import secrets
from typing import Any

import discord
import structlog
from discord import app_commands

from slomix.bot.answers import respond
from slomix.bot.permissions import NotAllowed
from slomix.errors import SlomixError

log = structlog.get_logger("slomix.bot")

RED = discord.Colour(0xDA373C)


def sentence(error: BaseException, plugin: str) -> str | None:
    """What to say about an error that is nobody's fault; None for one that is an incident."""
    match error:
        case app_commands.CommandNotFound() | app_commands.CommandSignatureMismatch():
            return "This command has changed. Wait a minute, then type it again."
        case NotAllowed():
            return str(error)
        case app_commands.CheckFailure():
            return "You may not use this command here."
        case app_commands.TransformerError():
            return f"`{error.value}` does not fit here; choose one of the suggestions."
        case SlomixError():
            return f"`{plugin}`: {error}"
        case _:
            return None


def log_failure(error: BaseException, plugin: str, command: str | None) -> tuple[str, str | None]:
    """Log what is an incident. Answers the sentence for the caller, and the incident number or None."""
    cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
    text, incident = sentence(cause, plugin), None
    if text is None:
        incident = secrets.token_hex(4)
        text = f"`{plugin}` could not do this. Tell an admin the incident number `{incident}`."
        log.error("command failed", plugin=plugin, command=command, incident=incident, exc_info=cause)
    return text, incident


async def answer_failure(interaction: discord.Interaction[Any], plugin: str, error: BaseException) -> str | None:
    """Log the failure and tell the caller, only them. Answers the incident number, None where there is none.

    Public: for callbacks outside of commands, such as buttons.
    """
    text, incident = log_failure(error, plugin, interaction.command.qualified_name if interaction.command else None)
    try:
        await respond(interaction, discord.Embed(description=text, colour=RED), ephemeral=True)
    except discord.HTTPException as refused:
        log.warning("the failure could not be told", plugin=plugin, incident=incident, error=str(refused))
    return incident
