"""The `Plugin` base class: every hook with its type. Subclass it, override what you need, mark it `@hookimpl`.

Hooks take exactly one argument and evolve by new fields of that argument (decision D4). Declarations are plain
functions that yield records of `slomix.contrib` and do no input or output; calls are coroutines with a time limit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import pluggy

from slomix.settings import PluginSettings

if TYPE_CHECKING:
    from slomix.context import PluginContext
    from slomix.contrib import (
        Api,
        Capability,
        Check,
        CliCommand,
        CogFactory,
        DigestBlock,
        Export,
        Handler,
        HookSpecs,
        Importer,
        Job,
        Page,
        Parser,
        People,
        Post,
        Service,
        Simulator,
        Static,
    )

#: The plugin API. A hook or field more: minor + 1. Something taken away: major + 1, after a release that warned.
API = (1, 2)
ENTRY_POINT_GROUP = "slomix"

F = TypeVar("F", bound=Callable[..., Any])

_spec = pluggy.HookspecMarker("slomix")
_impl = pluggy.HookimplMarker("slomix")


def hookspec(function: F) -> F:
    """Mark a method of `Plugin` as a hook."""
    return _spec(function)


def hookimpl(function: F) -> F:
    """Mark an overridden hook, so that the host calls it."""
    return _impl(function)


class Plugin:
    """Base class of every plugin. The entry point (group `slomix`) names an instance."""

    name: ClassVar[str]
    requires: ClassVar[tuple[str, ...]] = ()
    after: ClassVar[tuple[str, ...]] = ()
    Settings: ClassVar[type[PluginSettings]] = PluginSettings
    migrations: ClassVar[str | None] = "migrations"
    discord_intents: ClassVar[frozenset[str]] = frozenset()

    # ---- declarations -----------------------------------------------------------------

    @hookspec
    def register_parsers(self, ctx: PluginContext) -> Iterable[Parser]:
        """What artifacts the plugin reads. Called at start in roles that ingest."""
        return ()

    @hookspec
    def register_handlers(self, ctx: PluginContext) -> Iterable[Handler]:
        """What the plugin does when an event was published."""
        return ()

    @hookspec
    def register_jobs(self, ctx: PluginContext) -> Iterable[Job]:
        """Work that the plugin puts on the queue."""
        return ()

    @hookspec
    def register_services(self, ctx: PluginContext) -> Iterable[Service]:
        """Typed reads for other plugins."""
        return ()

    @hookspec
    def register_commands(self, ctx: PluginContext) -> Iterable[CogFactory]:
        """Discord commands. Called in the bot role only."""
        return ()

    @hookspec
    def register_posts(self, ctx: PluginContext) -> Iterable[Post]:
        """Messages that the plugin keeps in a Discord channel."""
        return ()

    @hookspec
    def register_digest_blocks(self, ctx: PluginContext) -> Iterable[DigestBlock]:
        """What the plugin tells in the digest of a session. Called in the bot role only."""
        return ()

    @hookspec
    def register_routes(self, ctx: PluginContext) -> Iterable[Api | Page | Static]:
        """Pages, JSON answers and static folders. Called in the web role only."""
        return ()

    @hookspec
    def register_exports(self, ctx: PluginContext) -> Iterable[Export]:
        """Tables for `slomix export`."""
        return ()

    @hookspec
    def register_cli(self, ctx: PluginContext) -> Iterable[CliCommand]:
        """Commands below `slomix <plugin>`."""
        return ()

    @hookspec
    def register_checks(self, ctx: PluginContext) -> Iterable[Check]:
        """What `slomix doctor` looks at."""
        return ()

    @hookspec
    def register_simulators(self, ctx: PluginContext) -> Iterable[Simulator]:
        """Feeds for `slomix simulate`."""
        return ()

    @hookspec
    def register_capabilities(self, ctx: PluginContext) -> Iterable[Capability]:
        """Rights that the plugin asks for."""
        return ()

    @hookspec
    def register_people(self, ctx: PluginContext) -> Iterable[People]:
        """What becomes of rows about a person who is merged, asks for their data or wants to be forgotten."""
        return ()

    @hookspec
    def register_importers(self, ctx: PluginContext) -> Iterable[Importer]:
        """Tables of other systems that `slomix import` reads."""
        return ()

    @hookspec
    def register_hookspecs(self, ctx: PluginContext) -> Iterable[HookSpecs]:
        """Hooks that other plugins may implement. Called in the web role only."""
        return ()

    # ---- calls ------------------------------------------------------------------------

    @hookspec
    async def startup(self, ctx: PluginContext) -> None:
        """After all declarations, before the program serves. Limit 10 s; a plugin that is late is `failed`."""

    @hookspec
    async def shutdown(self, ctx: PluginContext) -> None:
        """In reverse order, after the plugin's tasks were cancelled. Limit 5 s."""
