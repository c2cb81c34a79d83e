"""The OpenAPI 3.1 description, made from the records: what is answered is what is described."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import msgspec
import structlog

from slomix.contrib import Api, Page
from slomix.web.cookies import SESSION
from slomix.web.problems import ProblemDetails

log = structlog.get_logger("slomix.web")

JSON = "application/json"
_REF = "#/components/schemas/{name}"
_PATH_PARAM = re.compile(r"\{(\w+)(?::(\w+))?\}")
_NO_WORD = re.compile(r"\W+")
_CONVERTORS: dict[str, dict[str, Any]] = {
    "int": {"type": "integer"},
    "float": {"type": "number"},
    "uuid": {"type": "string", "format": "uuid"},
}
#: What an answer with this status says.
PROBLEMS: Mapping[int, str] = {
    400: "A parameter or the body is malformed; the sentence says which, and what is expected",
    401: "Nobody is logged in, or there is no good token",
    403: "Not for this person, or the request comes from another site's page",
    404: "There is no such thing",
    409: "It does not fit what is there; the sentence says why",
    408: "The body did not come in time",
    413: "The body is too large",
    415: "The body is of a kind that is not taken",
    421: "This program is at another address; the sentence says at which",
    429: "More than this address may ask for within a minute",
    500: "A mistake of the program; the log has more under the number `incident`",
    503: "Something that the answer needs is away for a moment",
    507: "There is no room for it",
}
_RETRY = {"Retry-After": {"description": "Seconds until one may try again", "schema": {"type": "integer"}}}
_HEADERS: Mapping[int, Mapping[str, Any]] = {429: _RETRY, 503: _RETRY}
#: Any address may be answered so.
ALWAYS = (421, 500, 503)
_ETAG = {"ETag": {"description": "Send it as If-None-Match to hear 304", "schema": {"type": "string"}}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One address with its method. `errors` are the statuses that answer a problem; `params` as in `Api.params`.

    `takes` is the type of a JSON body, `body` stands for one of any bytes. `others` says when the answer is another
    object than `response`, `moves` that it may be at another address; `also` are further media types of the answer,
    `texts` further statuses that answer as plain text.
    `server`: a game server's token is needed, `login`: somebody who is logged in.
    """

    path: str
    summary: str
    tag: str
    response: Any = None
    media_type: str = JSON
    also: tuple[str, ...] = ()
    others: str = ""
    method: str = "get"
    params: Mapping[str, tuple[Any, str]] = field(default_factory=dict)
    body: bool = False
    takes: Any = None
    server: bool = False
    login: bool = False
    moves: bool = False
    errors: tuple[int, ...] = ()
    texts: tuple[int, ...] = ()


def operation_of(plugin: str, api: Api) -> Operation:
    """The operation of a plugin's `Api` record."""
    errors = {*ALWAYS, *api.errors}
    if api.params or "{" in api.path:
        errors.add(400)
    if "{" in api.path:
        errors.add(404)
    if api.method == "POST":
        errors |= {400, 403, 413, 429}
    if api.from_server:
        errors.add(401)
    return Operation(
        path=f"/{plugin}/api/v1{api.path}",
        method=api.method.lower(),
        summary=api.summary,
        tag=plugin,
        response=api.response,
        params=dict(api.params or {}),
        body=api.method == "POST" and api.takes is None,
        takes=api.takes,
        server=api.from_server,
        login=401 in api.errors,
        errors=tuple(sorted(errors)),
    )


def page_operation(plugin: str, path: str, page: Page) -> Operation:
    """The operation of a `Page` that says what it answers; `path` is its whole address."""
    varies = "{" in path or bool(page.params)
    return Operation(
        path=path,
        summary=page.summary or page.name,
        tag=plugin,
        response=page.response,
        others=page.others,
        params=dict(page.params),
        moves=varies,
        login=page.login,
        errors=tuple(sorted({*ALWAYS, 400, 404, 429, *page.errors})),
    )


