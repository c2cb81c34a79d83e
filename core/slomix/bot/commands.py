"""The bot's commands: cogs of the plugins, each within what its plugin was allotted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
from discord import app_commands
from discord.ext import commands

from slomix.bot.budget import allot, clash
from slomix.errors import PluginError

if TYPE_CHECKING:
    from slomix.context import PluginContext
    from slomix.contrib import CogFactory

log = structlog.get_logger("slomix.bot")

#: Owner of the commands that no plugin brought.
CORE = "slomix"


@dataclass(frozen=True, slots=True)
class PluginCog:
    """A cog factory with the plugin that declared it."""

    plugin: str
    factory: CogFactory
    context: PluginContext


Degrade = Callable[[str, str], None]


async def add_cogs(bot: commands.Bot, cogs: Sequence[PluginCog], degrade: Degrade) -> Mapping[str, str]:
    """Build and add each plugin's cogs; one that fails degrades its plugin and leaves nothing behind.

    Answers which plugin each top-level command is of, by its name.
    """
    taken = dict.fromkeys(_names(bot), CORE)
    allotted = allot([(item.plugin, item.factory.shortcuts) for item in cogs], taken)
    for plugin, reason in allotted.refused.items():
        _missing(plugin, reason, degrade)
    for item in cogs:
        if item.plugin in allotted.refused:
            continue
        try:
            await _add(bot, item, allotted.owners)
        except Exception as error:
            log.debug("a plugin's commands failed here", plugin=item.plugin, exc_info=error)
            told = str(error) if isinstance(error, PluginError) else f"{type(error).__name__}: {error}"
            _missing(item.plugin, told, degrade)
    return allotted.owners


def _missing(plugin: str, why: str, degrade: Degrade) -> None:
    degrade(plugin, f"its Discord commands are missing: {why}")


async def _add(bot: commands.Bot, item: PluginCog, owners: Mapping[str, str]) -> None:
    """Add one cog. Raises after taking it back where it brings a command that is not its plugin's to bring."""
    before = _names(bot)
    cog: commands.Cog | None = None
    try:
        cog = item.factory.make(item.context, bot)
        if bot.get_cog(cog.qualified_name) is not None:
            # the names of cogs are of no concern to people, so two plugins may choose the same
            cog.__cog_name__ = f"{item.plugin}.{cog.qualified_name}"
        await bot.add_cog(cog)
        undeclared = sorted(name for name in _names(bot) - before if owners.get(name) != item.plugin)
        if undeclared:
            raise PluginError(_undeclared(item.plugin, undeclared, owners))
    except BaseException as error:
        await _take_back(bot, cog, before)
        if isinstance(error, app_commands.CommandAlreadyRegistered):
            raise PluginError(clash(item.plugin, error.name, owners.get(error.name, CORE))) from error
        raise


def _undeclared(plugin: str, names: list[str], owners: Mapping[str, str]) -> str:
    for name in names:
        if name in owners:
            return clash(plugin, name, owners[name])
    listed = ", ".join(f"/{name}" for name in names)
    return (
        f"plugin {plugin} adds {listed} beside /{plugin} without saying so; "
        f"name it in CogFactory(shortcuts=…) or move it below /{plugin}"
    )


def _names(bot: commands.Bot) -> set[str]:
    return {command.name for command in bot.tree.get_commands()}


async def _take_back(bot: commands.Bot, cog: commands.Cog | None, before: set[str]) -> None:
    """`remove_cog` removes an app group by the cog's name only, so what is left is removed by its own."""
    if cog is not None and bot.get_cog(cog.qualified_name) is cog:
        await bot.remove_cog(cog.qualified_name)
    for name in _names(bot) - before:
        bot.tree.remove_command(name)
