"""The protocol of every question that is asked of the numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from slomix_stats.api.boards import (
    AwardBoards,
    Board,
    HallOfFame,
    MapDetail,
    Maps,
    OnThisDay,
    RecordBook,
    ScopeChoices,
    Season,
    SeasonLine,
    Seasons,
    Weapons,
)
from slomix_stats.api.evenings import (
    EndstatsCoverage,
    LineupChanges,
    Matchup,
    SessionAwards,
    SessionDuo,
    SessionGrid,
    SessionInsight,
    SessionSummary,
    SessionTeams,
    TeamRecord,
)
from slomix_stats.api.people import (
    Achievements,
    AttackDefence,
    Bands,
    Consistency,
    Duo,
    Fatigue,
    Form,
    MapAffinity,
    Milestone,
    Nemesis,
    PersonalBest,
    Reached,
)
from slomix_stats.api.scope import MetricInfo, PlayerNumbers, Scope

#: Everything that counts.
EVERYTHING = Scope()
LAST_30_DAYS = Scope(period="30d")
LAST_90_DAYS = Scope(period="90d")
THIS_SEASON = Scope(period="season")


class StatsInsightV1(Protocol):
    """What the numbers mean. `player` arguments are a player id or an 8-character GUID, `session` a session id (None:
    the latest). An answer of None: there is no such player, session or map. `BadScope` (a sentence for people) where
    the metric or a part of the scope is unknown. Superseded ids are followed. Bots are in no answer."""

    def metrics(self) -> tuple[MetricInfo, ...]:
        """Every metric, in the order in which they are shown."""
        ...

    def metric(self, name: str) -> MetricInfo:
        """A metric by its name or an alias (`acc`, `hs`, `medic` …)."""
        ...

    def milestones(self) -> tuple[Milestone, ...]:
        """Every milestone of every ladder (the badge legend)."""
        ...

    async def board(
        self, metric: str, scope: Scope = EVERYTHING, *, limit: int = 10, offset: int = 0, cursor: str | None = None
    ) -> Board:
        """A leaderboard. `cursor` is `Board.next` of the page before and wins over `offset`."""
        ...

    async def numbers(self, player: str, scope: Scope = EVERYTHING) -> PlayerNumbers | None:
        """Every metric of a player."""
        ...

    async def compare(self, players: Sequence[str], scope: Scope = EVERYTHING) -> tuple[PlayerNumbers, ...]:
        """Every metric of several players, in the order asked; unknown ones are left out."""
        ...

    async def bands(self, player: str, scope: Scope = EVERYTHING) -> Bands | None: ...

    async def consistency(self, player: str, scope: Scope = LAST_30_DAYS) -> Consistency | None: ...

    async def map_affinity(self, player: str, scope: Scope = LAST_90_DAYS) -> MapAffinity | None: ...

    async def attack_defence(self, player: str, scope: Scope = LAST_90_DAYS) -> AttackDefence | None: ...

    async def fatigue(self, player: str, session: str | None = None) -> Fatigue | None:
        """An evening in thirds; without a session the latest one of the player."""
        ...

    async def form(self, metric: str = "dpm") -> Form: ...

    async def duo(self, first: str, second: str, scope: Scope = EVERYTHING) -> Duo | None: ...

    async def nemesis(self, player: str, scope: Scope = EVERYTHING, *, limit: int = 5) -> Nemesis | None: ...

    async def matchup(self, a: Sequence[str], b: Sequence[str], *, exact: bool = False) -> Matchup | None:
        """The record of two line-ups; None where one of the players is unknown."""
        ...

    async def achievements(self, player: str) -> Achievements | None: ...

    async def reached(self, session: str | None = None) -> tuple[Reached, ...]:
        """Milestones that fell in a session, in the order of time."""
        ...

    async def personal_bests(self, session: str | None = None) -> tuple[PersonalBest, ...]:
        """Bests of a single round that players beat in a session, the largest gain first."""
        ...

    async def session_insight(self, session: str | None = None) -> SessionInsight | None: ...

    async def session_awards(self, session: str | None = None) -> SessionAwards | None: ...

    async def session_summary(self, session: str | None = None) -> SessionSummary | None: ...

    async def session_grid(self, metric: str = "dpm", session: str | None = None) -> SessionGrid | None:
        """One metric of everybody by match and by role."""
        ...

    async def session_duos(self, session: str | None = None) -> tuple[SessionDuo, ...]:
        """Pairs that were in one team, most damage per minute together first."""
        ...

    async def session_teams(self, session: str | None = None) -> SessionTeams | None: ...

    async def lineup_changes(self, session: str | None = None, previous: str | None = None) -> LineupChanges | None:
        """Against `previous`, else against the session before on the same server."""
        ...

    async def team_record(self, name: str, *, opponent: str | None = None, days: int | None = None) -> TeamRecord: ...

    async def team_names(self, typed: str = "", *, limit: int = 25) -> tuple[str, ...]:
        """Names of teams that played, latest first, for autocomplete."""
        ...

    async def endstats_coverage(self, session: str | None = None) -> EndstatsCoverage | None: ...

    async def records(
        self,
        *,
        map: str | None = None,  # noqa: A002
        limit: int = 5,
        player: str | None = None,
    ) -> RecordBook:
        """First places of every record, of one map or of all; of a `player` only the places that are theirs."""
        ...

    async def hall_of_fame(self, scope: Scope = EVERYTHING, *, limit: int = 10) -> HallOfFame: ...

    async def award_boards(self, scope: Scope = THIS_SEASON, *, limit: int = 5) -> AwardBoards:
        """Who won which award of rounds how often (endstats), in a period of at most a season."""
        ...

    async def maps(self) -> Maps: ...

    async def map_detail(self, map: str) -> MapDetail | None: ...  # noqa: A002

    async def weapons(self, *, limit: int = 5) -> Weapons: ...

    async def seasons(self) -> Seasons: ...

    async def current_season(self) -> SeasonLine:
        """The present season alone, played in or not."""
        ...

    async def scope_choices(self) -> ScopeChoices:
        """Seasons and maps to choose from."""
        ...

    async def season(self, season_id: str | None = None) -> Season | None:
        """A season by its id (`2026-Q4`); without one the present one."""
        ...

    async def on_this_day(self, day: date | None = None) -> OnThisDay:
        """Without a day: today, in UTC."""
        ...
