"""The web application, put together once from the records of the running plugins.

Each plugin has its own mount behind its own guard, so no two can collide and a mistake in one stays there. Core's
addresses are `/-/…`, `/healthz`, `/api/status`, `/openapi.json` and `/static/…`; pages at `/` are those of `webui`.
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
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Match, Mount, Route, Router
from starlette.types import Receive, Scope, Send

from slomix.contrib import Api, Page, Static
from slomix.errors import PluginError
from slomix.web.api import json_answer, json_endpoint
from slomix.web.guard import Guard, failure
from slomix.web.headers import SecurityHeaders
from slomix.web.ingest import Pipeline, Upload
from slomix.web.openapi import Operation, document, operation_of
from slomix.web.sse import EventStream, Feed, public_keys
from slomix.web.static import StaticFiles
from slomix.web.status import Healthz, PluginInfo, Status, StatusPages

if TYPE_CHECKING:
    from slomix.settings import Settings
    from slomix.storage.database import Database

log = structlog.get_logger("slomix.web")

CORE = "slomix"
#: The one plugin whose pages may be at `/`.
ROOT_PLUGIN = "webui"
#: First parts of paths that are core's.
RESERVED = frozenset(("-", "api", "healthz", "openapi.json", "static", CORE))
ASSETS = Path(__file__).parent / "assets"
COMPRESS_LEVEL = 5


class Contributed(Protocol):
    """A record and whose it is."""

    @property
    def plugin(self) -> str: ...
    @property
    def record(self) -> Any: ...


class Host(Protocol):
    """What is needed of `slomix.host.host.Host`."""

    @property
    def states(self) -> dict[str, Any]: ...
    def records(self, kind: type[Any]) -> Iterable[Any]: ...
    def degrade(self, name: str, reason: str) -> None: ...


class Bus(Protocol):
    """What is needed of `slomix.bus.Bus`."""

    @property
    def live(self) -> Feed: ...


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
    def bot_off(self) -> str: ...


def build_app(runtime: Runtime, pipeline: Pipeline) -> Starlette:
    """The application. `app.state.events.close()` ends its event streams before a server stops.

    A plugin whose routes or static folders can not be added is degraded, with the reason, and the rest goes on.
    """
    static = StaticFiles()
    static.add(CORE, [ASSETS])
    _add_static(runtime.host, static)
    mounts, root, operations = _plugin_routes(runtime.host)
    events = EventStream(runtime.bus.live, public_keys())
    app = Starlette(
        routes=[
            *_core_routes(runtime, pipeline, events, [*CORE_OPERATIONS, *operations]),
            static.route(),
            *mounts,
            root,
        ],
        middleware=[
            Middleware(SecurityHeaders),
            Middleware(Guard, plugin=CORE),
            Middleware(GZipMiddleware, compresslevel=COMPRESS_LEVEL),
        ],
        exception_handlers={HTTPException: _http_error},
    )
    app.state.static = static
    app.state.events = events
    app.state.core_style = static.url(CORE, "core.css")
    return app


CORE_OPERATIONS = (
    Operation(path="/healthz", summary="The process is alive", tag=CORE, media_type="text/plain"),
    Operation(path="/api/status", summary="How the program is", tag=CORE, response=Status),
    Operation(path="/-/plugins.json", summary="Plugins with state and reason", tag=CORE, response=list[PluginInfo]),
    Operation(
        path="/-/events",
        summary="What happened, as server-sent events; resumes after the header Last-Event-ID",
        tag=CORE,
        media_type="text/event-stream",
        params={"last": (int, "number of the last event that was seen, where the header can not be sent")},
        errors=(400, 429, 503),
    ),
    Operation(
        path="/-/ingest",
        method="post",
        summary="Take a file of a game server (raw body)",
        tag=CORE,
        response=dict[str, Any],
        params={"name": (str, "name of the file, without folders")},
        body=True,
        security=True,
        errors=(400, 401, 413, 503),
    ),
)


def _core_routes(
    runtime: Runtime, pipeline: Pipeline, events: EventStream, operations: list[Operation]
) -> list[BaseRoute]:
    pages = StatusPages(runtime.db, runtime.host, lambda: runtime.bot_off)
    upload = Upload(runtime.db, pipeline, runtime.settings.core.ingest.max_upload_bytes)
    description = document(operations, version("slomix"))

    async def openapi(request: Request) -> Response:
        return json_answer(request, description)

    return [
        Route("/healthz", Healthz(), methods=["GET"]),
        Route("/api/status", pages.status),
        Route("/openapi.json", openapi),
        Route("/-/events", events, methods=["GET"], name="events"),
        Route("/-/ingest", upload.receive, methods=["POST"]),
        Route("/-/plugins", pages.plugins_html, name="plugins"),
        Route("/-/plugins.json", pages.plugins_json),
    ]


def _plugin_routes(host: Host) -> tuple[list[BaseRoute], BaseRoute, list[Operation]]:
    """A mount per plugin, the mount at `/`, and the descriptions of what they answer."""
    inside: dict[str, list[BaseRoute]] = {}
    root: list[BaseRoute] = []
    operations: list[Operation] = []
    for contributed in [*host.records(Api), *host.records(Page)]:
        plugin, record = contributed.plugin, contributed.record
        try:
            route = _route(plugin, record)
        except (AssertionError, ValueError, PluginError) as error:
            host.degrade(plugin, f"its route {record.path!r} was left out: {error}")
            continue
        if isinstance(record, Page) and record.root:
            root.append(route)
        else:
            inside.setdefault(plugin, []).append(route)
        if isinstance(record, Api):
            operations.append(operation_of(plugin, record))
    mounts: list[BaseRoute] = [
        Mount(f"/{plugin}", app=_guarded(plugin, routes), name=plugin) for plugin, routes in inside.items()
    ]
    if not root:
        root.append(Route("/", _to_plugins))
    return (
        mounts,
        _RootMount("", app=_Root(_guarded(ROOT_PLUGIN, root), frozenset(inside)), name=ROOT_PLUGIN),
        operations,
    )


def _route(plugin: str, record: Api | Page) -> Route:
    """The route of a record. Raises `PluginError`, or Starlette's own complaint about the path."""
    if plugin in RESERVED:
        raise PluginError(f"the name {plugin!r} is core's own")
    if isinstance(record, Api):
        return Route(f"/api/v1{record.path}", json_endpoint(record.endpoint), methods=["GET"])
    if record.root and plugin != ROOT_PLUGIN:
        raise PluginError(f"only the plugin {ROOT_PLUGIN!r} may have pages at '/'")
    return Route(record.path, record.endpoint, methods=list(record.methods), name=record.name)