def document(operations: Iterable[Operation], version: str) -> dict[str, Any]:
    """The whole description. An operation whose type msgspec can not describe is left out with a warning."""
    described = [operation for operation in operations if _describable(operation)]
    types: list[Any] = [ProblemDetails]
    for operation in described:
        types += _types(operation)
    schemas, components = msgspec.json.schema_components(types, ref_template=_REF)
    following = iter(schemas)
    problem = next(following)
    paths: dict[str, dict[str, Any]] = {}
    for operation in described:
        path = _PATH_PARAM.sub(r"{\1}", operation.path)
        paths.setdefault(path, {})[operation.method] = _describe(operation, following)
    used = sorted({status for operation in described for status in operation.errors})
    return {
        "openapi": "3.1.0",
        "info": {"title": "Slomix", "version": version, "license": {"name": "MIT"}},
        "servers": [{"url": "/"}],
        "tags": [{"name": name} for name in dict.fromkeys(operation.tag for operation in described)],
        "paths": paths,
        "components": {
            "schemas": components,
            "responses": {f"Problem{status}": _problem(status, problem) for status in used},
            "securitySchemes": {
                "server": {"type": "http", "scheme": "bearer", "description": "token of a server"},
                "login": {"type": "apiKey", "in": "cookie", "name": SESSION, "description": "log in with Discord"},
            },
        },
    }


def _problem(status: int, schema: Mapping[str, Any]) -> dict[str, Any]:
    told = {"description": PROBLEMS[status], "content": {"application/problem+json": {"schema": schema}}}
    return told | ({"headers": _HEADERS[status]} if status in _HEADERS else {})


def _describe(operation: Operation, schemas: Iterator[dict[str, Any]]) -> dict[str, Any]:
    """`schemas` gives those of `_types`, in their order."""
    parameters = [_path_parameter(name, convertor) for name, convertor in _PATH_PARAM.findall(operation.path)]
    for name, (_, text) in operation.params.items():
        parameters.append({"name": name, "in": "query", "description": text, "schema": next(schemas)})
    response = next(schemas) if operation.response is not None else {"type": "string"}
    described: dict[str, Any] = {
        "operationId": _id(operation),
        "summary": operation.summary,
        "tags": [operation.tag],
        "responses": _responses(operation, response),
    }
    if parameters:
        described["parameters"] = parameters
    if operation.takes is not None:
        described["requestBody"] = {"required": True, "content": {JSON: {"schema": next(schemas)}}}
    elif operation.body:
        described["requestBody"] = {"required": True, "content": {"application/octet-stream": {}}}
    if security := _security(operation):
        described["security"] = security
    return described


def _security(operation: Operation) -> list[dict[str, Any]]:
    """Who may ask. `{}`: also somebody who is not known, who is told less, or how to log in."""
    if operation.server:
        return [{"server": []}]
    if operation.login:
        return [{"login": []}]
    return [{"login": []}, {}] if HTTPStatus.UNAUTHORIZED in operation.errors else []


def _path_parameter(name: str, convertor: str) -> dict[str, Any]:
    schema = _CONVERTORS.get(convertor, {"type": "string"})
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _responses(operation: Operation, schema: Mapping[str, Any]) -> dict[str, Any]:
    if operation.others:
        schema = {"anyOf": [schema, {"type": "object", "description": operation.others}]}
    content: dict[str, Any] = {operation.media_type: {"schema": schema}}
    content |= {media_type: {} for media_type in operation.also}
    responses: dict[str, Any] = {"200": {"description": operation.summary, "content": content}}
    if operation.method == "get" and operation.media_type == JSON:
        responses["200"]["headers"] = _ETAG
        responses["304"] = {"description": "The same as the one with the ETag that was sent"}
    if operation.moves:
        responses["303"] = {"description": "What was asked for is at `Location`"}
        responses["308"] = {"description": "It is at `Location` for good"}
    for status in operation.texts:
        responses[str(status)] = {"description": PROBLEMS[status], "content": {"text/plain": {}}}
    for status in operation.errors:
        responses[str(status)] = {"$ref": f"#/components/responses/Problem{status}"}
    return dict(sorted(responses.items()))


def _id(operation: Operation) -> str:
    """`get_stats_sessions_id` of `GET /stats/api/v1/sessions/{id}`: a name for generated programs."""
    path = _PATH_PARAM.sub(r"\1", operation.path).replace("/api/v1/", "/")
    return _NO_WORD.sub("_", f"{operation.method}{path}").strip("_")


def _types(operation: Operation) -> Sequence[Any]:
    """The types that are described, in the order in which `_describe` takes them."""
    types = [kind for kind, _ in operation.params.values()]
    return [*types, *(kind for kind in (operation.response, operation.takes) if kind is not None)]


def _describable(operation: Operation) -> bool:
    try:
        msgspec.json.schema_components(_types(operation))
    except (TypeError, RuntimeError) as error:
        log.warning("answer can not be described", plugin=operation.tag, path=operation.path, error=str(error))
        return False
    return True
