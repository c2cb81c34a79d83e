"""The dashboard's hooks. A plugin that has `webui` in `requires` or `after` implements them beside the core's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from slomix.plugin import hookspec
from slomix_webui.api.acts import Action, SettingsPanel
from slomix_webui.api.blocks import Column, Tab, Widget
from slomix_webui.api.pages import Asset, LiveChannel, NavItem, Page, SearchProvider, ShareCard, Templates

if TYPE_CHECKING:
    from slomix.context import PluginContext


class WebuiHooks:
    """Every hook with its type: `class Maps(Plugin, WebuiHooks)` lets a type checker see mistakes.

    All are called once, in the web role, and yield frozen records. One that raises leaves its records out and degrades
    its plugin; the dashboard goes on.
    """

    @hookspec
    def webui_pages(self, ctx: PluginContext) -> Iterable[Page]:
        """Pages, each with its JSON beside it."""
        return ()

    @hookspec
    def webui_nav(self, ctx: PluginContext) -> Iterable[NavItem]:
        """Menu entries."""
        return ()

    @hookspec
    def webui_widgets(self, ctx: PluginContext) -> Iterable[Widget]:
        """Blocks on pages of others."""
        return ()

    @hookspec
    def webui_tabs(self, ctx: PluginContext) -> Iterable[Tab]:
        """Tabs on pages of others."""
        return ()

    @hookspec
    def webui_columns(self, ctx: PluginContext) -> Iterable[Column]:
        """Columns in tables of others."""
        return ()

    @hookspec
    def webui_assets(self, ctx: PluginContext) -> Iterable[Asset]:
        """Modules and styles that pages ask for."""
        return ()

    @hookspec
    def webui_search(self, ctx: PluginContext) -> Iterable[SearchProvider]:
        """Results in the search palette."""
        return ()

    @hookspec
    def webui_actions(self, ctx: PluginContext) -> Iterable[Action]:
        """Buttons for readers who are logged in."""
        return ()

    @hookspec
    def webui_settings(self, ctx: PluginContext) -> Iterable[SettingsPanel]:
        """Settings of readers and of administrators."""
        return ()

    @hookspec
    def webui_live(self, ctx: PluginContext) -> Iterable[LiveChannel]:
        """Streams of what happens."""
        return ()

    @hookspec
    def webui_cards(self, ctx: PluginContext) -> Iterable[ShareCard]:
        """Pictures for link previews."""
        return ()

    @hookspec
    def webui_templates(self, ctx: PluginContext) -> Iterable[Templates]:
        """Templates, filters and message catalogues."""
        return ()


#: Which records each hook answers.
RECORDS: Mapping[str, tuple[type, ...]] = {
    "webui_pages": (Page,),
    "webui_nav": (NavItem,),
    "webui_widgets": (Widget,),
    "webui_tabs": (Tab,),
    "webui_columns": (Column,),
    "webui_assets": (Asset,),
    "webui_search": (SearchProvider,),
    "webui_actions": (Action,),
    "webui_settings": (SettingsPanel,),
    "webui_live": (LiveChannel,),
    "webui_cards": (ShareCard,),
    "webui_templates": (Templates,),
}
