"""Commands of plugins: `slomix <plugin> …`, loaded only when the word is not a command of the core.

A plugin yields them in `register_cli`; they run with a context, so they need settings, a database and the plugin
enabled. Those that need none of that stand in a `click.Group` that the entry point group `slomix.commands` names.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import click

from slomix.cli.invocation import Invocation, pass_invocation, run_async

#: Names a group of commands that run as they are, whatever is set up or enabled.
BARE_COMMANDS = "slomix.commands"
_HELP = frozenset({"--help", "-h"})
PASS_THROUGH = {"ignore_unknown_options": True, "allow_interspersed_args": False, "help_option_names": []}


def plugin_command(name: str) -> click.Command | None:
    """A command that hands the rest of the line to the plugin's own; None when no such plugin is installed."""
    import importlib.metadata

    from slomix.errors import SlomixError
    from slomix.plugin import ENTRY_POINT_GROUP

    named = importlib.metadata.entry_points(name=name)
    if not named.select(group=ENTRY_POINT_GROUP):
        return None
    bare = next(iter(named.select(group=BARE_COMMANDS)), None)

    @click.command(name, context_settings=PASS_THROUGH, add_help_option=False)
    @click.argument("rest", nargs=-1, type=click.UNPROCESSED)
    @pass_invocation
    def command(invocation: Invocation, rest: tuple[str, ...]) -> int | None:
        commands: dict[str, click.Command] = bare.load().commands if bare else {}
        if rest and rest[0] in commands:
            return _code(commands[rest[0]].main(list(rest[1:]), f"slomix {name} {rest[0]}", standalone_mode=False))
        try:
            return run_async(_run(invocation, name, list(rest), commands))
        except SlomixError:
            if not commands or not set(rest) <= _HELP:
                raise
        # Nothing is set up, or the plugin is off: what can be run all the same is worth showing.
        return _code(click.Group(name, commands=commands).main(["--help"], f"slomix {name}", standalone_mode=False))

    return command


async def _run(invocation: Invocation, plugin: str, rest: list[str], bare: Mapping[str, click.Command]) -> int | None:
    from slomix.contrib import CliCommand
    from slomix.errors import PluginError
    from slomix.runtime import open_runtime

    async with open_runtime(invocation.settings(), role="cli", **invocation.choice()) as runtime:
        runtime.host.declare(("register_cli",))
        state = runtime.host.states[plugin]
        if not runtime.host.is_active(plugin):
            raise PluginError(f"The plugin {plugin} is {state.state}: {state.reason}")
        commands = [c.record.command for c in runtime.host.records(CliCommand) if c.plugin == plugin]
        commands += bare.values()
        group = click.Group(plugin, commands=commands, help=f"Commands of the plugin {plugin} {state.version}.")
        if not commands:
            raise PluginError(f"The plugin {plugin} {state.version} has no commands of its own.")
        result: Any = group.main(rest, prog_name=f"slomix {plugin}", standalone_mode=False)
        # A plugin's command may be a coroutine: it runs here, in the loop that its context belongs to.
        return _code(await result if inspect.isawaitable(result) else result)


def _code(result: Any) -> int | None:
    return result if isinstance(result, int) else None
