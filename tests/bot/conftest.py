"""A plugin's context and cogs for the bot's tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import discord
import pytest
import structlog
from discord import app_commands
from discord.ext import commands

from slomix.bot.answers import answering
from slomix.bot.commands import PluginCog
from slomix.clock import SystemClock
from slomix.context import PluginContext
from slomix.contrib import CogFactory
from slomix.settings import CoreSettings


def context(name: str) -> PluginContext:
    """The context of a plugin that only has commands."""
    nothing: Any = None
    return PluginContext(
        name=name,
        settings=nothing,
        core=CoreSettings(),
        db=nothing,
        events=nothing,
        jobs=nothing,
        posts=nothing,
        services=nothing,
        tasks=nothing,
        clock=SystemClock(),
        log=structlog.get_logger(f"slomix.{name}"),
    )


class Greeter(commands.GroupCog, name="hello"):
    """Commands that answer at once, late, wrongly and with a form."""

    @app_commands.command(description="Say hello")
    async def greet(self, interaction: discord.Interaction, name: str = "you") -> None:
        async with answering(interaction) as answer:
            await answer.send(discord.Embed(title=f"Hello {name}"))

    @greet.autocomplete("name")
    async def names(self, interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=n, value=n) for n in ("bronze", "silver") if n.startswith(typed)]

    @app_commands.command(description="Take longer than Discord waits")
    async def late(self, interaction: discord.Interaction, quiet: bool = False) -> None:
        import asyncio

        async with answering(interaction) as answer:
            await asyncio.sleep(3.3)
            await answer.send(discord.Embed(title="At last"), ephemeral=quiet)

    @app_commands.command(description="Go wrong")
    async def wrong(self, interaction: discord.Interaction) -> None:
        raise ZeroDivisionError("the divisor")

    @app_commands.command(description="Go wrong after the deferral")
    async def wrong_late(self, interaction: discord.Interaction) -> None:
        import asyncio

        async with answering(interaction):
            await asyncio.sleep(1.7)
            raise ZeroDivisionError("the divisor")

    @app_commands.command(description="Open a form")
    async def form(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(Form())


class Form(discord.ui.Modal, title="A form"):
    """Asks one thing."""

    what: discord.ui.TextInput[Form] = discord.ui.TextInput(label="What", custom_id="what")

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"You said {self.what.value}")


@pytest.fixture
def plugin_cog() -> Callable[..., PluginCog]:
    """Makes a `PluginCog` of a plugin name, a cog factory and the shortcuts that it declares."""
    return lambda plugin, make, shortcuts=(): PluginCog(
        plugin, CogFactory(make=make, shortcuts=shortcuts), context(plugin)
    )


@pytest.fixture
def greeter(plugin_cog: Callable[..., PluginCog]) -> PluginCog:
    """The plugin `hello`."""
    return plugin_cog("hello", lambda ctx, bot: Greeter())
