"""Commands below `slomix stats`."""

from __future__ import annotations

from collections.abc import Iterator

from slomix.context import PluginContext
from slomix.contrib import CliCommand


def commands(ctx: PluginContext) -> Iterator[CliCommand]:
    """All of them."""
    from slomix_stats.cli.check import check_command
    from slomix_stats.cli.rebuild import rebuild_command

    yield CliCommand(command=check_command(ctx))
    yield CliCommand(command=rebuild_command(ctx))
