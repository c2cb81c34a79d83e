"""Commands of plugins: `slomix <plugin> …`, loaded only when the word is not a command of the core."""

from __future__ import annotations

import inspect
from typing import Any

import click

from slomix.cli.invocation import Invocation, pass_invocation, run_async

PASS_THROUGH = {"ignore_unknown_options": True, "allow_interspersed_args": False, "help_option_names": []}


def plugin_command(name: str) -> click.Command | None:
    """A command that hands the rest of the line to the plugin's own; None when no such plugin is installed."""
    import importlib.metadata

    from slomix.plugin import ENTRY_POINT_GROUP

    if not importlib.metadata.entry_points(group=ENTRY_POINT_GROUP, name=name):
        return None

    @click.command(name, context_settings=PASS_THROUGH, add_help_option=False)
    @click.argument("rest", nargs=-1, type=click.UNPROCESSED)
    @pass_invocation
    def command(invocation: Invocation, rest: tuple[str, ...]) -> int | None:
        return run_async(_run(invocation, name, list(rest)))

    return command


async def _run(invocation: Invocation, plugin: str, rest: list[str]) -> int | None:
    from slomix.contrib import CliCommand
    from slomix.errors import PluginError
    from slomix.runtime import open_runtime

    async with open_runtime(invocation.settings(), role="cli", **invocation.choice()) as runtime:
        runtime.host.declare(("register_cli",))
        state = runtime.host.states[plugin]
        if not runtime.host.is_active(plugin):
            raise PluginError(f"The plugin {plugin} is {state.state}: {state.reason}")
        commands = [c.record.command for c in runtime.host.records(CliCommand) if c.plugin == plugin]
        group = click.Group(plugin, commands=commands, help=f"Commands of the plugin {plugin} {state.version}.")
        if not commands:
            raise PluginError(f"The plugin {plugin} {state.version} has no commands of its own.")
        result: Any = group.main(rest, prog_name=f"slomix {plugin}", standalone_mode=False)
        # A plugin's command may be a coroutine: it runs here, in the loop that its context belongs to.
        code = await result if inspect.isawaitable(result) else result
        return code if isinstance(code, int) else None
