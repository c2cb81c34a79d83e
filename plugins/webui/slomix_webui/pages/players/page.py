"""`/players/{id}`: one player: how they are doing, against themselves first, and everything one click further."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

from slomix.web.api import BadRequest
from slomix_stats.api import (
    BadScope,
    Portrait,
    StatsInsightV1,
    StatsPlayersV1,
)
from slomix_webui import api
from slomix_webui.frame.scope import for_stats
from slomix_webui.pages.players.view import PlayerView, player_view

if TYPE_CHECKING:
    from slomix.context import PluginContext

PAGE_NAME = "player"


def player_page(ctx: PluginContext) -> api.Page:
    """The page's record."""
    return api.Page(
        path="/players/{id}",
        name=PAGE_NAME,
        title="Player",
        summary="One player",
        load=partial(load, ctx),
        template="webui/players/player.html",
        model=PlayerView,
        scope=api.ScopeBar(parts=("period", "map", "side", "format")),
        tables=tables,
        tabs="Overview",
    )


async def load(ctx: PluginContext, asked: api.Asked) -> api.Shown | api.Missing | api.Moved:
    """One player by id or GUID; a GUID and an id that was merged into another lead to the player's own address."""
    named = str(asked.path["id"])
    portrait = await _portrait(ctx, asked, named)
    if portrait is None:
        return _missing(asked, named)
    profile = portrait.profile
    if named != profile.player_id:
        is_guid = named.upper() in profile.guids
        query = asked.request.url.query
        address = f"/players/{quote(profile.player_id, safe='')}" + (f"?{query}" if query else "")
        return api.Moved(address=address, permanent=not is_guid)
    insight: StatsInsightV1 = ctx.services.get(StatsInsightV1)  # type: ignore[type-abstract]
    view = player_view(portrait, insight.metrics())
    return api.Shown(
        model=view,
        title=view.label,
        description=_description(asked, view),
        crumbs=(api.Crumb(label=asked.text("Players"), address="/players"),),
        subject=api.Subject(kind="player", id=profile.player_id, label=view.label),
        live="*",
    )


async def _portrait(ctx: PluginContext, asked: api.Asked, named: str) -> Portrait | None:
    players: StatsPlayersV1 = ctx.services.get(StatsPlayersV1)  # type: ignore[type-abstract]
    try:
        return await players.portrait(named, for_stats(asked.scope))
    except BadScope as error:
        raise BadRequest(str(error)) from None


def _missing(asked: api.Asked, named: str) -> api.Missing:
    return api.Missing(
        heading=asked.text("There is no such player"),
        detail=asked.text(
            "Nobody has the id or GUID {id}. A link may be mistyped; look for the name instead.", id=named[:64]
        ),
        onward=api.Crumb(label=asked.text("All players"), address="/players"),
    )


def _description(asked: api.Asked, view: PlayerView) -> str:
    """One sentence for previews."""
    line = view.portrait.profile.lifetime
    if not line.rounds:
        return asked.text("No round of this player counts yet.")
    return asked.text(
        "{dpm} damage per minute and {kd} kills per death in {rounds} rounds.",
        dpm=f"{line.dpm:,.0f}",
        kd=f"{line.kd:.2f}",
        rounds=f"{line.rounds:,}",
    )


def tables(view: PlayerView) -> Mapping[str, api.Table]:
    """Numbers, maps, weapons and the last nights as CSV."""
    return {
        "numbers": api.Table(
            columns=("metric", "value", "unit", "rounds", "better_than_percent"),
            rows=[(each.name, each.value, each.unit, each.rounds, each.better_than) for each in view.numbers],
        ),
        "maps": api.Table(
            columns=("map", "rounds", "dpm", "kd", "against_own_percent", "attack_dpm", "defence_dpm"),
            rows=[
                (each.map, each.rounds, each.dpm, each.kd, each.delta_percent, each.attack.dpm, each.defence.dpm)
                for each in view.portrait.maps.maps
            ],
        ),
        "weapons": api.Table(
            columns=("weapon", "kills", "deaths", "accuracy_percent"),
            rows=[(each.slot, each.kills, each.deaths, each.accuracy) for each in view.weapons],
        ),
        "nights": api.Table(
            columns=("session", "started_at", "rounds", "dpm", "kd", "against_own_percent"),
            rows=[
                (
                    each.session.session_id,
                    each.session.started_at.isoformat(),
                    each.line.rounds,
                    each.line.dpm,
                    each.line.kd,
                    each.against,
                )
                for each in view.nights
            ],
        ),
    }
