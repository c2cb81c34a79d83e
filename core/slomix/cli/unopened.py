"""Records of plugins without any database: for commands that only need what plugins declare."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

if TYPE_CHECKING:
    from slomix.context import PluginContext
    from slomix.host.host import Contributed, Host
    from slomix.host.loader import LoadedPlugin
    from slomix.settings import Settings

R = TypeVar("R")

_LEFT_SHUT = ("db", "events", "jobs", "posts", "services", "contributions", "people")


class Unopened:
    """Stands in a plugin's context for what the command does not open."""

    def __init__(self, plugin: str, what: str) -> None:
        self._told = f"The plugin {plugin} asked for ctx.{what}, which this command does not open."

    def __getattr__(self, name: str) -> NoReturn:
        from slomix.errors import PluginError

        raise PluginError(self._told)


def declared(settings: Settings, hook: str, kind: type[R], **choice: Any) -> list[Contributed[R]]:
    """The records of one kind that the enabled plugins yield in `hook`, with no database behind their context."""
    from slomix.host.host import Host

    host = Host(settings, **choice)
    host.load()
    host.register(lambda plugin: _context(host, plugin), (hook,))
    return host.records(kind)


def _context(host: Host, plugin: LoadedPlugin) -> PluginContext:
    import structlog

    from slomix.clock import SystemClock
    from slomix.context import PluginContext

    unopened: dict[str, Any] = {what: Unopened(plugin.name, what) for what in _LEFT_SHUT}
    return PluginContext(
        name=plugin.name,
        settings=plugin.settings,
        core=host.settings.core,
        tasks=host.tasks(plugin.name),
        clock=SystemClock(),
        log=structlog.get_logger(f"slomix.{plugin.name}"),
        **unopened,
    )
