"""Rounds, matches, sessions and players as JSON: the records of `slomix_stats.api` as they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, TypeVar

from msgspec import Meta
from starlette.requests import Request

from slomix.context import Db, PluginContext
from slomix.contrib import Api
from slomix.web.api import NotFound, query
from slomix_stats.api import (
    DataQuality,
    Leaderboard,
    LeaderboardMetric,
    MatchDetail,
    PlayerHit,
    PlayerProfile,
    RoundDetail,
    SessionDetail,
    SessionFindings,
    SessionPage,
    StatsReaderV1,
)
from slomix_stats.findings import data_quality, session_findings

T = TypeVar("T")

#: Most rows of one answer.
MOST = 100
#: Longest text that is searched for.
LONGEST = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayerHits:
    """What a search found, those seen last first."""

    players: tuple[PlayerHit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionsQuery:
    limit: Annotated[int, Meta(ge=1, le=MOST)] = 20
    before: Annotated[str, Meta(max_length=LONGEST)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayersQuery:
    q: Annotated[str, Meta(max_length=LONGEST)] = ""
    limit: Annotated[int, Meta(ge=1, le=MOST)] = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaderboardQuery:
    metric: LeaderboardMetric = "dpm"
    limit: Annotated[int, Meta(ge=1, le=MOST)] = 10
    offset: Annotated[int, Meta(ge=0, le=1_000_000)] = 0


def routes(ctx: PluginContext, reader: StatsReaderV1) -> Iterable[Api]:
    """The answers of `reader`. Unknown ids are 404, superseded ones are followed."""
    api = _Answers(ctx.db, reader)
    yield Api(
        path="/sessions",
        endpoint=api.sessions,
        response=SessionPage,
        summary="Sessions, newest first",
        params={
            "limit": (int, f"how many, 1 to {MOST}; 20 without it"),
            "before": (str, "`next` of the page before this one"),
        },
    )
    yield Api(
        path="/sessions/{id}",
        endpoint=api.session,
        response=SessionDetail,
        summary="One session with its matches and players",
    )
    yield Api(
        path="/sessions/{id}/findings",
        endpoint=api.session_findings,
        response=SessionFindings,
        summary="What does not add up in a session, and what was left out of its numbers",
    )
    yield Api(
        path="/findings", endpoint=api.findings, response=DataQuality, summary="What checks noticed, counted by check"
    )
    yield Api(
        path="/matches/{id}",
        endpoint=api.match,
        response=MatchDetail,
        summary="One match with the players of each round and their sums",
    )
    yield Api(path="/rounds/{id}", endpoint=api.round, response=RoundDetail, summary="One round with its players")
    yield Api(
        path="/players",
        endpoint=api.players,
        response=PlayerHits,
        summary="Players by name or GUID, those seen last first",
        params={
            "q": (str, "beginning of a name or of a GUID, or a part of a name; everybody without it"),
            "limit": (int, f"how many, 1 to {MOST}; 25 without it"),
        },
    )
    yield Api(
        path="/players/{id}",
        endpoint=api.player,
        response=PlayerProfile,
        summary="One player by id or 8-character GUID: lifetime, weapons, names, latest sessions",
    )
    yield Api(
        path="/leaderboard",
        endpoint=api.leaderboard,
        response=Leaderboard,
        summary="Best players by one metric over all time",
        params={
            "metric": (LeaderboardMetric, "what is ranked; dpm without it"),
            "limit": (int, f"how many, 1 to {MOST}; 10 without it"),
            "offset": (int, "places to leave out"),
        },
    )


class _Answers:
    def __init__(self, db: Db, reader: StatsReaderV1) -> None:
        self._db = db
        self._reader = reader

    async def sessions(self, request: Request) -> SessionPage:
        asked = query(request, SessionsQuery)
        return await self._reader.sessions(limit=asked.limit, before=asked.before)

    async def session(self, request: Request) -> SessionDetail:
        wanted = request.path_params["id"]
        return _found(await self._reader.session(wanted), "session", wanted)

    async def session_findings(self, request: Request) -> SessionFindings:
        detail = await self.session(request)
        return await session_findings(self._db, detail.session.session_id)

    async def findings(self, request: Request) -> DataQuality:
        return await data_quality(self._db)

    async def match(self, request: Request) -> MatchDetail:
        wanted = request.path_params["id"]
        return _found(await self._reader.match(wanted), "match", wanted)

    async def round(self, request: Request) -> RoundDetail:
        wanted = request.path_params["id"]
        return _found(await self._reader.round(wanted), "round", wanted)

    async def players(self, request: Request) -> PlayerHits:
        asked = query(request, PlayersQuery)
        return PlayerHits(players=await self._reader.find_players(asked.q, limit=asked.limit))

    async def player(self, request: Request) -> PlayerProfile:
        wanted = request.path_params["id"]
        return _found(await self._reader.player(wanted), "player", wanted)

    async def leaderboard(self, request: Request) -> Leaderboard:
        asked = query(request, LeaderboardQuery)
        return await self._reader.leaderboard(asked.metric, limit=asked.limit, offset=asked.offset)


def _found(value: T | None, what: str, wanted: str) -> T:
    if value is None:
        raise NotFound(f"There is no {what} {wanted[:LONGEST]!r}.")
    return value
