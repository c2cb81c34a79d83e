"""A room: the pages of one subject, what leads to them and what they add elsewhere, by the dashboard's own hooks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from slomix import contrib
from slomix_webui import api

if TYPE_CHECKING:
    from slomix.context import PluginContext

T = TypeVar("T")
Gives = Callable[[Any], Iterable[T]]


def _nothing(ctx: PluginContext) -> Iterable[Any]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What a room gives to each hook, as a function of the plugin's context. `routes` are core's: where forms go."""

    pages: Gives[api.Page] = _nothing
    nav: Gives[api.NavItem] = _nothing
    widgets: Gives[api.Widget] = _nothing
    tabs: Gives[api.Tab] = _nothing
    assets: Gives[api.Asset] = _nothing
    search: Gives[api.SearchProvider] = _nothing
    actions: Gives[api.Action] = _nothing
    settings: Gives[api.SettingsPanel] = _nothing
    live: Gives[api.LiveChannel] = _nothing
    cards: Gives[api.ShareCard] = _nothing
    routes: Gives[contrib.Page] = _nothing
