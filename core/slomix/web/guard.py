"""The error boundary around a plugin's routes: a mistake in one plugin is an answer of that plugin, nothing else."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import structlog
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from slomix.reading import reading
from slomix.web.headers import REQUEST_ID
from slomix.web.limits import Limiter, too_many
from slomix.web.problems import BadRequest, Forbidden, Problem, Unavailable, as_problem, problem_response

log = structlog.get_logger("slomix.web")

SAFE_METHODS = frozenset(("GET", "HEAD", "OPTIONS"))
#: An answer begins within this time; what comes after (a stream) may take as long as it takes.
ANSWER_S = 30.0
#: A plugin's answer comes in parts of at most this many bytes: compressing a larger one would stop all others.
LARGEST_PART = 4 << 20
_LIMIT = "slomix.answer_limit"


class TooMuch(Exception):
    """A plugin's answer is larger than anyone wants to read."""


class Guard:
    """Pure ASGI wrapper. Exceptions below become answers; the log says which plugin and under which incident.
    While a safe method is answered, the database is only read.

    With `foreign` the routes are a plugin's: an unsafe method that another site's page sent is refused with 403, and
    with 429 past the limits of `changes`; the answer begins in time and comes in parts that do not hold up others.
    """

    def __init__(
        self,
        app: ASGIApp,
        plugin: str,
        *,
        foreign: bool = False,
        changes: Limiter | None = None,
        answer_s: float = ANSWER_S,
    ) -> None:
        self.app = app
        self.plugin = plugin
        self._foreign = foreign
        self._changes = changes
        self._answer_s = answer_s

    @property
    def routes(self) -> Sequence[Any]:
        """The routes inside, so that `url_for` finds them by name."""
        return getattr(self.app, "routes", ())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        with reading(scope["method"] in SAFE_METHODS):
            await self._answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        limit = asyncio.timeout(self._answer_s) if self._foreign else None
        answer = _Answer(send, limit)
        try:
            if limit is None:
                await self.app(scope, receive, answer.pass_on)
                return
            self._admit(scope)
            scope[_LIMIT] = limit
            async with limit:
                await self.app(scope, receive, answer.check)
        except ClientDisconnect:
            return
        except (KeyboardInterrupt, GeneratorExit, asyncio.CancelledError):
            raise
        except BaseException as error:
            if isinstance(error, TimeoutError) and limit is not None and limit.expired():
                error = Unavailable(f"A page of {self.plugin!r} took longer than {self._answer_s:g} s.")
            response = failure(scope, error, self.plugin)
            if not answer.started:  # otherwise the server sees an unfinished answer and closes the connection
                await response(scope, receive, send)

    def _admit(self, scope: Scope) -> None:
        refuse_zero_bytes(scope)
        if scope["method"] in SAFE_METHODS:
            return
        refuse_other_sites(scope)
        wait = self._changes.take((self.plugin, address(scope))) if self._changes else 0.0
        if wait:
            raise too_many("That were many changes from your address within a minute.", wait)


class _Answer:
    """Watches what is sent. `check` holds back the start of a large answer until its first part is seen."""

    def __init__(self, send: Send, limit: asyncio.Timeout | None) -> None:
        self._send = send
        self._limit = limit
        self._head: Message | None = None
        self.started = False

    async def pass_on(self, message: Message) -> None:
        self.started = self.started or message["type"] == "http.response.start"
        await self._send(message)

    async def check(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            if self._limit is not None:
                self._limit.reschedule(None)
            if _length(message) > LARGEST_PART:
                self._head = message
            else:
                await self.pass_on(message)
            return
        size = len(message.get("body", b""))
        if size > LARGEST_PART:
            raise TooMuch(f"a part of the answer has {size} bytes, at most {LARGEST_PART} may be; send it in parts")
        if self._head is not None:
            head, self._head = self._head, None
            await self.pass_on(head)
        await self._send(message)


def _length(start: Message) -> int:
    """The length that an answer announces; 0 for a stream."""
    return next((int(value) for name, value in start.get("headers", ()) if name.lower() == b"content-length"), 0)


def failure(scope: Scope, error: BaseException, plugin: str) -> Response:
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


def allow_time(request: Request, seconds: float) -> None:
    """Let the answer to this request begin so late at most, from now on: for bodies that take long to come.

    Whoever asks for it looks after those who send nothing for long.
    """
    limit: asyncio.Timeout | None = request.scope.get(_LIMIT)
    if limit is not None:
        limit.reschedule(asyncio.get_running_loop().time() + seconds)


def refuse_other_sites(scope: Scope) -> None:
    """Raise `Forbidden` when a browser says that the request comes from another site's page."""
    headers = Headers(scope=scope)
    fetch_site = headers.get("sec-fetch-site")
    origin = headers.get("origin")
    if fetch_site not in (None, "same-origin", "none") or (
        origin is not None and urlsplit(origin).netloc != headers.get("host")
    ):
        raise Forbidden("This request comes from another site; open the page here and try again.")


def refuse_zero_bytes(scope: Scope) -> None:
    """Raise `BadRequest` where the address has a zero byte: no text of ours has one, and PostgreSQL takes none."""
    if b"%00" in scope["query_string"] or "\x00" in scope["path"]:
        raise BadRequest("The address has a zero byte in it; no name and no id has one.")


def address(scope: Scope) -> str:
    """The address that a request comes from (behind a proxy on this machine, the one it forwards for)."""
    client = scope.get("client")
    return str(client[0]) if client else ""


def _request(scope: Scope) -> dict[str, str]:
    return {"method": scope["method"], "path": scope["path"]}
