"""The tab Teamplay: the two line-ups, who changed, pairs, and earlier meetings."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from slomix_stats.api import (
    LineupChanges,
    Matchup,
    Segment,
    SessionDuo,
    SessionTeams,
    StatsInsightV1,
)
from slomix_webui import api

if TYPE_CHECKING:
    from slomix.context import PluginContext

#: Players of a line-up that meetings are looked for with.
MOST_LINEUP = 12
#: Pairs that are shown.
MOST_DUOS = 20
#: Rounds that a pair takes, as a share of the most that any pair played: one lucky round is no pair.
LEAST_SHARE = 1 / 3


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamplayView:
    """The tab. `duos` are pairs with at least `least` rounds together. `matchup` is of the players who stayed in their
    teams through the longest part of the night."""

    teams: SessionTeams
    duos: tuple[SessionDuo, ...]
    least: int
    more_duos: int
    matchup: Matchup | None
    changes: LineupChanges | None


async def load(ctx: PluginContext, asked: api.BlockAsked) -> api.Block | api.Nothing:
    """Teams of the night."""
    insight: StatsInsightV1 = ctx.services.get(StatsInsightV1)  # type: ignore[type-abstract]
    session = asked.subject.id
    teams, duos, changes = await asyncio.gather(
        insight.session_teams(session), insight.session_duos(session), insight.lineup_changes(session)
    )
    if teams is None or not teams.segments:
        return api.Nothing(
            reason=asked.text("Teams are not known for this night: nobody stayed on one side for a whole map."),
            next_step=asked.text("They show as soon as a map is over."),
        )
    longest = max(teams.segments, key=lambda segment: len(segment.maps))
    a, b = lineups(longest)
    matchup = await insight.matchup(a, b) if a and b else None
    least = ceil(LEAST_SHARE * max((duo.rounds for duo in duos), default=0))
    regular = tuple(duo for duo in duos if duo.rounds >= least)[:MOST_DUOS]
    view = TeamplayView(
        teams=teams, duos=regular, least=least, more_duos=len(duos) - len(regular), matchup=matchup, changes=changes
    )
    return api.Block(model=view, template="webui/nights/tab_teamplay.html", tables=tables(view))


def lineups(segment: Segment) -> tuple[list[str], list[str]]:
    """The players of both teams who neither came late nor left early. Pure."""
    moved = {who.player_id for swap in segment.swaps for who in (swap.incoming, swap.outgoing) if who is not None}
    found = [
        [who.player_id for who in team.players if who.player_id not in moved][:MOST_LINEUP]
        for team in (segment.a, segment.b)
    ]
    return found[0], found[1]


def tables(view: TeamplayView) -> Mapping[str, api.Table]:
    """Pairs and meetings as CSV."""
    duos = [(d.first.name, d.second.name, d.rounds, d.matches, d.won, d.lost, d.drawn, d.dpm, d.kd) for d in view.duos]
    met = view.matchup.meetings if view.matchup else ()
    meetings = [(m.session_id, m.at.isoformat(), m.name, m.opponent, m.points, m.against, m.result) for m in met]
    columns = ("first", "second", "rounds", "matches", "won", "lost", "drawn", "dpm", "kd")
    return {
        "duos": api.Table(columns=columns, rows=duos),
        "meetings": api.Table(
            columns=("session", "at", "team", "opponent", "points", "against", "result"), rows=meetings
        ),
    }
