"""Mates and rivals of a player: with whom it goes well, who lowers their numbers, whose numbers they lower."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from slomix.web.api import BadRequest
from slomix_stats.api import BadScope, Mates, Nemesis, Scope, StatsInsightV1, StatsPlayersV1
from slomix_webui import api
from slomix_webui.pages.players.details import nothing_played

if TYPE_CHECKING:
    from slomix.context import PluginContext

MATES = 15
RIVALS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class MatesView:
    """Team mates and opponents, over a period. `part`: the scope names more than a period, which is left out here."""

    player_id: str
    mates: Mates
    rivals: Nemesis
    part: bool


async def load(ctx: PluginContext, asked: api.BlockAsked) -> api.Block | api.Nothing:
    """Mates and rivals of the period."""
    players: StatsPlayersV1 = ctx.services.get(StatsPlayersV1)  # type: ignore[type-abstract]
    insight: StatsInsightV1 = ctx.services.get(StatsInsightV1)  # type: ignore[type-abstract]
    player, scope = asked.subject.id, Scope(period=asked.scope.period)
    try:
        mates, rivals = await asyncio.gather(
            players.mates(player, scope, limit=MATES), insight.nemesis(player, scope, limit=RIVALS)
        )
    except BadScope as error:
        raise BadRequest(str(error)) from None
    if mates is None or rivals is None or not (mates.mates or rivals.rivals):
        return nothing_played(asked)
    part = any((asked.scope.map, asked.scope.side, asked.scope.format))
    view = MatesView(player_id=player, mates=mates, rivals=rivals, part=part)
    return api.Block(model=view, template="webui/players/mates.html", tables=tables(view))


def tables(view: MatesView) -> dict[str, api.Table]:
    """Mates and opponents as CSV. Pure."""
    return {
        "mates": api.Table(
            columns=("player", "guid", "matches", "won", "lost", "drawn", "dpm", "against_own_percent"),
            rows=[
                (m.who.name, m.who.guid, m.matches, m.won, m.lost, m.drawn, m.dpm, m.delta_percent)
                for m in view.mates.mates
            ],
        ),
        "rivals": api.Table(
            columns=("player", "guid", "matches", "dpm", "against_own_percent", "kills", "deaths"),
            rows=[
                (r.who.name, r.who.guid, r.matches, r.dpm, r.delta_percent, r.kills, r.deaths)
                for r in view.rivals.rivals
            ],
        ),
    }
