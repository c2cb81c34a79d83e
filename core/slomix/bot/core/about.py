"""/ping and /help: that the bot is there, and what it can do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from time import monotonic
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands

from slomix.bot.answers import answering
from slomix.bot.core.desk import CHOICES, GREEN, Asking, Desk, note, tell
from slomix.bot.manners import manners

if TYPE_CHECKING:
    from slomix.bot.bot import SlomixBot

_MS = 1000


def about_commands(desk: Desk) -> Iterator[app_commands.Command[Any, ..., Any]]:
    """The commands, everybody's."""

    @app_commands.command(name="ping", description="Whether everything answers", extras=manners(1, 5))
    async def ping(asking: Asking) -> None:
        async with answering(asking) as answer:
            before = monotonic()
            await desk.db.fetchval("select 1")
            database = (monotonic() - before) * _MS
            up = f"<t:{int(desk.clock.now().timestamp() - (monotonic() - desk.began))}:R>"
            lines = [
                f"Discord {asking.client.latency * _MS:.0f} ms",
                f"database {database:.0f} ms",
                f"started {up}",
            ]
            await answer.send(note(" · ".join(lines), GREEN, "Pong"), ephemeral=True)

    async def topics(asking: Asking, typed: str) -> list[app_commands.Choice[str]]:
        names = [name for name in by_plugin(asking.client) if typed.casefold() in name]
        return [app_commands.Choice(name=name, value=name) for name in names[:CHOICES]]

    @app_commands.command(name="help", description="What this bot can do", extras=manners(1, 5))
    @app_commands.describe(topic="A plugin: its commands with their options")
    @app_commands.autocomplete(topic=topics)
    async def help_(asking: Asking, topic: str = "") -> None:
        commands = by_plugin(asking.client)
        embed = _one(topic, commands[topic]) if topic in commands else _all(commands)
        await tell(asking, embed)

    yield from (ping, help_)


Command = app_commands.Command[Any, ..., Any]


def by_plugin(bot: SlomixBot) -> dict[str, list[Command]]:
    """Everything that can be run, by the plugin that brought it; core's own are `slomix`."""
    found: dict[str, list[Command]] = defaultdict(list)
    for top in sorted(bot.tree.get_commands(), key=lambda command: command.name):
        found[bot.owner_of(top.name)] += _leaves(top)
    return dict(found)


def _leaves(command: Any) -> Iterator[Command]:
    if isinstance(command, app_commands.Group):
        for below in sorted(command.commands, key=lambda each: each.name):
            yield from _leaves(below)
    elif isinstance(command, app_commands.Command):
        yield command


def _all(commands: Mapping[str, Sequence[Command]]) -> discord.Embed:
    """A field per plugin with the names of its commands."""
    embed = discord.Embed(title="What I can do", description="`/help topic:…` tells more of one of these.")
    for plugin, listed in commands.items():
        names = " ".join(f"`/{command.qualified_name}`" for command in listed)
        embed.add_field(name=plugin, value=names[:1024], inline=False)
    return embed


def _one(plugin: str, commands: Sequence[Command]) -> discord.Embed:
    """Each command of a plugin with its options and its description."""
    lines = []
    for command in commands:
        options = " ".join(
            parameter.display_name if parameter.required else f"[{parameter.display_name}]"
            for parameter in command.parameters
        )
        lines.append(f"**/{command.qualified_name}** {options}\n{command.description}")
    return note("\n".join(lines)[:4096], title=plugin)
