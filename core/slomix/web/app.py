"""The web application, put together once from the records of the running plugins.

Each plugin has its own mount behind its own guard, so no two can collide and a mistake in one stays there. Core's
addresses are `/-/…`, `/healthz`, `/readyz`, `/metrics`, `/api/status`, `/openapi.json` and `/static/…`; pages at `/`
are those of `webui`.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from slomix.contrib import Capability, Static
from slomix.errors import PluginError
from slomix.people.rights import OWN
from slomix.storage.sources import MigrationSource, core_migrations
from slomix.web import mounts
from slomix.web.api import description, json_answer
from slomix.web.auth import Auth
from slomix.web.buckets import Buckets, Views
from slomix.web.cache import AnswerCache
from slomix.web.compress import Compressed
from slomix.web.eventlog import EventStream, public_keys
from slomix.web.frames import Feed
from slomix.web.gate import ServerGate
from slomix.web.guard import Guard, failure
from slomix.web.headers import SecurityHeaders
from slomix.web.health import Readiness
from slomix.web.hosts import KnownHosts, is_https, public_origin
from slomix.web.ingest import Pipeline, Upload
from slomix.web.limits import Limiter
from slomix.web.login import LoginRoutes
from slomix.web.metrics import Counted, Metrics
from slomix.web.mounts import NamedRoute as Route
from slomix.web.openapi import ALWAYS, JSON, Operation, document
from slomix.web.static import StaticFiles
from slomix.web.status import Healthz, PluginInfo, Status, StatusPages
from slomix.web.streams import Streams
from slomix.web.table import tabled

if TYPE_CHECKING:
    from slomix.clock import Clock
    from slomix.people.service import PeopleService
    from slomix.settings import Settings
    from slomix.storage.database import Database

log = structlog.get_logger("slomix.web")

CORE = "slomix"
#: For so long after a change a read replica may still answer with what was before it.
REPLICA_LAG_S = 2.0
ASSETS = Path(__file__).parent / "assets"


class Contributed(Protocol):
    """A record and whose it is."""

    @property
    def plugin(self) -> str: ...
    @property
    def record(self) -> Any: ...


class Host(mounts.Host, Protocol):
    """What is needed of `slomix.host.host.Host`."""

    @property
    def loaded(self) -> Iterable[Any]: ...


class Live(Feed, Protocol):
    """What is needed of `slomix.bus.LiveFeed`."""

    @property
    def listening(self) -> bool: ...
    @property
    def seen(self) -> int: ...
    @property
    def version(self) -> tuple[int, int]: ...
    def moved(self) -> None: ...


class Bus(Protocol):
    """What is needed of `slomix.bus.Bus`."""

    @property
    def live(self) -> Live: ...


class Runtime(Protocol):
    """What is needed of `slomix.runtime.Runtime`."""

    @property
    def settings(self) -> Settings: ...
    @property
    def db(self) -> Database: ...
    @property
    def host(self) -> Host: ...
    @property
    def bus(self) -> Bus: ...
    @property
    def people(self) -> PeopleService: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def bot_off(self) -> str: ...


def build_app(runtime: Runtime, pipeline: Pipeline) -> Starlette:
    """The application. `app.state.streams.close()` ends its event streams before a server stops.

    A plugin whose routes or static folders can not be added is degraded, with the reason, and the rest goes on.
    """
    static = StaticFiles()
    static.add(CORE, [Static(folder=ASSETS)])
    _add_static(runtime.host, static)
    web = runtime.settings.core.web
    routes = mounts.plugin_routes(runtime.host, Views(web.views_per_minute))
    origin = public_origin(web)
    auth = _auth(runtime)
    answers = AnswerCache(
        runtime.bus.live,
        most_bytes=web.kept_answers_mib << 20,
        lag_s=REPLICA_LAG_S if runtime.settings.core.database.read_urls else 0.0,
    )
    streams = Streams(runtime.bus.live, per_address=web.streams_per_address)
    metrics = Metrics(runtime.db, runtime.bus.live, runtime.host, web.metrics_token, answers=answers, streams=streams)
    gate = ServerGate(runtime.db)
    app = Starlette(
        routes=tabled(
            *_core_routes(
                runtime,
                Upload(gate, pipeline, runtime.settings.core.ingest),
                EventStream(streams, public_keys()),
                metrics,
            ),
            *LoginRoutes(auth).routes(),
            static.route(),
            *routes.mounts(Limiter(per_minute=web.changes_per_minute, burst=web.changes_per_minute)),
        ),
        middleware=[
            Middleware(SecurityHeaders, https=is_https(web)),
            Middleware(Counted, metrics=metrics),
            Middleware(Guard, plugin=CORE),
            *([Middleware(KnownHosts, origin=origin, hosts=web.hosts)] if origin else []),
            Middleware(Compressed),
        ],
        exception_handlers={HTTPException: _http_error},
    )
    app.state.runtime = runtime
    app.state.pipeline = pipeline
    app.state.static = static
    app.state.streams = streams
    app.state.answers = answers
    app.state.gate = gate
    app.state.auth = auth
    app.state.buckets = Buckets()
    app.state.origin = origin
    app.state.description = document([*CORE_OPERATIONS, *routes.operations], version("slomix"))
    app.state.core_style = static.url(CORE, "core.css")
    return app


CORE_OPERATIONS = (
    Operation(path="/healthz", summary="The process is alive", tag=CORE, media_type="text/plain"),
    Operation(
        path="/readyz", summary="The program can do its work now", tag=CORE, media_type="text/plain", texts=(503,)
    ),
    Operation(path="/api/status", summary="How the program is", tag=CORE, response=Status, errors=ALWAYS),
    Operation(
        path="/-/plugins.json",
        summary="Plugins with state and reason",
        tag=CORE,
        response=list[PluginInfo],
        errors=ALWAYS,
    ),
    Operation(
        path="/-/events",
        summary="What happened, as server-sent events, or as one JSON page; goes on after the header Last-Event-ID",
        tag=CORE,
        media_type="text/event-stream",
        also=(JSON,),
        params={"last": (int, "number of the last event that was seen, where the header can not be sent")},
        errors=(400, 421, 429, 500, 503),
    ),
    Operation(
        path="/-/ingest",
        method="post",
        summary="Take a file of a game server (raw body)",
        tag=CORE,
        response=dict[str, Any],
        params={"name": (str, "name of the file, without folders")},
        body=True,
        server=True,
        errors=(400, 401, 413, 429, *ALWAYS),
    ),
)


def _core_routes(runtime: Runtime, upload: Upload, events: EventStream, metrics: Metrics) -> list[BaseRoute]:
    sftp = [source.name for source in runtime.settings.core.ingest.sftp]
    pages = StatusPages(runtime.db, runtime.host, lambda: runtime.bot_off, sftp)
    ready = Readiness(runtime.db, runtime.bus.live, [core_migrations(), *_migrations(runtime.host)])
    return [
        Route("/healthz", Healthz(), methods=["GET"]),
        Route("/readyz", ready.answer),
        Route("/metrics", metrics.answer),
        Route("/api/status", pages.status),
        Route("/openapi.json", _openapi),
        Route("/-/events", events, methods=["GET"], name="events"),
        Route("/-/ingest", upload.receive, methods=["POST"]),
        Route("/-/plugins", pages.plugins_html, name="plugins"),
        Route("/-/plugins.json", pages.plugins_json),
    ]


async def _openapi(request: Request) -> Response:
    return json_answer(request, description(request))


def _migrations(host: Host) -> list[MigrationSource]:
    """The migrations of the plugins that run."""
    return [
        MigrationSource(name=entry.name, schema=entry.name, folder=entry.migrations)
        for entry in host.loaded
        if entry.migrations
    ]


def _add_static(host: Host, static: StaticFiles) -> None:
    declared: dict[str, list[Static]] = {}
    for contributed in host.records(Static):
        declared.setdefault(contributed.plugin, []).append(contributed.record)
    for plugin, records in declared.items():
        try:
            static.add(plugin, records)
        except (PluginError, OSError) as error:
            host.degrade(plugin, str(error))


def _auth(runtime: Runtime) -> Auth:
    def declared() -> tuple[Contributed, ...]:
        return (*runtime.host.records(Capability), *OWN)

    return Auth(runtime.db, runtime.people, runtime.clock, runtime.settings.core, declared)


async def _http_error(request: Request, error: Exception) -> Response:
    """Starlette's own errors (404, 405 …) look like all others."""
    return failure(request.scope, error, CORE)
