"""Routes found by the first part of the path: a site with a hundred pages tries the few that can answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from starlette._utils import get_route_path
from starlette.datastructures import URLPath
from starlette.routing import BaseRoute, Match, NoMatchFound
from starlette.types import Receive, Scope, Send


class RouteTable(BaseRoute):
    """Stands for `routes` where a router has them in a list; the first that matches answers, as in the list."""

    def __init__(self, routes: Iterable[BaseRoute]) -> None:
        self.routes: Sequence[BaseRoute] = list(routes)
        firsts = [first_part(getattr(route, "path", "")) for route in self.routes]
        self._anywhere = [route for route, first in zip(self.routes, firsts, strict=True) if first is None]
        self._below = {
            part: [route for route, first in zip(self.routes, firsts, strict=True) if first in (part, None)]
            for part in firsts
            if part is not None
        }

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """The first route that matches, or the first whose path does with another method; it is left in the scope."""
        partial: tuple[Match, Scope] = (Match.NONE, {})
        part = first_part(get_route_path(scope))
        for route in self._below.get(part, self._anywhere) if part is not None else self._anywhere:
            match, found = route.matches(scope)
            if match is Match.NONE:
                continue
            found["route"] = route
            if match is Match.FULL:
                return match, found
            if partial[0] is Match.NONE:
                partial = match, found
        return partial

    def url_path_for(self, name: str, /, **path_params: Any) -> URLPath:
        """The path of the first route of that name."""
        for route in self.routes:
            try:
                return route.url_path_for(name, **path_params)
            except NoMatchFound:
                continue
        raise NoMatchFound(name, path_params)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on to the route that `matches` chose."""
        await scope["route"].handle(scope, receive, send)


def tabled(*routes: BaseRoute) -> list[BaseRoute]:
    """The list of routes for a router that finds them by their first part."""
    return [RouteTable(routes)]


def first_part(path: str) -> str | None:
    """`players` of `/players/{id}`; None where that part is not always the same, or there is none at all."""
    parts = path.split("/", 2)
    return parts[1] if len(parts) > 1 and "{" not in parts[1] else None
