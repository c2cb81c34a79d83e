"""The tab Players: every number of everybody, and their weapons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from slomix_stats.api import (
    Letter,
    MetricInfo,
    SessionInsight,
    SessionLine,
    SessionPlayer,
    StatsInsightV1,
    Who,
)
from slomix_webui import api

if TYPE_CHECKING:
    from slomix.context import PluginContext

#: Which numbers stand together; those in none of these come last.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "Fighting": (
        "dpm", "kd", "kills", "deaths", "damage", "damage_received", "efficiency", "damage_ratio", "kpr", "dpr",
        "gibs", "assists", "kill_steals", "multikills", "best_spree", "worst_spree", "useful_kills", "useless_kills",
        "grenades",
    ),
    "Aim": ("accuracy", "headshot_accuracy", "headshots", "headshot_kills", "headshot_kill_rate"),
    "For the team": (
        "revives", "times_revived", "objectives_stolen", "objectives_returned", "dynamites_planted",
        "dynamites_defused", "repairs", "xp", "xp_per_minute",
    ),
    "Time": (
        "rounds", "playtime", "time_alive", "time_dead", "alive_percent", "played_percent", "denied",
        "denied_per_minute", "tank", "frag_potential",
    ),
    "Against the own team": ("teamwork", "team_damage", "team_kills", "team_gibs", "self_kills", "full_selfkills"),
}  # fmt: skip
#: Weapons that have a column; each match and round has all of them.
MOST_WEAPONS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class TabQuery:
    """What the address may say."""

    by: Annotated[str, Meta(max_length=40)] = "dpm"


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberRow:
    """A player with the numbers of a group."""

    who: Who
    letter: Letter | None
    cells: tuple[float | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Numbers that stand together."""

    key: str
    title: str
    metrics: tuple[MetricInfo, ...]
    rows: tuple[NumberRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arsenal:
    """A player's kills by weapon, in the order of the columns; 0 with one that they did not kill with."""

    who: Who
    letter: Letter | None
    kills: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NumbersView:
    """The tab. Players are in the order of the metric `sort`, the best first."""

    session: SessionLine
    sort: str
    groups: tuple[Group, ...]
    weapons: tuple[str, ...]
    arsenals: tuple[Arsenal, ...]


async def load(ctx: PluginContext, asked: api.BlockAsked) -> api.Block | api.Nothing:
    """Everybody's numbers."""
    insight: StatsInsightV1 = ctx.services.get(StatsInsightV1)  # type: ignore[type-abstract]
    found = await insight.session_insight(asked.subject.id)
    if found is None or not found.players:
        return nobody(asked)
    sort = asked.query(TabQuery).by
    view = numbers_view(found, insight.metrics(), sort)
    return api.Block(model=view, template="webui/nights/tab_players.html", tables=tables(view))


def nobody(asked: api.BlockAsked) -> api.Nothing:
    """No round counts."""
    return api.Nothing(
        reason=asked.text("No round of this night counts yet, so nobody has numbers."),
        next_step=asked.text("What is there of each round stands under Rounds."),
    )


def numbers_view(found: SessionInsight, metrics: Sequence[MetricInfo], sort: str) -> NumbersView:
    """The tab. Pure. A metric that there is not sorts by damage per minute."""
    by_name = {metric.name: metric for metric in metrics}
    order = by_name.get(sort) or by_name["dpm"]
    players = sorted(found.players, key=lambda player: _place(player, order))
    named = {name for names in GROUPS.values() for name in names}
    groups = {title: tuple(by_name[name] for name in names if name in by_name) for title, names in GROUPS.items()}
    groups["Further numbers"] = tuple(metric for metric in metrics if metric.name not in named)
    return NumbersView(
        session=found.session,
        sort=order.name,
        groups=tuple(_group(title, its, players) for title, its in groups.items() if its),
        weapons=(weapons := weapons_of(players)),
        arsenals=tuple(_arsenal(player, weapons) for player in players),
    )


def weapons_of(players: Sequence[SessionPlayer]) -> tuple[str, ...]:
    """The weapons that most kills were made with, most first."""
    kills: Counter[str] = Counter()
    for player in players:
        kills.update({line.weapon: line.kills for line in player.weapons})
    ranked = sorted(((count, weapon) for weapon, count in kills.items() if count), key=lambda one: (-one[0], one[1]))
    return tuple(weapon for _, weapon in ranked[:MOST_WEAPONS])


def _arsenal(player: SessionPlayer, weapons: Sequence[str]) -> Arsenal:
    kills = {line.weapon: line.kills for line in player.weapons}
    return Arsenal(who=player.numbers.who, letter=player.team, kills=tuple(kills.get(weapon, 0) for weapon in weapons))


def _place(player: SessionPlayer, metric: MetricInfo) -> tuple[bool, float, str]:
    value = player.numbers.get(metric.name)
    sign = -1 if metric.higher_is_better else 1
    return value is None, sign * (value or 0), player.numbers.who.player_id


def _group(title: str, metrics: tuple[MetricInfo, ...], players: Sequence[SessionPlayer]) -> Group:
    rows = []
    for player in players:
        values = {number.metric: number.value for number in player.numbers.numbers}
        rows.append(
            NumberRow(
                who=player.numbers.who, letter=player.team, cells=tuple(values.get(metric.name) for metric in metrics)
            )
        )
    return Group(key=title.lower().replace(" ", "-"), title=title, metrics=metrics, rows=tuple(rows))


def tables(view: NumbersView) -> Mapping[str, api.Table]:
    """All numbers in one table, and kills by weapon."""
    metrics = [metric.name for group in view.groups for metric in group.metrics]
    players = zip(*(group.rows for group in view.groups), strict=True)
    rows = [
        (parts[0].who.name, parts[0].who.guid, parts[0].letter, *(cell for part in parts for cell in part.cells))
        for parts in players
    ]
    weapons = [(each.who.name, each.who.guid, each.letter, *each.kills) for each in view.arsenals]
    return {
        "numbers": api.Table(columns=("player", "guid", "team", *metrics), rows=rows),
        "weapons": api.Table(columns=("player", "guid", "team", *view.weapons), rows=weapons),
    }
