"""Answers that say what went wrong: problem objects for programs, a small page for people."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

import msgspec
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Scope

from slomix.errors import DatabaseUnavailable, SlomixError
from slomix.redact import mask
from slomix.web.pages import message_page

RETRY_AFTER_S = 5


class Problem(SlomixError):
    """An answer with an error status; `detail` is one sentence for a person, `headers` go with the answer.

    `link` is what to do next, for people: the text and the address.
    """

    status = HTTPStatus.INTERNAL_SERVER_ERROR

    def __init__(
        self, detail: str, *, headers: Mapping[str, str] | None = None, link: tuple[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.detail = mask(detail)
        self.headers = dict(headers or {})
        self.link = link


class BadRequest(Problem):
    """400: a parameter or a body is malformed; says which and what was expected."""

    status = HTTPStatus.BAD_REQUEST


class Unauthorized(Problem):
    """401: who asks is not known; `headers` hold WWW-Authenticate."""

    status = HTTPStatus.UNAUTHORIZED


class LoginNeeded(Unauthorized):
    """401: only somebody who is logged in may have that; `login` is the address where they do, None while it is off."""

    def __init__(self, detail: str, *, login: str | None) -> None:
        super().__init__(
            detail,
            headers={"WWW-Authenticate": 'Cookie realm="slomix"'},
            link=("Log in with Discord", login) if login else None,
        )
        self.login = login


class Forbidden(Problem):
    """403: not from there, or not this person."""

    status = HTTPStatus.FORBIDDEN


class NotFound(Problem):
    """404: there is no such thing; says what was looked for."""

    status = HTTPStatus.NOT_FOUND


class Conflict(Problem):
    """409: what was asked for does not fit what is there; the sentence says why."""

    status = HTTPStatus.CONFLICT


class TooLarge(Problem):
    """413: the body is over the limit."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class TooManyRequests(Problem):
    """429: too much from one address."""

    status = HTTPStatus.TOO_MANY_REQUESTS


class Unavailable(Problem):
    """503: something this answer needs is away for a while."""

    status = HTTPStatus.SERVICE_UNAVAILABLE

    def __init__(self, detail: str, *, retry_after_s: int = RETRY_AFTER_S) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after_s)})


class ProblemDetails(msgspec.Struct, frozen=True, omit_defaults=True):
    """The JSON of a problem (media type application/problem+json)."""

    title: str
    status: int
    detail: str
    incident: str | None = None
    login: str | None = None
    # Always there, and never a default that msgspec would omit.
    type: str = msgspec.field(default_factory=lambda: "about:blank")


def database_is_away(error: BaseException) -> bool:
    """Whether `error` means that PostgreSQL can not be reached (and not that a statement was wrong)."""
    if isinstance(error, DatabaseUnavailable | ConnectionError):
        return True
    # Not at the top: a page that fails for another reason must not wait for this import.
    import asyncpg

    if isinstance(error, asyncpg.InterfaceError):  # also the class of wrong arguments
        return "connection is closed" in str(error)
    return isinstance(
        error,
        asyncpg.PostgresConnectionError
        | asyncpg.CannotConnectNowError
        | asyncpg.AdminShutdownError
        | asyncpg.CrashShutdownError
        | asyncpg.TooManyConnectionsError,
    )


def as_problem(error: BaseException) -> Problem | None:
    """The problem that an exception stands for, or None when it is a mistake of the program."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, HTTPException):
        status = HTTPStatus(error.status_code)
        detail = error.detail if error.detail != status.phrase else _DETAILS.get(status, status.description)
        problem = Problem(detail or status.phrase, headers=error.headers)
        problem.status = status
        return problem
    if database_is_away(error):
        return Unavailable("The database can not be reached at the moment; try again in a few seconds.")
    return None


_DETAILS = {
    HTTPStatus.NOT_FOUND: "There is nothing at this address.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This address does not answer this method.",
}


def wants_json(scope: Scope) -> bool:
    """Whether an error at this address is read by a program: API paths always, others unless HTML is asked for."""
    path: str = scope["path"]
    if "/api/" in path or path.endswith(".json") or path in ("/-/ingest", "/-/events"):
        return True
    return "text/html" not in Headers(scope=scope).get("accept", "text/html")


def problem_response(scope: Scope, problem: Problem, *, incident: str | None = None) -> Response:
    """The answer for a problem; `incident` is the number under which the log has more."""
    status = HTTPStatus(problem.status)
    headers = {"Cache-Control": "no-store", **problem.headers}
    if wants_json(scope):
        body = msgspec.json.encode(
            ProblemDetails(
                title=status.phrase,
                status=status,
                detail=problem.detail,
                incident=incident,
                login=getattr(problem, "login", None),
            )
        )
        return Response(body, status, headers, media_type="application/problem+json")
    page = message_page(scope, status.phrase, problem.detail, incident=incident, link=problem.link)
    return Response(page, status, headers, media_type="text/html")
