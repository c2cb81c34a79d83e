"""The plugin: says what greatshot reads, keeps and shows. Everything heavy is imported inside the hooks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from slomix.contrib import (
    Api,
    Capability,
    Check,
    CogFactory,
    DigestBlock,
    Export,
    Handler,
    Job,
    Page,
    People,
    Post,
    Service,
    Simulator,
    Static,
)
from slomix.plugin import Plugin, hookimpl
from slomix_greatshot.parts import Parts
from slomix_greatshot.settings import GreatshotSettings

if TYPE_CHECKING:
    from discord.ext import commands

    from slomix.context import PluginContext
    from slomix.settings import PluginSettings


class GreatshotPlugin(Plugin):
    """Demos in, highlights out."""

    name: ClassVar[str] = "greatshot"
    after: ClassVar[tuple[str, ...]] = ("stats", "webui")
    Settings: ClassVar[type[PluginSettings]] = GreatshotSettings

    def __init__(self) -> None:
        self._parts: dict[int, Parts] = {}

    def parts(self, ctx: PluginContext) -> Parts:
        """The pieces of a program; tests run several in a process."""
        return self._parts.setdefault(id(ctx), Parts(ctx))

    @hookimpl
    def register_services(self, ctx: PluginContext) -> Iterable[Service]:
        from slomix_greatshot.api import GreatshotV1

        yield Service(protocol=GreatshotV1, implementation=self.parts(ctx).shelves)

    @hookimpl
    def register_jobs(self, ctx: PluginContext) -> Iterable[Job]:
        from slomix_greatshot.jobs import jobs

        return jobs(ctx, self.parts(ctx))

    @hookimpl
    def register_handlers(self, ctx: PluginContext) -> Iterable[Handler]:
        from slomix_greatshot.jobs import handlers

        return handlers(ctx)

    @hookimpl
    def register_capabilities(self, ctx: PluginContext) -> Iterable[Capability]:
        yield Capability(name="greatshot.upload", summary="send demos, ask for films", default="everyone")
        yield Capability(name="greatshot.delete", summary="take and delete demos of others")

    @hookimpl
    def register_people(self, ctx: PluginContext) -> Iterable[People]:
        from slomix_greatshot.people import people

        yield people(ctx)

    @hookimpl
    def register_exports(self, ctx: PluginContext) -> Iterable[Export]:
        from slomix_greatshot.exports import exports

        return exports()

    @hookimpl
    def register_checks(self, ctx: PluginContext) -> Iterable[Check]:
        from slomix_greatshot.checks import checks

        return checks(ctx)

    @hookimpl
    def register_posts(self, ctx: PluginContext) -> Iterable[Post]:
        from slomix_greatshot.posts import posts

        return posts(ctx, self.parts(ctx).shelves)

    @hookimpl
    def register_digest_blocks(self, ctx: PluginContext) -> Iterable[DigestBlock]:
        from slomix_greatshot.posts import digest_blocks

        return digest_blocks(ctx, self.parts(ctx).shelves)

    @hookimpl
    def register_commands(self, ctx: PluginContext) -> Iterable[CogFactory]:
        def make(ctx: PluginContext, bot: commands.Bot) -> commands.Cog:
            from slomix_greatshot.discord.cog import GreatshotCog

            parts = self.parts(ctx)
            return GreatshotCog(ctx, parts.demos, parts.shelves)

        yield CogFactory(make=make)

    @hookimpl
    def register_simulators(self, ctx: PluginContext) -> Iterable[Simulator]:
        from importlib.util import find_spec

        if find_spec("slomix_stats") is None:
            return
        from slomix_greatshot.simulate.feed import simulate

        yield Simulator(name="greatshot", run=simulate, summary="a demo of the last round, beside the files of stats")

    @hookimpl
    def register_routes(self, ctx: PluginContext) -> Iterable[Api | Page | Static]:
        from slomix_greatshot.web.routes import routes

        return routes(self.parts(ctx))

    @hookimpl
    def webui_pages(self, ctx: PluginContext) -> Iterable[Any]:
        from slomix_greatshot.web.pages import pages

        return pages(self.parts(ctx))

    @hookimpl
    def webui_nav(self, ctx: PluginContext) -> Iterable[Any]:
        from slomix_greatshot.web.dashboard import nav

        return nav()

    @hookimpl
    def webui_tabs(self, ctx: PluginContext) -> Iterable[Any]:
        from slomix_greatshot.web.blocks import tabs

        return tabs(self.parts(ctx))

    @hookimpl
    def webui_widgets(self, ctx: PluginContext) -> Iterable[Any]:
        from slomix_greatshot.web.blocks import widgets

        return widgets(self.parts(ctx))

    @hookimpl
    def webui_assets(self, ctx: PluginContext) -> Iterable[Any]:
        from slomix_greatshot.web.dashboard import assets

        return assets()

    @hookimpl
    def webui_templates(self, ctx: PluginContext) -> Iterable[Any]:
        from slomix_greatshot.web.dashboard import templates

        return templates()

    @hookimpl
    async def shutdown(self, ctx: PluginContext) -> None:
        parts = self._parts.pop(id(ctx), None)
        if parts is not None:
            await parts.stop()


plugin = GreatshotPlugin()
