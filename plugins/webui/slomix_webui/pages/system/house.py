"""`/system/servers`: game servers and upload tokens; `/system/plugins`: what runs; `/system/settings`: of plugins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from slomix.web import auth, operations
from slomix.web.chain import PluginInfo, chain
from slomix.web.operations import ServerLine
from slomix_webui import api
from slomix_webui.frame.acting import Panel, panels, told_of_settings
from slomix_webui.frame.deeds import said
from slomix_webui.frame.house import House
from slomix_webui.pages.system.files import crumb

if TYPE_CHECKING:
    from slomix.context import PluginContext

TOLD: Mapping[str, str] = {
    "system.server.add": "The server is known. Give it a token, so that it may send its files.",
    "system.server.revoke": "No token of the server opens anything any more.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ServersView:
    """The game servers with how many tokens each has."""

    servers: tuple[ServerLine, ...]
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginsView:
    """The plugins; `unreached` are pages that no menu leads to."""

    plugins: tuple[PluginInfo, ...]
    unreached: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsView:
    """The panels that plugins have for administrators."""

    panels: tuple[Panel, ...]
    said: str


def house_pages(ctx: PluginContext) -> tuple[api.Page, ...]:
    """The records."""
    return (
        api.Page(
            path="/system/servers",
            name="system.servers",
            title="Game servers",
            summary="Game servers and their upload tokens",
            load=load_servers,
            template="webui/system/servers.html",
            model=ServersView,
            personal=True,
        ),
        api.Page(
            path="/system/plugins",
            name="system.plugins",
            title="Plugins",
            summary="Plugins with state, reason and hooks; pages that no menu leads to",
            load=partial(load_plugins, ctx),
            template="webui/system/plugins.html",
            model=PluginsView,
            permission=operations.OPERATE,
        ),
        api.Page(
            path="/system/settings",
            name="system.settings",
            title="Settings",
            summary="Settings of plugins, for administrators",
            load=partial(load_settings, ctx),
            template="webui/system/settings.html",
            model=SettingsView,
            personal=True,
        ),
    )


async def load_servers(asked: api.Asked) -> api.Shown:
    """Admins: the servers."""
    found = await operations.servers(asked.request)
    view = ServersView(servers=tuple(found), said=said(asked.request, TOLD))
    return api.Shown(model=view, title=asked.text("Game servers"), crumbs=(crumb(asked),))


async def load_plugins(ctx: PluginContext, asked: api.Asked) -> api.Shown:
    """What runs, and what nobody finds."""
    facts = await chain(asked.request)
    view = PluginsView(plugins=facts.plugins, unreached=tuple(ctx.services.get(House).unreached()))
    return api.Shown(model=view, title=asked.text("Plugins"), crumbs=(crumb(asked),))


async def load_settings(ctx: PluginContext, asked: api.Asked) -> api.Shown:
    """The panels that the reader may use."""
    house = ctx.services.get(House)
    viewer = await auth.require_login(asked.request)
    found = await panels(house, asked, viewer, "admin")
    if not found:
        await auth.require_tier(asked.request, "admin")
    view = SettingsView(panels=found, said=said(asked.request, told_of_settings(house)))
    return api.Shown(model=view, title=asked.text("Settings"), crumbs=(crumb(asked),))
