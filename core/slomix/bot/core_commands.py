"""The core's own commands: `/slomix plugins`, what runs and what does not, for the admins of the server."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands

from slomix.bot.embeds import FIELDS, fit

if TYPE_CHECKING:
    from slomix.host.state import PluginState

SIGNS = {"running": "🟢", "degraded": "🟡", "loaded": "🟡", "disabled": "⚪", "stopped": "⚪"}
TROUBLE = "🔴"

States = Callable[[], Iterable["PluginState"]]


def core_commands(states: States) -> app_commands.Group:
    """The group `/slomix`. Discord shows it to administrators, until they give it to others."""
    group = app_commands.Group(
        name="slomix",
        description="How Slomix is",
        guild_only=True,
        default_permissions=discord.Permissions(administrator=True),
    )

    @group.command(name="plugins", description="What runs, what does not, and why")
    async def plugins(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.send_message(embed=fit(plugins_embed(states())), ephemeral=True)

    return group


def plugins_embed(states: Iterable[PluginState]) -> discord.Embed:
    """Those with trouble first, with their reasons; then the others."""
    listed = sorted(states, key=lambda state: (state.state in SIGNS, state.state != "degraded"))
    embed = discord.Embed(title="Plugins")
    for state in listed[:FIELDS]:
        name = f"{SIGNS.get(state.state, TROUBLE)} {state.name} {state.version}".rstrip()
        embed.add_field(name=name, value=f"**{state.state}** {state.reason}".rstrip(), inline=False)
    if not listed:
        embed.description = "None is installed."
    return embed
