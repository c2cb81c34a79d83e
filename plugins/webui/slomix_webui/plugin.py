"""The plugin: pages at `/`, and the files they need."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from slomix.context import PluginContext
from slomix.contrib import Api, Page, Static
from slomix.plugin import Plugin, hookimpl

STATIC = Path(__file__).parent / "static"


class WebuiPlugin(Plugin):
    """Server-rendered pages over the readers of other plugins; it keeps nothing itself."""

    name: ClassVar[str] = "webui"
    requires: ClassVar[tuple[str, ...]] = ("stats",)
    migrations: ClassVar[str | None] = None

    @hookimpl
    def register_routes(self, ctx: PluginContext) -> Iterable[Api | Page | Static]:
        """All pages; Jinja2 is imported here, in the web role only."""
        from slomix_webui.pages import Pages

        pages = Pages(ctx.services)
        yield Static(folder=STATIC)
        yield Page(path="/", endpoint=pages.home, name="home", root=True)
        yield Page(path="/sessions", endpoint=pages.sessions, name="sessions", root=True)
        yield Page(path="/sessions/{id}", endpoint=pages.session, name="session", root=True)
        yield Page(path="/matches/{id}", endpoint=pages.match, name="match", root=True)
        yield Page(path="/rounds/{id}", endpoint=pages.round, name="round", root=True)
        yield Page(path="/players", endpoint=pages.players, name="players", root=True)
        yield Page(path="/players/{id}", endpoint=pages.player, name="player", root=True)
        yield Page(path="/leaderboard", endpoint=pages.leaderboard, name="leaderboard", root=True)
