"""The class behind `StatsInsightV1`: finds out what is meant, remembers what was worked out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Sequence
from datetime import UTC, date
from typing import TypeVar

from slomix.clock import Clock
from slomix.context import Db
from slomix_stats.api.boards import (
    AwardBoards,
    Board,
    BoardRow,
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
from slomix_stats.api.insight import EVERYTHING, LAST_30_DAYS, LAST_90_DAYS, THIS_SEASON
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
from slomix_stats.api.reader import SessionLine
from slomix_stats.api.scope import BadScope, MetricInfo, PlayerNumbers, Scope, ScopeUsed, Who
from slomix_stats.insight import (
    awards,
    boards,
    choices,
    lookup,
    maps,
    pairs,
    people,
    records,
    seasons,
    sessions,
    stretches,
    sums,
    teams,
)
from slomix_stats.insight.memory import Memory
from slomix_stats.insight.scopes import resolve
from slomix_stats.metrics.catalogue import METRICS, find_metric
from slomix_stats.metrics.ladders import MILESTONES
from slomix_stats.metrics.periods import season_days
from slomix_stats.metrics.periods import season_id as season_at
from slomix_stats.metrics.registry import Metric

T = TypeVar("T")

#: Rounds that a player needs for bands, and for a place among the best of a map.
BAND_ROUNDS = 10
#: Players of one comparison, and of one side of a match-up.
MOST_COMPARED = 8
#: Names of one side of a match-up.
MOST_LINEUP = 12


class StatsInsight:
    """Implements `slomix_stats.api.StatsInsightV1`. `least`: fewest rounds for a place in a short period."""

    def __init__(self, db: Db, clock: Clock, *, least: int = 3, memory: Memory | None = None) -> None:
        self._db = db
        self._clock = clock
        self._least = least
        self._memory = memory or Memory(db, clock)

    # What there is

    def metrics(self) -> tuple[MetricInfo, ...]:
        return tuple(metric.info for metric in METRICS)

    def metric(self, name: str) -> MetricInfo:
        return find_metric(name).info

    def milestones(self) -> tuple[Milestone, ...]:
        return MILESTONES

    # Everybody

    async def board(
        self, metric: str, scope: Scope = EVERYTHING, *, limit: int = 10, offset: int = 0, cursor: str | None = None
    ) -> Board:
        found = find_metric(metric)
        used = await self._scope(scope, found)
        rows = await self._rows(found, used)
        return boards.page(found, used, rows, limit=limit, offset=offset, cursor=cursor)

    async def form(self, metric: str = "dpm") -> Form:
        found = find_metric(metric)
        if not found.rate:
            raise BadScope(f"Form is of rates, not of totals such as {found.name}: dpm, kd, accuracy and the like.")
        return await self._once(("form", found.name), lambda: people.form(self._db, found, self._clock.now()))

    async def records(
        self,
        *,
        map: str | None = None,  # noqa: A002
        limit: int = 5,
        player: str | None = None,
    ) -> RecordBook:
        if map is not None:
            await self._scope(Scope(map=map), None)
        who = None if player is None else await self._who(player)
        if player is not None and who is None:
            return RecordBook(map=map, records=())
        only = None if who is None else who.player_id
        return await self._once(("records", map, limit, only), lambda: records.records(self._db, map, limit, only))

    async def hall_of_fame(self, scope: Scope = EVERYTHING, *, limit: int = 10) -> HallOfFame:
        used = await self._scope(scope, find_metric("rounds"))

        async def make() -> HallOfFame:
            everybody = await sums.player_sums(self._db, used)
            used_weapons = await records.weapons(self._db, 1) if scope == EVERYTHING else Weapons(weapons=())
            holders = [use.best[0] for use in used_weapons.weapons if use.best]
            return seasons.hall_of_fame(used, everybody, holders, limit)

        return await self._once(("hall", _key(used), limit), make)

    async def award_boards(self, scope: Scope = THIS_SEASON, *, limit: int = 5) -> AwardBoards:
        used = _only_period(await self._scope(scope, None))
        return await self._once(("awards won", _key(used), limit), lambda: awards.award_boards(self._db, used, limit))

    async def maps(self) -> Maps:
        return await self._once(("maps",), lambda: self._maps_of(None))

    async def map_detail(self, map: str) -> MapDetail | None:  # noqa: A002
        if map not in await self._played_maps():
            return None
        metric = find_metric("dpm")
        used = await self._scope(Scope(map=map, min_rounds=BAND_ROUNDS), metric)
        best: tuple[BoardRow, ...] = (await self._rows(metric, used))[:10]
        return await self._once(("map", map), lambda: maps.map_detail(self._db, map, best))

    async def weapons(self, *, limit: int = 5) -> Weapons:
        return await self._once(("weapons", limit), lambda: records.weapons(self._db, limit))

    async def seasons(self) -> Seasons:
        async def make() -> Seasons:
            return Seasons(seasons=await seasons.season_lines(self._db, self._clock.now()))

        return await self._once(("seasons",), make)

    async def current_season(self) -> SeasonLine:
        async def make() -> SeasonLine:
            now = self._clock.now()
            return (await seasons.season_lines(self._db, now, only=season_at(now)))[0]

        return await self._once(("current season",), make)

    async def scope_choices(self) -> ScopeChoices:
        return await self._once(("choices",), lambda: choices.choices(self._db, self._clock.now()))

    async def season(self, season_id: str | None = None) -> Season | None:
        now = self._clock.now()
        wanted = season_id or season_at(now)
        season_days(wanted)
        used = await self._scope(Scope(period=wanted), find_metric("rounds"))
        everything = await self._scope(EVERYTHING, find_metric("rounds"))

        async def make() -> Season | None:
            line = (await seasons.season_lines(self._db, now, only=wanted))[0]
            if not line.sessions and not line.current:
                return None
            mine, all_of_it = await sums.player_sums(self._db, used), await sums.player_sums(self._db, everything)
            awards = await seasons.season_awards(self._db, used)
            return seasons.season(line, used, mine, (everything, all_of_it), awards)

        return await self._once(("season", wanted), make)

    async def on_this_day(self, day: date | None = None) -> OnThisDay:
        wanted = day or self._clock.now().astimezone(UTC).date()
        return await self._once(("day", wanted), lambda: seasons.on_this_day(self._db, wanted))

    # One player

    async def numbers(self, player: str, scope: Scope = EVERYTHING) -> PlayerNumbers | None:
        found = await self.compare([player], scope)
        return found[0] if found else None

    async def compare(self, players: Sequence[str], scope: Scope = EVERYTHING) -> tuple[PlayerNumbers, ...]:
        if len(players) > MOST_COMPARED:
            raise BadScope(f"At most {MOST_COMPARED} players can be compared.")
        used = await self._scope(scope, None)
        asked = [who for name in players if (who := await self._who(name)) is not None]
        ids = tuple(who.player_id for who in asked)

        async def make() -> tuple[PlayerNumbers, ...]:
            found = {
                each.who.player_id: each for each in await sums.player_sums(self._db, used, players=list(set(ids)))
            }
            nothing = {"rounds": 0.0}
            return tuple(
                boards.numbers_of(found.get(who.player_id) or sums.PlayerSums(who=who, sums=nothing)) for who in asked
            )

        return await self._once(("numbers", ids, _key(used)), make)

    async def bands(self, player: str, scope: Scope = EVERYTHING) -> Bands | None:
        who = await self._who(player)
        if who is None:
            return None
        least = scope.min_rounds or BAND_ROUNDS
        used = await self._scope(
            Scope(period=scope.period, map=scope.map, side=scope.side, format=scope.format, min_rounds=least), None
        )

        async def everybody() -> tuple[boards.Rankings, dict[str, sums.PlayerSums]]:
            found = await sums.player_sums(self._db, used)
            return boards.rankings(used, found), {each.who.player_id: each for each in found}

        ranks, players = await self._once(("rankings", _key(used)), everybody)
        nothing = sums.PlayerSums(who=who, sums={"rounds": 0})
        return boards.bands_of(players.get(who.player_id, nothing), used, ranks)

    async def consistency(self, player: str, scope: Scope = LAST_30_DAYS) -> Consistency | None:
        async def make(who: Who, used: ScopeUsed) -> Consistency:
            return await people.consistency(self._db, who, used)

        return await self._of_player("consistency", player, scope, make, maps=True)

    async def map_affinity(self, player: str, scope: Scope = LAST_90_DAYS) -> MapAffinity | None:
        async def make(who: Who, used: ScopeUsed) -> MapAffinity:
            return await people.map_affinity(self._db, who, used)

        return await self._of_player("affinity", player, scope, make)

    async def attack_defence(self, player: str, scope: Scope = LAST_90_DAYS) -> AttackDefence | None:
        async def make(who: Who, used: ScopeUsed) -> AttackDefence:
            return await people.attack_defence(self._db, who, used)

        return await self._of_player("roles", player, scope, make, maps=True)

    async def fatigue(self, player: str, session: str | None = None) -> Fatigue | None:
        who = await self._who(player)
        if who is None:
            return None
        wanted = session or await lookup.latest_session_of(self._db, who.player_id)
        line = None if wanted is None else await self._line(wanted)
        if line is None:
            return None
        return await self._once(("fatigue", who.player_id, line), lambda: people.fatigue(self._db, who, line))

    async def nemesis(self, player: str, scope: Scope = EVERYTHING, *, limit: int = 5) -> Nemesis | None:
        async def make(who: Who, used: ScopeUsed) -> Nemesis:
            return await pairs.nemesis(self._db, who, used, limit)

        return await self._of_player(f"nemesis {limit}", player, scope, make)

    async def duo(self, first: str, second: str, scope: Scope = EVERYTHING) -> Duo | None:
        one, two = await self._who(first), await self._who(second)
        used = _only_period(await self._scope(scope, None))
        if one is None or two is None:
            return None
        if one.player_id == two.player_id:
            raise BadScope("That is one player twice; name two.")
        return await self._once(
            ("duo", one.player_id, two.player_id, _key(used)), lambda: pairs.duo(self._db, one, two, used)
        )

    async def matchup(self, a: Sequence[str], b: Sequence[str], *, exact: bool = False) -> Matchup | None:
        if not a or not b or len(a) > MOST_LINEUP or len(b) > MOST_LINEUP:
            raise BadScope(f"A line-up is 1 to {MOST_LINEUP} players.")
        found = [[await self._who(name) for name in side] for side in (a, b)]
        first, second = ([who for who in side if who is not None] for side in found)
        if len(first) < len(a) or len(second) < len(b):
            return None
        ids = tuple(who.player_id for who in (*first, *second))
        if len(set(ids)) < len(ids):
            raise BadScope("One player is named twice; each can be in one line-up only.")
        return await self._once(
            ("matchup", ids, len(first), exact), lambda: pairs.matchup(self._db, first, second, exact=exact)
        )

    async def achievements(self, player: str) -> Achievements | None:
        who = await self._who(player)
        if who is None:
            return None
        return await self._once(("achievements", who), lambda: records.achievements(self._db, who))

    # One session

    async def reached(self, session: str | None = None) -> tuple[Reached, ...]:
        found = await self._of_session("reached", session, lambda line: records.reached(self._db, line.session_id))
        return found or ()

    async def personal_bests(self, session: str | None = None) -> tuple[PersonalBest, ...]:
        found = await self._of_session("bests", session, lambda line: records.personal_bests(self._db, line))
        return found or ()

    async def session_insight(self, session: str | None = None) -> SessionInsight | None:
        return await self._of_session("insight", session, self._insight)

    async def session_awards(self, session: str | None = None) -> SessionAwards | None:
        return await self._of_session("awards", session, self._awards)

    async def session_summary(self, session: str | None = None) -> SessionSummary | None:
        return await self._of_session("summary", session, lambda line: stretches.summary(self._db, line))

    async def session_grid(self, metric: str = "dpm", session: str | None = None) -> SessionGrid | None:
        found = find_metric(metric)
        return await self._of_session(f"grid {found.name}", session, lambda line: stretches.grid(self._db, line, found))

    async def session_duos(self, session: str | None = None) -> tuple[SessionDuo, ...]:
        return await self._of_session("duos", session, lambda line: stretches.duos(self._db, line)) or ()

    async def session_teams(self, session: str | None = None) -> SessionTeams | None:
        return await self._of_session("teams", session, lambda line: teams.session_teams(self._db, line))

    async def endstats_coverage(self, session: str | None = None) -> EndstatsCoverage | None:
        return await self._of_session("endstats", session, lambda line: teams.endstats_coverage(self._db, line))

    async def lineup_changes(self, session: str | None = None, previous: str | None = None) -> LineupChanges | None:
        line = await self._line(session)
        if line is None:
            return None
        wanted = previous or await teams.previous_session(self._db, line)
        before = None if wanted is None else await self._line(wanted)
        if previous is not None and before is None:
            return None
        return await self._once(("changes", line, before), lambda: teams.lineup_changes(self._db, line, before))

    # Teams

    async def team_record(self, name: str, *, opponent: str | None = None, days: int | None = None) -> TeamRecord:
        if days is not None and not 1 <= days <= 36_500:
            raise BadScope("days is a number from 1 to 36500.")
        now = self._clock.now()
        own, other = _storable(name), None if opponent is None else _storable(opponent)
        return await self._once(("team", own, other, days), lambda: teams.team_record(self._db, own, other, days, now))

    async def team_names(self, typed: str = "", *, limit: int = 25) -> tuple[str, ...]:
        return await teams.team_names(self._db, typed, limit)

    # How it is done

    async def _once(self, question: Hashable, answer: Callable[[], Awaitable[T]]) -> T:
        return await self._memory.of(question, answer)

    async def _who(self, id_or_guid: str) -> Who | None:
        return await self._once(("who", id_or_guid), lambda: lookup.find_who(self._db, id_or_guid))

    async def _line(self, session_id: str | None) -> SessionLine | None:
        return await self._once(("line", session_id), lambda: lookup.find_session(self._db, session_id))

    async def _insight(self, line: SessionLine) -> SessionInsight:
        return await sessions.insight(self._db, line, await self._session_sums(line))

    async def _awards(self, line: SessionLine) -> SessionAwards:
        return await sessions.awards(self._db, line, await self._session_sums(line))

    async def _session_sums(self, line: SessionLine) -> list[sums.PlayerSums]:
        return await self._once(("session sums", line), lambda: sums.session_sums(self._db, line.session_id))

    async def _played_maps(self) -> frozenset[str]:
        return await self._once(("played maps",), lambda: lookup.played_maps(self._db))

    async def _maps_of(self, name: str | None) -> Maps:
        return await maps.maps(self._db, sorted(await self._played_maps()) if name is None else [name])

    async def _scope(self, scope: Scope, metric: Metric | None) -> ScopeUsed:
        played = await self._played_maps() if scope.map is not None else ()
        return resolve(scope, now=self._clock.now(), maps=played, least=self._least, metric=metric)

    async def _rows(self, metric: Metric, used: ScopeUsed) -> tuple[BoardRow, ...]:
        return await self._once(("board", metric.name, _key(used)), lambda: boards.board_rows(self._db, metric, used))

    async def _of_player(
        self,
        what: str,
        player: str,
        scope: Scope,
        make: Callable[[Who, ScopeUsed], Awaitable[T]],
        *,
        maps: bool = False,
    ) -> T | None:
        """An answer about one player over a period, and over a map where `maps`."""
        used = _only_period(await self._scope(scope, None), maps=maps)
        who = await self._who(player)
        if who is None:
            return None
        return await self._once((what, who.player_id, _key(used)), lambda: make(who, used))

    async def _of_session(
        self, what: str, session: str | None, make: Callable[[SessionLine], Awaitable[T]]
    ) -> T | None:
        line = await self._line(session)
        return None if line is None else await self._once((what, line), lambda: make(line))


def _key(used: ScopeUsed) -> Hashable:
    """The scope by its names: moments of "the last 7 days" are others each time."""
    return used.period, used.map, used.side, used.format, used.min_rounds


def _only_period(used: ScopeUsed, *, maps: bool = False) -> ScopeUsed:
    """The scope, which may name only a period here, and a map where `maps`."""
    if used.side is not None or used.format is not None or (used.map is not None and not maps):
        allowed = "a period and a map" if maps else "a period"
        raise BadScope(f"This is known for {allowed} only; leave side and format{'' if maps else ' and map'} out.")
    return used


def _storable(text: str) -> str:
    return text.replace("\0", "\ufffd")
