"""The tabs of a player, by the same hook as those of any plugin."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from slomix_webui import api
from slomix_webui.pages.players import details, history, mates
from slomix_webui.pages.players.season import load as load_season

if TYPE_CHECKING:
    from slomix.context import PluginContext


def tabs(ctx: PluginContext) -> Iterable[api.Tab]:
    """Numbers, maps, weapons, mates and rivals, history, achievements, season."""
    made = (
        ("numbers", "Numbers", details.numbers),
        ("maps", "Maps", details.maps),
        ("weapons", "Weapons", details.weapons),
        ("mates", "Mates and rivals", mates.load),
        ("history", "History", history.load),
        ("achievements", "Achievements", details.achievements),
        ("season", "Season", load_season),
    )
    for place, (key, title, load) in enumerate(made, 1):
        yield api.Tab(page="player", key=key, title=title, load=partial(load, ctx), order=10 * place)
