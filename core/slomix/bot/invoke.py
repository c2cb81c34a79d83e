"""Running a published command without Discord's own way in: from a button of its answer, or from a line."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any, TypeAlias

from discord import AppCommandOptionType as Kind
from discord import app_commands
from discord.ext import commands

from slomix.bot.sources import Source, Turned
from slomix.errors import SlomixError

Command: TypeAlias = "app_commands.Command[Any, ..., Any]"


class Unusable(SlomixError):
    """What was typed does not fit an option; the sentence is for the person who typed it."""


def find(tree: app_commands.CommandTree[Any], path: str) -> Command | None:
    """The command that is published under this path, or None."""
    top, *below = path.split()
    found: Any = tree.get_command(top)
    for name in below:
        found = found.get_command(name) if isinstance(found, app_commands.Group) else None
    return found if isinstance(found, app_commands.Command) else None


def typed(command: Command, values: Mapping[str, Any]) -> dict[str, Any]:
    """`values` by option name as the command's parameters want them. Raises `Unusable`."""
    known = {parameter.display_name: parameter for parameter in command.parameters}
    given = {
        known[name].name: _typed(known[name], value)
        for name, value in values.items()
        if name in known and value not in ("", None)
    }
    missing = [each.display_name for each in command.parameters if each.required and each.name not in given]
    if missing:
        raise Unusable(f"this needs {' and '.join(missing)}; `/{command.qualified_name}` helps to fill it in")
    return given


def _typed(parameter: app_commands.Parameter, value: Any) -> Any:
    text = str(value)
    if parameter.choices:
        chosen = _chosen(parameter, text.casefold())
        if chosen is not None:
            return chosen.value
        listed = ", ".join(str(choice.value) for choice in parameter.choices)
        raise Unusable(f"{parameter.display_name} is one of {listed}")
    try:
        if parameter.type is Kind.integer:
            return int(text)
        if parameter.type is Kind.number:
            return float(text)
    except ValueError:
        raise Unusable(f"{parameter.display_name} is a number") from None
    if parameter.type is Kind.boolean:
        return text.casefold() in ("true", "yes", "on", "1")
    if parameter.type is not Kind.string:
        raise Unusable(f"{parameter.display_name} can only be chosen with the slash command")
    return text


def _chosen(parameter: app_commands.Parameter, text: str) -> app_commands.Choice[Any] | None:
    """The choice that a word means: by its name or value, else the only one that begins so or that it begins with."""
    exact = [each for each in parameter.choices if text in (each.name.casefold(), str(each.value).casefold())]
    near = [
        each
        for each in parameter.choices
        if str(each.value).casefold().startswith(text) or text.startswith(str(each.value).casefold())
    ]
    return exact[0] if exact else near[0] if len(near) == 1 else None


async def run(command: Command, source: Source, values: Mapping[str, Any]) -> None:
    """Ask the command's checks, then run it. Raises what they raise; `CheckFailure` where one says no."""
    given = typed(command, values)
    asking: Any = source.interaction if isinstance(source, Turned) else source
    parent = command.parent
    while parent is not None:
        await _allow(parent.interaction_check, asking)
        parent = parent.parent
    if isinstance(command.binding, commands.Cog):
        await _allow(command.binding.interaction_check, asking)
    for check in command.checks:
        await _allow(check, asking)
    callback: Any = command.callback
    await (callback(source, **given) if command.binding is None else callback(command.binding, source, **given))


async def _allow(check: Any, asking: Any) -> None:
    said = check(asking)
    if inspect.isawaitable(said):
        said = await said
    if not said:
        raise app_commands.CheckFailure
