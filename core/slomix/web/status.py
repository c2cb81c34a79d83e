"""How the program is: `/healthz` for load balancers, `/api/status` for monitors, `/-/plugins` for people."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from time import monotonic
from typing import TYPE_CHECKING, Any, Literal, Protocol

import structlog
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import Receive, Scope, Send

from slomix.ingest.remote import RemoteState, states
from slomix.web.api import json_answer
from slomix.web.pages import plugins_page

if TYPE_CHECKING:
    from slomix.context import Reads

log = structlog.get_logger("slomix.web")

#: A monitor is answered in time, also when the database hangs.
DATABASE_LIMIT_S = 2.0

LAST_ROUND = "select max(ended_at) from slomix.round"
LEDGER = "select outcome, count(*) from slomix.artifact group by outcome"


class Host(Protocol):
    """What the host says of its plugins."""

    @property
    def states(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class PluginInfo:
    """A plugin's state with its reason; `hooks` are those it implements."""

    name: str
    version: str | None
    state: str
    reason: str
    hooks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ledger:
    """How many files there are of each outcome."""

    imported: int
    empty: int
    quarantined: int


@dataclass(frozen=True, slots=True)
class Bot:
    """Whether this installation has a Discord bot, and if not, why."""

    on: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The answer of `/api/status`. `last_round_at` and `ledger` are null while the database is away.

    `sftp` tells of the machines that files are fetched from.
    """

    status: Literal["ok", "degraded"]
    version: str
    uptime_s: int
    database: Literal["reachable", "unreachable"]
    last_round_at: datetime | None
    ledger: Ledger | None
    bot: Bot
    plugins: list[PluginInfo]
    sftp: list[RemoteState]


class Healthz:
    """`/healthz`: the process is alive. Looks at nothing else, so it is cheap and never wrong about that."""

    _HEADERS = (
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", b"3"),
        (b"cache-control", b"no-store"),
    )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self._HEADERS})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else b"ok\n"})


class StatusPages:
    """The endpoints that read host and database."""

    def __init__(self, db: Reads, host: Host, bot_off: Callable[[], str], sftp: Iterable[str] = ()) -> None:
        """`bot_off` tells why the bot does not run, empty when it does; `sftp` are the names of the sources."""
        self._db = db
        self._sftp = list(sftp)
        self._bot_off = bot_off
        self._host = host
        self._version = version("slomix")
        self._began = monotonic()

    async def status(self, request: Request) -> Response:
        """`/api/status`: 200 also when something is wrong; what is, is inside."""
        return json_answer(request, await self.read())

    async def plugins_json(self, request: Request) -> Response:
        """`/-/plugins.json`."""
        return json_answer(request, self.plugins())

    async def plugins_html(self, request: Request) -> Response:
        """`/-/plugins`."""
        page = plugins_page(request.scope, self.plugins())
        return HTMLResponse(page, headers={"Cache-Control": "no-cache"})

    def plugins(self) -> list[PluginInfo]:
        """All plugins that plugins.toml or the machine knows, in the host's order."""
        return [
            PluginInfo(name, state.version, str(state.state), state.reason or "", tuple(state.hooks))
            for name, state in self._host.states.items()
        ]

    async def read(self) -> Status:
        """Everything that a monitor asks for."""
        plugins = self.plugins()
        last_round_at, ledger, reachable = None, None, True
        sftp: list[RemoteState] = []
        try:
            async with asyncio.timeout(DATABASE_LIMIT_S):
                last_round_at = await self._db.fetchval(LAST_ROUND)
                counts = {row[0]: row[1] for row in await self._db.fetch(LEDGER)}
                sftp = await states(self._db, self._sftp) if self._sftp else []
            ledger = Ledger(*(counts.get(outcome, 0) for outcome in ("imported", "empty", "quarantined")))
        except Exception as error:
            log.warning("database does not answer", error=repr(error))
            reachable = False
        fetched = not any(state.trouble for state in sftp)
        well = reachable and fetched and all(plugin.state in ("running", "disabled") for plugin in plugins)
        return Status(
            status="ok" if well else "degraded",
            version=self._version,
            uptime_s=int(monotonic() - self._began),
            database="reachable" if reachable else "unreachable",
            last_round_at=last_round_at,
            ledger=ledger,
            bot=Bot(on=not self._bot_off(), reason=self._bot_off()),
            plugins=plugins,
            sftp=sftp,
        )