def _guarded(plugin: str, routes: list[BaseRoute]) -> Guard:
    return Guard(Router(routes), plugin, same_site=True)


def _add_static(host: Host, static: StaticFiles) -> None:
    folders: dict[str, list[Path]] = {}
    for contributed in host.records(Static):
        folders.setdefault(contributed.plugin, []).append(contributed.record.folder)
    for plugin, its_folders in folders.items():
        try:
            static.add(plugin, its_folders)
        except (PluginError, OSError) as error:
            host.degrade(plugin, str(error))


class _RootMount(Mount):
    """Takes everything, but only where no other route does: a wrong method on one of core's addresses is 405."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        match, child = super().matches(scope)
        return (Match.PARTIAL if match is Match.FULL else match), child


class _Root:
    """What no mount took: `/stats` is sent on to `/stats/`, the rest are the pages at `/`."""

    def __init__(self, pages: Guard, plugins: frozenset[str]) -> None:
        self._pages = pages
        self._plugins = plugins
        self.routes = pages.routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].removeprefix("/") in self._plugins:
            await RedirectResponse(scope["path"] + "/")(scope, receive, send)
            return
        await self._pages(scope, receive, send)


async def _to_plugins(request: Request) -> Response:
    """Without a dashboard, `/` shows what runs and what does not."""
    return RedirectResponse("/-/plugins")


async def _http_error(request: Request, error: Exception) -> Response:
    """Starlette's own errors (404, 405 …) look like all others."""
    return failure(request.scope, error, CORE)
