"""The mounts of the plugins: each behind its own guard, every address claimed once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from inspect import iscoroutinefunction
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Match, Mount, Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from slomix.contrib import Api, Page
from slomix.errors import PluginError
from slomix.web.api import json_endpoint
from slomix.web.buckets import Views
from slomix.web.guard import Guard
from slomix.web.limits import Limiter
from slomix.web.openapi import Operation, operation_of, page_operation
from slomix.web.table import tabled

#: The one plugin whose pages may be at `/`.
ROOT_PLUGIN = "webui"
#: First parts of paths that are core's.
RESERVED = frozenset(("-", "api", "healthz", "readyz", "metrics", "openapi.json", "static", "slomix"))
#: Of these core answers the address itself only; below it pages are free.
FREE_BELOW = frozenset(("metrics",))
#: Where the scope keeps the template of the route that answers.
TEMPLATE = "slomix.route"


class Host(Protocol):
    """What is needed of `slomix.host.host.Host`."""

    @property
    def states(self) -> dict[str, Any]: ...
    def records(self, kind: type[Any]) -> Iterable[Any]: ...
    def degrade(self, name: str, reason: str) -> None: ...


class NamedRoute(Route):
    """A route that notes its template (`/stats/api/v1/player/{id}`) in the scope, for the metrics."""

    def __init__(
        self, path: str, endpoint: Any, *, below: str = "", views: Views | None = None, **options: Any
    ) -> None:
        """`views` counts what is looked at here."""
        super().__init__(path, endpoint, **options)
        self.template = f"{below}{path}"
        self._views = views
        if iscoroutinefunction(endpoint):
            self.app = _answering(endpoint)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope[TEMPLATE] = self.template
        await super().handle(scope, receive, self._views.counting(scope, send) if self._views else send)


def _answering(endpoint: Callable[[Request], Awaitable[Response]]) -> ASGIApp:
    """The endpoint as an application. What it raises goes to the guard; Starlette's own wrapper would look twice."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        response = await endpoint(Request(scope, receive, send))
        await response(scope, receive, send)

    return answer


@dataclass(slots=True)
class PluginRoutes:
    """Routes below `/<plugin>` by plugin, those at `/`, and the descriptions of what they answer."""

    inside: dict[str, list[BaseRoute]] = field(default_factory=dict)
    root: list[BaseRoute] = field(default_factory=list)
    operations: list[Operation] = field(default_factory=list)

    def mounts(self, changes: Limiter) -> list[BaseRoute]:
        """One mount per plugin, then the one that takes what no other does."""
        mounts: list[BaseRoute] = [
            Mount(f"/{plugin}", app=_guarded(plugin, routes, changes), name=plugin)
            for plugin, routes in self.inside.items()
        ]
        root = self.root or [Route("/", _to_plugins)]
        pages = _Root(_guarded(ROOT_PLUGIN, root, changes), frozenset(self.inside))
        return [*mounts, _RootMount("", app=pages, name=ROOT_PLUGIN)]


def plugin_routes(host: Host, views: Views) -> PluginRoutes:
    """The routes of all plugins; what is looked at counts in `views`.

    One that can not be added is left out, and its plugin degraded with the reason.
    """
    records = [*host.records(Api), *host.records(Page)]
    mounted = frozenset(c.plugin for c in records if not _is_root(c.record))
    made = PluginRoutes()
    taken: set[tuple[str, str]] = set()
    for contributed in records:
        plugin, record = contributed.plugin, contributed.record
        try:
            route = _route(plugin, record, mounted, views)
            _claim(route, taken)
        except (AssertionError, ValueError, PluginError) as error:
            host.degrade(plugin, f"its route {record.path!r} was left out: {error}")
            continue
        if _is_root(record):
            made.root.append(route)
        else:
            made.inside.setdefault(plugin, []).append(route)
        if isinstance(record, Api):
            made.operations.append(operation_of(plugin, record))
        elif record.response is not None:
            made.operations.append(page_operation(plugin, route.template, record))
    return made


def _is_root(record: Api | Page) -> bool:
    return isinstance(record, Page) and record.root


def _route(plugin: str, record: Api | Page, mounted: frozenset[str], views: Views) -> NamedRoute:
    """The route of a record. Raises `PluginError`, or Starlette's own complaint about the path."""
    if plugin in RESERVED:
        raise PluginError(f"the name {plugin!r} is core's own; rename the plugin")
    if isinstance(record, Api):
        path = f"/api/v1{record.path}"
        return NamedRoute(path, json_endpoint(record.endpoint), below=f"/{plugin}", methods=[record.method])
    options: dict[str, Any] = {"methods": list(record.methods), "name": record.name, "views": views}
    if not record.root:
        return NamedRoute(record.path, record.endpoint, below=f"/{plugin}", **options)
    if plugin != ROOT_PLUGIN:
        raise PluginError(f"only the plugin {ROOT_PLUGIN!r} may have pages at '/'; take root=True out")
    first = record.path.split("/")[1]
    is_core = first in RESERVED and not (first in FREE_BELOW and record.path.startswith(f"/{first}/"))
    if is_core or first in mounted:
        owner = "core" if is_core else f"the plugin {first!r}"
        raise PluginError(f"/{first} belongs to {owner}; give the page another path")
    return NamedRoute(record.path, record.endpoint, **options)


def _claim(route: NamedRoute, taken: set[tuple[str, str]]) -> None:
    """Raise `PluginError` where one of the plugin's routes answers the same method at the same path already."""
    claims = {(route.template, method) for method in route.methods or ()}
    if claims & taken:
        raise PluginError("another route of the plugin answers there already; give it another path")
    taken |= claims


def _guarded(plugin: str, routes: list[BaseRoute], changes: Limiter) -> Guard:
    return Guard(Router(tabled(*routes)), plugin, foreign=True, changes=changes)


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
