"""Tabs of a player that show a part of the portrait at length: numbers, maps, weapons, achievements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from slomix.web.api import BadRequest
from slomix_stats.api import (
    Achievements,
    BadScope,
    Milestone,
    PlayerMaps,
    Portrait,
    StatsInsightV1,
    StatsPlayersV1,
)
from slomix_webui import api
from slomix_webui.frame.scope import for_stats
from slomix_webui.pages.players.view import Figure, WeaponRow, figures, weapon_rows

if TYPE_CHECKING:
    from slomix.context import PluginContext


@dataclass(frozen=True, slots=True, kw_only=True)
class NumbersView:
    """Every number of a player over the scope."""

    player_id: str
    rounds: int
    numbers: tuple[Figure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WeaponsView:
    """Every weapon of a player, over all time."""

    kills: int
    weapons: tuple[WeaponRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AchievementsView:
    """A player's ladders, and every step of each for the legend."""

    achievements: Achievements
    milestones: tuple[Milestone, ...]


async def numbers(ctx: PluginContext, asked: api.BlockAsked) -> api.Block | api.Nothing:
    """All numbers with sample and band."""
    portrait = await _portrait(ctx, asked)
    if portrait is None or not portrait.numbers.rounds:
        return nothing_played(asked)
    insight: StatsInsightV1 = ctx.services.get(StatsInsightV1)  # type: ignore[type-abstract]
    view = NumbersView(
        player_id=portrait.who.player_id,
        rounds=portrait.numbers.rounds,
        numbers=figures(portrait, insight.metrics()),
    )
    rows = [(each.name, each.value, each.unit, each.rounds, each.better_than) for each in view.numbers]
    table = api.Table(columns=("metric", "value", "unit", "rounds", "better_than_percent"), rows=rows)
    return api.Block(model=view, template="webui/players/numbers.html", tables={"numbers": table})


async def maps(ctx: PluginContext, asked: api.BlockAsked) -> api.Block | api.Nothing:
    """Every map against the own level, attack and defence on each."""
    portrait = await _portrait(ctx, asked)
    if portrait is None or not portrait.maps.maps:
        return nothing_played(asked)
    view: PlayerMaps = portrait.maps
    rows = [
        (each.map, each.rounds, each.dpm, each.kd, each.delta_percent, each.attack.dpm, each.defence.dpm)
        for each in view.maps
    ]
    columns = ("map", "rounds", "dpm", "kd", "against_own_percent", "attack_dpm", "defence_dpm")
    tables = {"maps": api.Table(columns=columns, rows=rows)}
    return api.Block(model=view, template="webui/players/maps.html", tables=tables)


async def weapons(ctx: PluginContext, asked: api.BlockAsked) -> api.Block | api.Nothing:
    """Every weapon; accuracy only where it means something."""
    portrait = await _portrait(ctx, asked)
    rows = weapon_rows(portrait.profile.weapons) if portrait is not None else ()
    if not rows:
        return nothing_played(asked)
    view = WeaponsView(kills=sum(row.kills for row in rows), weapons=rows)
    table = api.Table(
        columns=("weapon", "kills", "share_percent", "deaths", "shots", "accuracy_percent", "headshot_hits"),
        rows=[(r.slot, r.kills, r.share, r.deaths, r.shots, r.accuracy, r.headshot_hits) for r in rows],
    )
    return api.Block(model=view, template="webui/players/weapons.html", tables={"weapons": table})


async def achievements(ctx: PluginContext, asked: api.BlockAsked) -> api.Block | api.Nothing:
    """Every ladder with the way to its next step, and what was reached when."""
    insight: StatsInsightV1 = ctx.services.get(StatsInsightV1)  # type: ignore[type-abstract]
    portrait = await _portrait(ctx, asked)
    if portrait is None:
        return nothing_played(asked)
    found = portrait.achievements
    rows = [
        (each.milestone.ladder, each.milestone.title, each.milestone.threshold, each.reached_at.isoformat())
        for each in found.reached
    ]
    table = api.Table(columns=("ladder", "title", "threshold", "reached_at"), rows=rows)
    view = AchievementsView(achievements=found, milestones=insight.milestones())
    return api.Block(model=view, template="webui/players/achievements.html", tables={"achievements": table})


async def _portrait(ctx: PluginContext, asked: api.BlockAsked) -> Portrait | None:
    players: StatsPlayersV1 = ctx.services.get(StatsPlayersV1)  # type: ignore[type-abstract]
    try:
        return await players.portrait(asked.subject.id, for_stats(asked.scope))
    except BadScope as error:
        raise BadRequest(str(error)) from None


def nothing_played(asked: api.BlockAsked) -> api.Nothing:
    """Why a tab is empty."""
    return api.Nothing(
        reason=asked.text("No round of this player counts in this scope."),
        next_step=asked.text("Choose a longer period or all maps."),
    )
