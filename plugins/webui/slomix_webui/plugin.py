"""The plugin: the frame around pages, its hooks for others, and its own pages through the same hooks."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from slomix.contrib import Api, Check, HookSpecs, Page, Service, Static
from slomix.plugin import Plugin, hookimpl
from slomix_webui import api
from slomix_webui.api.hooks import RECORDS, WebuiHooks
from slomix_webui.frame.house import House

if TYPE_CHECKING:
    from slomix.context import PluginContext

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"


class WebuiPlugin(Plugin, WebuiHooks):
    """Server-rendered pages over the readers of other plugins; it keeps nothing itself."""

    name: ClassVar[str] = "webui"
    requires: ClassVar[tuple[str, ...]] = ("stats",)
    migrations: ClassVar[str | None] = None

    @hookimpl
    def register_services(self, ctx: PluginContext) -> Iterable[Service]:
        """The house is one for the program: its pages, its blocks and its own routes share it."""
        yield Service(protocol=House, implementation=House(ctx))

    @hookimpl
    def register_hookspecs(self, ctx: PluginContext) -> Iterable[HookSpecs]:
        house = ctx.services.get(House)

        def translate(plugin: str, record: Any) -> Iterable[Any]:
            from slomix_webui.frame.serve import translate

            return translate(house, plugin, record)

        yield HookSpecs(hooks=WebuiHooks, records=RECORDS, translate=translate)

    @hookimpl
    def register_routes(self, ctx: PluginContext) -> Iterable[Api | Page | Static]:
        """What is no page: preferences, single blocks. Jinja2 is imported here, in the web role only."""
        from slomix_webui import scripts, styles
        from slomix_webui.frame.routes import routes

        bundles = {
            "webui.css": tuple(f"css/{name}" for name in styles.BUNDLE),
            "webui.js": tuple(f"js/{name}" for name in scripts.BUNDLE),
        }
        yield Static(folder=STATIC, bundles=bundles)
        yield from routes(ctx.services.get(House))
        yield from given(ctx, "routes")

    @hookimpl
    def register_checks(self, ctx: PluginContext) -> Iterable[Check]:
        from slomix_webui.checks import checks

        return checks()

    @hookimpl
    def webui_templates(self, ctx: PluginContext) -> Iterable[api.Templates]:
        yield api.Templates(folder=FOLDER / "templates", messages=FOLDER / "messages")

    @hookimpl
    def webui_pages(self, ctx: PluginContext) -> Iterable[api.Page]:
        return given(ctx, "pages")

    @hookimpl
    def webui_nav(self, ctx: PluginContext) -> Iterable[api.NavItem]:
        return given(ctx, "nav")

    @hookimpl
    def webui_widgets(self, ctx: PluginContext) -> Iterable[api.Widget]:
        return given(ctx, "widgets")

    @hookimpl
    def webui_tabs(self, ctx: PluginContext) -> Iterable[api.Tab]:
        return given(ctx, "tabs")

    @hookimpl
    def webui_assets(self, ctx: PluginContext) -> Iterable[api.Asset]:
        return given(ctx, "assets")

    @hookimpl
    def webui_search(self, ctx: PluginContext) -> Iterable[api.SearchProvider]:
        return given(ctx, "search")

    @hookimpl
    def webui_actions(self, ctx: PluginContext) -> Iterable[api.Action]:
        return given(ctx, "actions")

    @hookimpl
    def webui_settings(self, ctx: PluginContext) -> Iterable[api.SettingsPanel]:
        return given(ctx, "settings")

    @hookimpl
    def webui_live(self, ctx: PluginContext) -> Iterable[api.LiveChannel]:
        return given(ctx, "live")

    @hookimpl
    def webui_cards(self, ctx: PluginContext) -> Iterable[api.ShareCard]:
        return given(ctx, "cards")


def given(ctx: PluginContext, what: str) -> Iterable[Any]:
    """What all rooms of the house give to one hook."""
    from slomix_webui.pages import ROOMS

    for room in ROOMS:
        yield from getattr(room, what)(ctx)


plugin = WebuiPlugin()
