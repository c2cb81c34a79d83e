"""Publishing the commands: only what changed, in one place only, deletions first."""

from __future__ import annotations

from typing import Any

import discord
import structlog
from discord.ext import commands

from slomix.bot.budget import COMMAND_BUDGET

log = structlog.get_logger("slomix.bot")

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
#: The scope of commands that every guild has; a guild's own scope is its id.
EVERYWHERE = None
MOST_GUILDS = 200


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
    by_name = [{_key(command): fingerprint(command) for command in commands} for commands in (ours, theirs)]
    return by_name[0] == by_name[1]


def _key(command: dict[str, Any]) -> tuple[int, str]:
    return int(command.get("type") or 1), command["name"]


async def publish(bot: commands.Bot, guild_id: int | None) -> bool:
    """Make the guild (or all guilds, when None) have exactly the bot's commands, and no other place any.

    What a plugin left behind goes first, so that it makes room. False where Discord had it all already.
    """
    discord_side = _Published(bot)
    ours = [command.to_dict(bot.tree) for command in bot.tree.get_commands()]
    cleared = await _clear_elsewhere(bot, discord_side, guild_id)
    theirs = await discord_side.read(guild_id)
    names = {_key(command) for command in ours}
    left = [command for command in theirs if _key(command) not in names]
    for command in left:
        await discord_side.delete(guild_id, int(command["id"]))
        log.info("a command that nobody has any more was deleted", command=command["name"], guild=guild_id)
    if same_commands(ours, [command for command in theirs if command not in left]):
        log.info("commands are up to date", commands=len(ours), budget=COMMAND_BUDGET, deleted=len(left))
        return bool(left) or cleared
    guild = None if guild_id is None else discord.Object(guild_id)
    if guild is not None:
        bot.tree.copy_global_to(guild=guild)
    await bot.tree.sync(guild=guild)
    log.info("commands published", commands=len(ours), budget=COMMAND_BUDGET, guild=guild_id)
    return True


async def _clear_elsewhere(bot: commands.Bot, discord_side: _Published, guild_id: int | None) -> bool:
    """Where commands were published by earlier settings they would show a second time."""
    scopes: list[int | None] = [guild.id async for guild in bot.fetch_guilds(limit=MOST_GUILDS)]
    cleared = False
    for scope in (EVERYWHERE, *scopes):
        if scope == guild_id:
            continue
        try:
            if await discord_side.read(scope):
                await discord_side.clear(scope)
                cleared = True
                log.info("commands of earlier settings were cleared", guild=scope)
        except discord.Forbidden:
            log.debug("commands of a guild can not be read", guild=scope)
    return cleared


class _Published:
    """What Discord has, by scope: a guild's id, or None for everywhere."""

    def __init__(self, bot: commands.Bot) -> None:
        assert bot.application_id is not None  # known since log-in
        self._http = bot.http
        self._app = bot.application_id

    async def read(self, scope: int | None) -> list[dict[str, Any]]:
        if scope is None:
            found = await self._http.get_global_commands(self._app)
        else:
            found = await self._http.get_guild_commands(self._app, scope)
        return [dict(command) for command in found]

    async def delete(self, scope: int | None, command_id: int) -> None:
        if scope is None:
            await self._http.delete_global_command(self._app, command_id)
        else:
            await self._http.delete_guild_command(self._app, scope, command_id)

    async def clear(self, scope: int | None) -> None:
        if scope is None:
            await self._http.bulk_upsert_global_commands(self._app, [])
        else:
            await self._http.bulk_upsert_guild_commands(self._app, scope, [])
