"""The plugin: says what greatshot reads, keeps and shows. Everything heavy is imported inside the hooks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from slomix.contrib import Check
from slomix.plugin import Plugin, hookimpl

if TYPE_CHECKING:
    from slomix.context import PluginContext


class GreatshotPlugin(Plugin):
    """Demos in, highlights out."""

    name: ClassVar[str] = "greatshot"
    after: ClassVar[tuple[str, ...]] = ("stats",)
    migrations: ClassVar[str | None] = None

    @hookimpl
    def register_checks(self, ctx: PluginContext) -> Iterable[Check]:
        from slomix_greatshot.checks import checks

        return checks()


plugin = GreatshotPlugin()
