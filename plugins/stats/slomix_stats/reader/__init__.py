"""Typed reads of stats: one to three indexed queries per call, sums in SQL, ratios from `slomix_stats.metrics`.

Sums of players are of valid rounds only (`stats.round.valid`), of a session and a match as of a lifetime; those of a
lifetime, of a player's evenings and of leaderboards were added up when the rounds were imported. What a single round
says is there for every round. Bots have no place on a leaderboard, which may be a
moment old: it is read from a replica where there is one. A sum over rounds of which some do not know the value is the
sum of those that do.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from slomix.context import Db
from slomix_stats.api import (
    DataQuality,
    DayLine,
    Leaderboard,
    LeaderboardMetric,
    MatchDetail,
    PlayerHit,
    PlayerProfile,
    RoundDetail,
    RoundEndstats,
    SessionDetail,
    SessionFindings,
    SessionPage,
    SessionsAround,
    WeaponLine,
)
from slomix_stats.findings import data_quality, session_findings
from slomix_stats.reader import boards, evenings, matches, pieces, players

__all__ = ["MIN_ROUNDS", "StatsReader"]

#: Rounds a player needs for a place on a leaderboard where the settings do not say.
MIN_ROUNDS = 3


class StatsReader:
    """Implements `slomix_stats.api.StatsReaderV1`. Times carry the offset of their server's clock."""

    def __init__(self, db: Db, *, min_rounds: int = MIN_ROUNDS) -> None:
        self._db = db
        self._min_rounds = min_rounds

    async def sessions(
        self,
        *,
        limit: int = 20,
        before: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        text: str | None = None,
    ) -> SessionPage:
        cursor, wanted = (None if each is None else _storable(each) for each in (before, text))
        return await evenings.page(self._db, limit, cursor, since=since, until=until, text=wanted)

    async def session_days(self, since: date) -> tuple[DayLine, ...]:
        return await evenings.days(self._db, since)

    async def sessions_around(self, session_id: str) -> SessionsAround:
        return await evenings.around(self._db, _storable(session_id))

    async def session(self, session_id: str) -> SessionDetail | None:
        return await evenings.detail(self._db, _storable(session_id))

    async def latest_session(self) -> SessionDetail | None:
        return await evenings.latest(self._db)

    async def session_rounds(self, session_id: str) -> tuple[RoundDetail, ...]:
        return await evenings.rounds(self._db, _storable(session_id))

    async def quality(self) -> DataQuality:
        return await data_quality(self._db)

    async def findings(self, session_id: str) -> SessionFindings:
        return await session_findings(self._db, _storable(session_id))

    async def match(self, match_id: str) -> MatchDetail | None:
        return await matches.match(self._db, _storable(match_id))

    async def round(self, round_id: str) -> RoundDetail | None:
        return await matches.round_detail(self._db, _storable(round_id))

    async def weapons(self, round_ids: Sequence[str]) -> dict[str, tuple[WeaponLine, ...]]:
        return await pieces.weapons(self._db, [_storable(each) for each in round_ids])

    async def endstats(self, round_id: str) -> RoundEndstats:
        return await pieces.endstats(self._db, _storable(round_id))

    async def player(self, id_or_guid: str) -> PlayerProfile | None:
        return await players.profile(self._db, _storable(id_or_guid))

    async def find_players(self, text: str, *, limit: int = 25) -> tuple[PlayerHit, ...]:
        return await players.find(self._db, _storable(text), limit)

    async def leaderboard(self, metric: LeaderboardMetric, *, limit: int = 10, offset: int = 0) -> Leaderboard:
        return await boards.leaderboard(self._db.replica(), metric, self._min_rounds, limit, offset)


def _storable(text: str) -> str:
    """`text` without NUL, which PostgreSQL refuses and no id or name holds: it finds nothing then."""
    return text.replace("\0", "\ufffd")
