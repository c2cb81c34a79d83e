"""The tab Charts: the night round by round, damage both ways, support, time, and how everybody plays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from slomix_stats.api import Letter, SessionInsight, SessionLine, StatsInsightV1, Who
from slomix_webui import api
from slomix_webui.pages.nights.tabs.numbers import nobody

if TYPE_CHECKING:
    from slomix.context import PluginContext


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Damage per minute of a player, round by round; None where they did not play."""

    who: Who
    letter: Letter | None
    dpm: tuple[float | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A player as the charts draw them: damage per minute both ways, revives, percent of the time alive, style."""

    who: Who
    letter: Letter | None
    dpm_given: float | None
    dpm_received: float | None
    revives: float | None
    times_revived: float | None
    alive_percent: float | None
    denied_s: float | None
    style: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartsView:
    """The tab. `labels` name the rounds in the order of play: `supply R1`."""

    session: SessionLine
    labels: tuple[str, ...]
    curves: tuple[Curve, ...]
    shapes: tuple[Shape, ...]


async def load(ctx: PluginContext, asked: api.BlockAsked) -> api.Block | api.Nothing:
    """What is drawn."""
    insight: StatsInsightV1 = ctx.services.get(StatsInsightV1)  # type: ignore[type-abstract]
    found = await insight.session_insight(asked.subject.id)
    if found is None or not found.players:
        return nobody(asked)
    view = charts_view(found)
    return api.Block(model=view, template="webui/nights/tab_charts.html", tables=tables(view))


def charts_view(found: SessionInsight) -> ChartsView:
    """The tab. Pure; players with most damage per minute first."""
    names = {point.ordinal: f"{point.map} R{point.number}" for each in found.players for point in each.rounds}
    order = sorted(names)
    curves = []
    for each in found.players:
        played = {point.ordinal: point.dpm for point in each.rounds}
        dpm = tuple(played.get(ordinal) for ordinal in order)
        curves.append(Curve(who=each.numbers.who, letter=each.team, dpm=dpm))
    return ChartsView(
        session=found.session,
        labels=tuple(names[ordinal] for ordinal in order),
        curves=tuple(curves),
        shapes=tuple(
            Shape(
                who=each.numbers.who,
                letter=each.team,
                dpm_given=each.numbers.get("dpm"),
                dpm_received=_per_minute(each.numbers.get("damage_received"), each.numbers.time_played_s),
                revives=each.numbers.get("revives"),
                times_revived=each.numbers.get("times_revived"),
                alive_percent=each.numbers.get("alive_percent"),
                denied_s=each.numbers.get("denied"),
                style=each.style.title,
                confidence=each.style.confidence,
            )
            for each in found.players
        ),
    )


def _per_minute(damage: float | None, seconds: int) -> float | None:
    return None if damage is None or not seconds else round(60 * damage / seconds, 2)


def tables(view: ChartsView) -> Mapping[str, api.Table]:
    """The curves as CSV, a row for each player, and what the other charts draw."""
    curves = [(each.who.name, each.who.guid, each.letter, *each.dpm) for each in view.curves]
    fields = ("dpm_given", "dpm_received", "revives", "times_revived", "alive_percent", "denied_s", "style")
    shapes = [(each.who.name, each.who.guid, each.letter, *(getattr(each, f) for f in fields)) for each in view.shapes]
    return {
        "dpm": api.Table(columns=("player", "guid", "team", *view.labels), rows=curves),
        "players": api.Table(columns=("player", "guid", "team", *fields), rows=shapes),
    }
