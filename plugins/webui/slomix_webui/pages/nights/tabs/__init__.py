"""The tabs of a night beside its summary."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from slomix_webui import api
from slomix_webui.pages.nights.tabs import charts, numbers, rounds, teamplay

if TYPE_CHECKING:
    from slomix.context import PluginContext

#: Key, title and loader, in their order.
_TABS = (
    ("players", "Players", numbers.load),
    ("teamplay", "Teamplay", teamplay.load),
    ("charts", "Charts", charts.load),
    ("rounds", "Rounds", rounds.load),
)


def tabs(ctx: PluginContext) -> Iterable[api.Tab]:
    """Their records."""
    for order, (key, title, load) in enumerate(_TABS, 1):
        yield api.Tab(page="session", key=key, title=title, load=partial(load, ctx), order=10 * order)
