"""The endpoints: read what the page needs, make its view model, render it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from msgspec import Meta
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from slomix.context import Services
from slomix.web.api import query
from slomix_stats.api import LeaderboardMetric, SessionDetail, StatsReaderV1
from slomix_webui import formats
from slomix_webui.render import page
from slomix_webui.views.board import METRICS, board_rows, metric_info
from slomix_webui.views.player import player_view
from slomix_webui.views.session import SessionView, headline, session_view

#: Sessions of one page of the list, and below the latest one on the home page.
SESSIONS = 50
EARLIER = 8
PLACES = 50
HITS = 50
API = "/stats/api/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionsQuery:
    before: Annotated[str, Meta(max_length=64)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayersQuery:
    q: Annotated[str, Meta(max_length=64)] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaderboardQuery:
    metric: LeaderboardMetric = "dpm"
    offset: Annotated[int, Meta(ge=0, le=1_000_000)] = 0


class Pages:
    """All pages. The reader is looked up when a page is asked for, since plugins may start in any order."""

    def __init__(self, services: Services) -> None:
        self._services = services

    @property
    def _stats(self) -> StatsReaderV1:
        # A protocol is asked for as the key of its service; mypy wants a concrete class there.
        return self._services.get(StatsReaderV1)  # type: ignore[type-abstract]

    async def home(self, request: Request) -> Response:
        """The latest session, and the ones before it."""
        latest = await self._stats.latest_session()
        if latest is None:
            return page(
                request,
                "welcome.html",
                title="No round yet",
                description="Slomix waits for its first stats file.",
                here="home",
                live="*",
            )
        view = await self._view(latest)
        before = await self._stats.sessions(limit=EARLIER, before=latest.session.session_id)
        return page(
            request,
            "home.html",
            title=f"Latest night, {headline(view)}",
            description=_describe(view),
            here="home",
            live="*",
            twin=f"{API}/sessions/{quote(latest.session.session_id)}",
            view=view,
            earlier=before.sessions,
        )

    async def sessions(self, request: Request) -> Response:
        """The list of sessions, newest first."""
        asked = query(request, SessionsQuery)
        return page(
            request,
            "sessions.html",
            title="Nights",
            description="Every night that was played here, newest first.",
            here="sessions",
            live=None if asked.before else "*",
            twin=f"{API}/sessions",
            page=await self._stats.sessions(limit=SESSIONS, before=asked.before),
            before=asked.before,
        )

    async def session(self, request: Request) -> Response:
        """One session. An id that was superseded leads to the present one."""
        wanted = request.path_params["id"]
        detail = await self._stats.session(wanted)
        if detail is None:
            return _missing(request, "There is no such night", "sessions", ("/sessions", "All nights"))
        current = detail.session.session_id
        if current != wanted:
            return RedirectResponse(str(request.url.replace(path=f"/sessions/{quote(current)}")), 308)
        view = await self._view(detail)
        return page(
            request,
            "session.html",
            title=f"{formats.day(detail.session.started_at)}, {headline(view)}",
            description=_describe(view),
            here="sessions",
            live=current,
            twin=f"{API}/sessions/{quote(current)}",
            view=view,
        )

    async def match(self, request: Request) -> Response:
        """A match is a block of its session's page."""
        found = await self._stats.match(request.path_params["id"])
        if found is None:
            return _missing(request, "There is no such match", "sessions", ("/sessions", "All nights"))
        return _go(f"/sessions/{quote(found.match.session_id)}#{quote(found.match.match_id)}")

    async def round(self, request: Request) -> Response:
        """A round is a table of its session's page."""
        found = await self._stats.round(request.path_params["id"])
        if found is None:
            return _missing(request, "There is no such round", "sessions", ("/sessions", "All nights"))
        return _go(f"/sessions/{quote(found.round.session_id)}#{quote(found.round.round_id)}")

    async def players(self, request: Request) -> Response:
        """The search. One hit is still shown as a list: the address says what was asked, not who was found."""
        q = query(request, PlayersQuery).q.strip()
        return page(
            request,
            "players.html",
            title=f"Players: {q}" if q else "Players",
            description="Find a player by any name that was ever used here, or by GUID.",
            here="players",
            twin=f"{API}/players?q={quote(q)}",
            q=q,
            hits=await self._stats.find_players(q, limit=HITS),
        )

    async def player(self, request: Request) -> Response:
        """One player by id or GUID."""
        found = await self._stats.player(request.path_params["id"])
        if found is None:
            return _missing(request, "There is no such player", "players", ("/players", "Find a player"))
        view = player_view(found)
        life = found.lifetime
        return page(
            request,
            "player.html",
            title=view.label,
            description=(
                f"{formats.plural(life.rounds, 'round')}, {formats.decimal(life.dpm, 0)} damage per minute, "
                f"K/D {formats.decimal(life.kd, 2)}"
            ),
            here="players",
            live="*",
            twin=f"{API}/players/{quote(found.player_id)}",
            view=view,
        )

    async def leaderboard(self, request: Request) -> Response:
        """The best players by one metric."""
        asked = query(request, LeaderboardQuery)
        board = await self._stats.leaderboard(asked.metric, limit=PLACES, offset=asked.offset)
        info = metric_info(asked.metric)
        return page(
            request,
            "leaderboard.html",
            title=f"Leaderboard, {info.label}",
            description=info.meaning,
            here="leaderboard",
            live="*",
            twin=f"{API}/leaderboard?metric={asked.metric}&offset={asked.offset}",
            metrics=METRICS,
            info=info,
            board=board,
            rows=board_rows(board),
            offset=asked.offset,
            limit=PLACES,
        )

    async def _view(self, detail: SessionDetail) -> SessionView:
        return session_view(detail, await self._stats.session_rounds(detail.session.session_id))


def _describe(view: SessionView) -> str:
    return f"{view.verdict}. {formats.plural(view.session.players, 'player')}; {formats.maps(view.session.maps)}"


def _go(address: str) -> Response:
    """303: a fragment names the place in the page, so the address itself is not cached as moved."""
    return RedirectResponse(address, 303)


def _missing(request: Request, heading: str, here: str, onward: tuple[str, str]) -> Response:
    return page(
        request,
        "missing.html",
        title=heading,
        description=heading,
        here=here,
        status=404,
        heading=heading,
        detail=f"Nothing is stored under {request.path_params['id'][:64]!r}. The address may be mistyped.",
        onward=onward,
    )
