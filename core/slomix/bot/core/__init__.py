"""The core's own commands: who is who for everybody, and `/slomix` for those who look after the program."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import discord
from discord import app_commands

from slomix.bot.core.about import about_commands
from slomix.bot.core.desk import Desk
from slomix.bot.core.identity import identity_commands
from slomix.bot.core.leave import leave_commands
from slomix.bot.core.mydata import mydata_command
from slomix.bot.core.rights import admin_commands, right_commands
from slomix.bot.core.running import running_commands
from slomix.contrib import Word

__all__ = ["WORDS", "Desk", "core_commands"]

#: Old names of these commands (`slomix.discord.prefix`).
WORDS = (
    Word(names=("ping",), command="ping"),
    Word(names=("help", "commands", "cmds", "bothelp", "help_command"), command="help", options=("topic",)),
    Word(names=("link",), command="link", options=("player",)),
    Word(names=("unlink",), command="unlink"),
    Word(names=("find_player", "findplayer", "fp", "search_player"), command="find_player", options=("text",)),
    Word(names=("list_players", "players", "lp"), command="list_players", options=("which",)),
    Word(names=("setname",), command="setname", options=("name",)),
    Word(names=("myaliases", "aliases", "mynames"), command="myaliases"),
    Word(names=("sistem", "system"), command="slomix system"),
    Word(names=("health",), command="slomix health"),
    Word(names=("automation_status", "ssh_stats"), command="slomix automation"),
    Word(names=("metrics_report", "metrics_summary"), command="slomix metrics", options=("hours",)),
    Word(names=("admin_list", "perm_list", "admins"), command="slomix admin list"),
    Word(names=("admin_audit", "perm_audit"), command="slomix admin audit", options=("limit",)),
)


def core_commands(desk: Desk) -> Iterator[app_commands.Command[Any, ..., Any] | app_commands.Group]:
    """All of them. Discord shows `/slomix` to administrators until they show it to others; the tiers are core's."""
    group = app_commands.Group(
        name="slomix",
        description="How Slomix is, and who may do what",
        guild_only=True,
        default_permissions=discord.Permissions(administrator=True),
    )
    for command in running_commands(desk):
        group.add_command(command)
    group.add_command(admin_commands(desk))
    group.add_command(right_commands(desk))
    yield group
    yield from about_commands(desk)
    yield from identity_commands(desk)
    yield leave_commands(desk)
    yield mydata_command(desk)
