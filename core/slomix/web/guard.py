"""The error boundary around a plugin's routes: a mistake in one plugin is an answer of that plugin, nothing else."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import structlog
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from slomix.web.headers import REQUEST_ID
from slomix.web.problems import Forbidden, Problem, as_problem, problem_response

log = structlog.get_logger("slomix.web")

SAFE_METHODS = frozenset(("GET", "HEAD", "OPTIONS"))


class Guard:
    """Pure ASGI wrapper. Exceptions below become answers; the log says which plugin and under which incident.

    With `same_site` an unsafe method that another site's page sent is refused with 403.
    """

    def __init__(self, app: ASGIApp, plugin: str, *, same_site: bool = False) -> None:
        self.app = app
        self.plugin = plugin
        self.same_site = same_site

    @property
    def routes(self) -> Sequence[Any]:
        """The routes inside, so that `url_for` finds them by name."""
        return getattr(self.app, "routes", ())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            if self.same_site and scope["method"] not in SAFE_METHODS:
                refuse_other_sites(scope)
            await self.app(scope, receive, watch)
        except ClientDisconnect:
            return
        except Exception as error:
            response = failure(scope, error, self.plugin)
            if not started:  # otherwise the server sees an unfinished answer and closes the connection
                await response(scope, receive, send)


def failure(scope: Scope, error: Exception, plugin: str) -> Response:
    """The answer for `error`. What is no ordinary problem is logged once, with the incident number of the answer."""
    problem = as_problem(error)
    if problem is not None:
        if problem.status >= 500:
            log.warning(
                "request failed", plugin=plugin, status=int(problem.status), error=repr(error), **_request(scope)
            )
        return problem_response(scope, problem)
    incident = scope.get(REQUEST_ID) or secrets.token_hex(6)
    log.error("request raised", plugin=plugin, incident=incident, exc_info=error, **_request(scope))
    return problem_response(scope, Problem(f"A page of {plugin!r} failed."), incident=incident)


def refuse_other_sites(scope: Scope) -> None:
    """Raise `Forbidden` when a browser says that the request comes from another site's page."""
    headers = Headers(scope=scope)
    fetch_site = headers.get("sec-fetch-site")
    origin = headers.get("origin")
    if fetch_site not in (None, "same-origin", "none") or (
        origin is not None and urlsplit(origin).netloc != headers.get("host")
    ):
        raise Forbidden("This request comes from another site; open the page here and try again.")


def _request(scope: Scope) -> dict[str, str]:
    return {"method": scope["method"], "path": scope["path"]}
