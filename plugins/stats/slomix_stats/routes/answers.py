"""The endpoints behind the answers about the numbers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from starlette.requests import Request

from slomix.web.api import BadRequest, NotFound, query
from slomix_stats.api import (
    Achievements,
    AttackDefence,
    AwardBoards,
    BadScope,
    Bands,
    Board,
    Consistency,
    Duo,
    EndstatsCoverage,
    Fatigue,
    Form,
    HallOfFame,
    LineupChanges,
    MapAffinity,
    MapDetail,
    Maps,
    Matchup,
    MetricInfo,
    Milestone,
    Nemesis,
    OnThisDay,
    PersonalBest,
    PlayerNumbers,
    Reached,
    RecordBook,
    Season,
    Seasons,
    SessionAwards,
    SessionInsight,
    SessionTeams,
    StatsInsightV1,
    TeamRecord,
    Weapons,
)
from slomix_stats.routes import asked
from slomix_stats.routes.asked import LONGEST

T = TypeVar("T")

#: What stands for the session that was played last, and for the present season.
LATEST = "latest"
CURRENT = "current"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    """Every metric, in the order in which they are shown."""

    metrics: tuple[MetricInfo, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestones:
    """Every step of every ladder."""

    milestones: tuple[Milestone, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Players with all their numbers, in the order asked for; unknown ones are left out."""

    players: tuple[PlayerNumbers, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalBests:
    """Bests that fell in a session, the largest gain first."""

    bests: tuple[PersonalBest, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachedSteps:
    """Steps that were reached in a session, in the order of time."""

    reached: tuple[Reached, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamNames:
    """Names of teams, those that played last first."""

    names: tuple[str, ...]


class Answers:
    """One method per address."""

    def __init__(self, insight: Callable[[], StatsInsightV1]) -> None:
        self._insight = insight

    async def metrics(self, request: Request) -> Metrics:
        return Metrics(metrics=self._insight().metrics())

    async def metric(self, request: Request) -> MetricInfo:
        try:
            return self._insight().metric(request.path_params["name"])
        except BadScope as error:
            raise NotFound(str(error)) from None

    async def milestones(self, request: Request) -> Milestones:
        return Milestones(milestones=self._insight().milestones())

    async def board(self, request: Request) -> Board:
        got = query(request, asked.BoardQuery)
        metric = request.path_params["metric"]
        return await _honest(self._insight().board(metric, got.scope, limit=got.limit, cursor=got.cursor))

    async def form(self, request: Request) -> Form:
        return await _honest(self._insight().form(query(request, asked.MetricQuery).metric))

    async def records(self, request: Request) -> RecordBook:
        got = query(request, asked.RecordsQuery)
        return await _honest(self._insight().records(map=got.map, limit=got.limit))

    async def hall(self, request: Request) -> HallOfFame:
        got = query(request, asked.SomeQuery)
        return await _honest(self._insight().hall_of_fame(got.scope, limit=got.limit))

    async def award_boards(self, request: Request) -> AwardBoards:
        got = query(request, asked.SeasonQuery)
        return await _honest(self._insight().award_boards(got.scope, limit=got.limit))

    async def maps(self, request: Request) -> Maps:
        return await self._insight().maps()

    async def map(self, request: Request) -> MapDetail:
        wanted = request.path_params["map"]
        return await _found(self._insight().map_detail(wanted), "map", wanted)

    async def weapons(self, request: Request) -> Weapons:
        return await self._insight().weapons(limit=query(request, asked.LimitQuery).limit)

    async def seasons(self, request: Request) -> Seasons:
        return await self._insight().seasons()

    async def season(self, request: Request) -> Season:
        wanted = request.path_params["id"]
        return await _found(self._insight().season(None if wanted == CURRENT else wanted), "season", wanted)

    async def on_this_day(self, request: Request) -> OnThisDay:
        return await self._insight().on_this_day(query(request, asked.DayQuery).day)

    async def numbers(self, request: Request) -> PlayerNumbers:
        got, player = query(request, asked.ScopeQuery), _player(request)
        return await _found(self._insight().numbers(player, got.scope), "player", player)

    async def bands(self, request: Request) -> Bands:
        got, player = query(request, asked.ScopeQuery), _player(request)
        return await _found(self._insight().bands(player, got.scope), "player", player)

    async def consistency(self, request: Request) -> Consistency:
        got, player = query(request, asked.MonthQuery), _player(request)
        return await _found(self._insight().consistency(player, got.scope), "player", player)

    async def affinity(self, request: Request) -> MapAffinity:
        got, player = query(request, asked.RecentQuery), _player(request)
        return await _found(self._insight().map_affinity(player, got.scope), "player", player)

    async def roles(self, request: Request) -> AttackDefence:
        got, player = query(request, asked.RecentQuery), _player(request)
        return await _found(self._insight().attack_defence(player, got.scope), "player", player)

    async def fatigue(self, request: Request) -> Fatigue:
        got, player = query(request, asked.SessionQuery), _player(request)
        return await _found(self._insight().fatigue(player, got.session), "player in such a session", player)

    async def nemesis(self, request: Request) -> Nemesis:
        got, player = query(request, asked.SomeQuery), _player(request)
        return await _found(self._insight().nemesis(player, got.scope, limit=got.limit), "player", player)

    async def duo(self, request: Request) -> Duo:
        got, first, second = query(request, asked.ScopeQuery), _player(request), request.path_params["other"]
        return await _found(self._insight().duo(first, second, got.scope), "pair of players", f"{first}, {second}")

    async def achievements(self, request: Request) -> Achievements:
        player = _player(request)
        return await _found(self._insight().achievements(player), "player", player)

    async def compare(self, request: Request) -> Compared:
        got = query(request, asked.CompareQuery)
        return Compared(players=await _honest(self._insight().compare(_several(got.players), got.scope)))

    async def matchup(self, request: Request) -> Matchup:
        got = query(request, asked.MatchupQuery)
        found = self._insight().matchup(_several(got.a), _several(got.b), exact=got.exact)
        return await _found(found, "such pair of line-ups; somebody is unknown in", f"{got.a} vs {got.b}")

    async def session(self, request: Request) -> SessionInsight:
        wanted = _session(request)
        return await _found(self._insight().session_insight(wanted), "session", wanted)

    async def awards(self, request: Request) -> SessionAwards:
        wanted = _session(request)
        return await _found(self._insight().session_awards(wanted), "session", wanted)

    async def teams(self, request: Request) -> SessionTeams:
        wanted = _session(request)
        return await _found(self._insight().session_teams(wanted), "session", wanted)

    async def changes(self, request: Request) -> LineupChanges:
        wanted, got = _session(request), query(request, asked.PreviousQuery)
        return await _found(self._insight().lineup_changes(wanted, got.previous), "session", got.previous or wanted)

    async def endstats(self, request: Request) -> EndstatsCoverage:
        wanted = _session(request)
        return await _found(self._insight().endstats_coverage(wanted), "session", wanted)

    async def bests(self, request: Request) -> PersonalBests:
        await self.teams(request)  # 404 for a session that there is not
        return PersonalBests(bests=await self._insight().personal_bests(_session(request)))

    async def reached(self, request: Request) -> ReachedSteps:
        await self.teams(request)
        return ReachedSteps(reached=await self._insight().reached(_session(request)))

    async def team_names(self, request: Request) -> TeamNames:
        got = query(request, asked.NamesQuery)
        return TeamNames(names=await self._insight().team_names(got.q, limit=got.limit))

    async def team(self, request: Request) -> TeamRecord:
        got, name = query(request, asked.TeamQuery), request.path_params["name"]
        found = await _honest(self._insight().team_record(name, opponent=got.opponent, days=got.days))
        if not found.meetings and got.opponent is None and got.days is None:
            raise NotFound(f"There is no team {name[:LONGEST]!r}.")
        return found


def _player(request: Request) -> str:
    return str(request.path_params["id"])


def _session(request: Request) -> str | None:
    wanted = str(request.path_params["id"])
    return None if wanted == LATEST else wanted


def _several(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


async def _honest(answer: Awaitable[T]) -> T:
    try:
        return await answer
    except BadScope as error:
        raise BadRequest(str(error)) from None


async def _found(answer: Awaitable[T | None], what: str, wanted: str | None) -> T:
    value = await _honest(answer)
    if value is None:
        raise NotFound(f"There is no {what} {(wanted or LATEST)[:LONGEST]!r}.")
    return value
