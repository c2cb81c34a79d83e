"""The bot's commands: cogs of the plugins within a counted budget, published only when they changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import discord
import structlog
from discord.ext import commands

from slomix.errors import PluginError

if TYPE_CHECKING:
    from slomix.context import PluginContext
    from slomix.contrib import CogFactory

log = structlog.get_logger("slomix.bot")

#: Discord refuses the whole set above 100; a plugin that would pass this is refused instead.
COMMAND_BUDGET = 90
#: Beside the group with its own name, a plugin may have so many commands of its own.
SHORTCUTS = 5
#: What Discord stores and this program decides; everything else in its answer is Discord's own.
COMPARED = (
    "name",
    "description",
    "type",
    "required",
    "autocomplete",
    "choices",
    "min_value",
    "max_value",
    "min_length",
    "max_length",
    "channel_types",
    "nsfw",
    "default_member_permissions",
)


@dataclass(frozen=True, slots=True)
class PluginCog:
    """A cog factory with the plugin that declared it."""

    plugin: str
    factory: CogFactory
    context: PluginContext


Degrade = Callable[[str, str], None]


def check_budget(plugin: str, added: set[str], total: int) -> None:
    """Raise PluginError where a plugin's commands are too many. `added` are its top-level names."""
    shortcuts = added - {plugin}
    if len(shortcuts) > SHORTCUTS:
        raise PluginError(
            f"plugin {plugin} has {len(shortcuts)} Discord commands beside /{plugin}; at most {SHORTCUTS} may be: "
            f"move some of {', '.join(sorted(shortcuts))} below /{plugin}"
        )
    if total > COMMAND_BUDGET:
        raise PluginError(
            f"plugin {plugin} would make {total} Discord commands; at most {COMMAND_BUDGET} may be: "
            "disable a plugin or move commands into groups"
        )


async def add_cogs(bot: commands.Bot, cogs: list[PluginCog], degrade: Degrade) -> dict[str, str]:
    """Build and add each plugin's cogs; one that fails degrades its plugin and leaves nothing behind.

    Answers which plugin each cog is of, by the cog's name.
    """
    owners: dict[str, str] = {}
    added: dict[str, set[str]] = {}
    for item in cogs:
        before = _names(bot)
        cog: commands.Cog | None = None
        try:
            cog = item.factory.make(item.context, bot)
            await bot.add_cog(cog)
            mine = added.setdefault(item.plugin, set())
            mine |= _names(bot) - before
            check_budget(item.plugin, mine, len(_names(bot)))
            owners[cog.qualified_name] = item.plugin
        except Exception as error:
            await _take_back(bot, cog, before)
            log.warning("a plugin's commands are missing", plugin=item.plugin, error=str(error), exc_info=error)
            degrade(item.plugin, f"its Discord commands are missing: {type(error).__name__}: {error}")
    return owners


def _names(bot: commands.Bot) -> set[str]:
    return {command.name for command in bot.tree.get_commands()}


async def _take_back(bot: commands.Bot, cog: commands.Cog | None, before: set[str]) -> None:
    """`remove_cog` removes an app group by the cog's name only, so what is left is removed by its own."""
    if cog is not None and bot.get_cog(cog.qualified_name) is cog:
        await bot.remove_cog(cog.qualified_name)
    for name in _names(bot) - before:
        bot.tree.remove_command(name)


def fingerprint(command: dict[str, Any]) -> dict[str, Any]:
    """What two descriptions of the same command have in common; absent, null, false and empty are one."""
    kept = {key: command[key] for key in COMPARED if command.get(key)}
    if "choices" in kept:
        kept["choices"] = [(choice["name"], choice["value"]) for choice in kept["choices"]]
    if "default_member_permissions" in kept:
        kept["default_member_permissions"] = str(kept["default_member_permissions"])
    options = [fingerprint(option) for option in command.get("options") or ()]
    return kept | ({"options": options} if options else {})


def same_commands(ours: list[dict[str, Any]], theirs: list[dict[str, Any]]) -> bool:
    """Whether Discord already has exactly this set, in any order."""
    by_name = [{command["name"]: fingerprint(command) for command in commands} for commands in (ours, theirs)]
    return by_name[0] == by_name[1]


async def publish(bot: commands.Bot, guild_id: int | None) -> bool:
    """Publish the commands to the guild, or to all guilds when None; False where Discord had them already."""
    application_id = bot.application_id
    assert application_id is not None  # known since log-in
    guild = None if guild_id is None else discord.Object(guild_id)
    if guild_id is None:
        theirs = await bot.http.get_global_commands(application_id)
    else:
        theirs = await bot.http.get_guild_commands(application_id, guild_id)
    ours = [command.to_dict(bot.tree) for command in bot.tree.get_commands()]
    if same_commands(ours, [dict(command) for command in theirs]):
        log.info("commands are up to date", commands=len(ours), budget=COMMAND_BUDGET)
        return False
    if guild is not None:
        bot.tree.copy_global_to(guild=guild)
    await bot.tree.sync(guild=guild)
    log.info("commands published", commands=len(ours), budget=COMMAND_BUDGET, guild=guild_id)
    return True
