"""What a plugin's JSON endpoints and pages use: typed answers with an ETag, typed query parameters, clear errors."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from hashlib import blake2b
from typing import Any, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from slomix.web.problems import BadRequest, Forbidden, NotFound, Problem, TooManyRequests, Unavailable

__all__ = [
    "BadRequest",
    "Forbidden",
    "NotFound",
    "Problem",
    "TooManyRequests",
    "Unavailable",
    "answer",
    "description",
    "etag_of",
    "json_answer",
    "query",
]

T = TypeVar("T")

_encode = msgspec.json.Encoder().encode

#: Longest quotation of what somebody sent in the answer that refuses it.
MOST_QUOTED = 120


def etag_of(body: bytes) -> str:
    """The weak ETag of a body: equal bytes, equal tag."""
    return f'W/"{blake2b(body, digest_size=12).hexdigest()}"'


def answer(
    request: Request, body: bytes, *, media_type: str, headers: Mapping[str, str] | None = None, status: int = 200
) -> Response:
    """`body` with its ETag, or 304 without it when the reader has the same one already.

    Readers may keep the answer but ask again before they use it, so that a new round is seen at once.
    """
    etag = etag_of(body)
    all_headers = {"ETag": etag, "Cache-Control": "no-cache", **(headers or {})}
    if status == 200 and same_etag(request.headers.get("if-none-match"), etag):
        return Response(status_code=304, headers=all_headers)
    return Response(body, status, all_headers, media_type=media_type)


def json_answer(request: Request, value: Any, *, status: int = 200) -> Response:
    """`value` (dataclass, msgspec struct, mapping, list) as JSON; times become ISO 8601 text."""
    return answer(request, _encode(value), media_type="application/json", status=status)


def query(request: Request, kind: type[T]) -> T:
    """The query string as an instance of `kind`, a frozen dataclass or msgspec struct with plain fields.

    Text becomes the field's type (int, float, bool, datetime, Literal, Enum…); ranges are `Annotated[int,
    msgspec.Meta(ge=1, le=100)]`. A parameter that `kind` does not have is left alone. Raises `BadRequest` that names
    the parameter.
    """
    given = dict(request.query_params)
    try:
        return msgspec.convert(given, kind, strict=False)
    except msgspec.ValidationError as error:
        raise BadRequest(_sentence(str(error))) from None


def description(request: Request) -> Mapping[str, Any]:
    """The OpenAPI document of this program, as `/openapi.json` has it."""
    found: Mapping[str, Any] = request.app.state.description
    return found


def json_endpoint(endpoint: Callable[[Request], Awaitable[Any]]) -> Callable[[Request], Awaitable[Response]]:
    """The route of an `Api` record: what it returns becomes JSON; a `Response` passes as it is."""

    async def respond(request: Request) -> Response:
        value = await endpoint(request)
        return value if isinstance(value, Response) else json_answer(request, value)

    return respond


def same_etag(if_none_match: str | None, etag: str) -> bool:
    """Weak comparison of RFC 9110: `*`, or one of the listed tags, is ours."""
    if not if_none_match:
        return False
    bare = etag.removeprefix("W/")
    return any(tag.strip() == "*" or tag.strip().removeprefix("W/") == bare for tag in if_none_match.split(","))


def _sentence(error: str) -> str:
    """msgspec's "Expected `int`, got `str` - at `$.limit`" as a sentence that starts with the parameter."""
    what, _, where = error.partition(" - at `$.")
    what = f"{what[:MOST_QUOTED]}…" if len(what) > MOST_QUOTED else what
    return f"query parameter {where.rstrip('`')!r}: {what}" if where else f"query: {what}"
