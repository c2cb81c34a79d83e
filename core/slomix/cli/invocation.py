"""What the global options said, handed to every command by `@pass_invocation`."""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from slomix.settings import Settings

T = TypeVar("T")


@dataclass(slots=True)
class Invocation:
    """The global options. Empty `only` and `without` leave the choice of plugins to plugins.toml."""

    config: Path | None = None
    overrides: dict[str, Any] = field(default_factory=dict)
    only: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    verbose: bool = False

    def settings(self, *, required: bool = True, **overrides: Any) -> Settings:
        """Read the settings and set up the log. Raises `SettingsError`.

        `required` False goes on without a plugins.toml. `overrides` are a command's own options as dotted keys with
        `__` for the dot (`web__port=8081`); None leaves a setting alone.
        """
        from slomix import logs
        from slomix.settings import load

        given = {key.replace("__", "."): value for key, value in overrides.items() if value is not None}
        settings = load(self.config, {**self.overrides, **given}, required=required)
        logs.setup(settings.core.log, verbose=self.verbose)
        return settings

    def choice(self) -> dict[str, Any]:
        """`only` and `without` as arguments for `open_runtime` and `Host`."""
        return {"only": self.only or None, "without": self.without}


pass_invocation = click.make_pass_decorator(Invocation, ensure=True)


def run_async(work: Coroutine[Any, Any, T]) -> T:
    """Run a command's coroutine, on uvloop where it is installed."""
    import asyncio

    try:
        import uvloop
    except ImportError:
        return asyncio.run(work)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)
