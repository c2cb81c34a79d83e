"""The OpenAPI 3.1 description, made from the records: what is answered is what is described."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
import structlog

from slomix.contrib import Api, Page
from slomix.web.problems import ProblemDetails

log = structlog.get_logger("slomix.web")

_REF = "#/components/schemas/{name}"
_PATH_PARAM = re.compile(r"\{(\w+)(?::(\w+))?\}")
_CONVERTORS: dict[str, dict[str, Any]] = {
    "int": {"type": "integer"},
    "float": {"type": "number"},
    "uuid": {"type": "string", "format": "uuid"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One address with its method. `errors` are the statuses that answer a problem; `params` as in `Api.params`.

    `takes` is the type of a JSON body, `body` stands for one of any bytes.
    """

    path: str
    summary: str
    tag: str
    response: Any = None
    media_type: str = "application/json"
    method: str = "get"
    params: Mapping[str, tuple[type, str]] = field(default_factory=dict)
    body: bool = False
    takes: Any = None
    security: bool = False
    errors: tuple[int, ...] = ()


def operation_of(plugin: str, api: Api) -> Operation:
    """The operation of a plugin's `Api` record."""
    errors = (400,) if api.params else ()
    if "{" in api.path:
        errors = (*errors, 404)
    if api.takes is not None:
        errors = (400, *errors, 413, 429)
    if api.from_server:
        errors = (*errors, 401)
    return Operation(
        path=f"/{plugin}/api/v1{api.path}",
        method=api.method.lower(),
        summary=api.summary,
        tag=plugin,
        response=api.response,
        params=dict(api.params or {}),
        takes=api.takes,
        security=api.from_server,
        errors=tuple(sorted({*errors, 500, 503})),
    )


def page_operation(plugin: str, path: str, page: Page) -> Operation:
    """The operation of a `Page` that says what it answers; `path` is its whole address."""
    errors = {400, 404, 429, 500, 503} if "{" in path or page.params else {404, 429, 500, 503}
    return Operation(
        path=path,
        summary=page.summary or page.name,
        tag=plugin,
        response=page.response,
        params=dict(page.params),
        errors=tuple(sorted(errors)),
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
        params = [next(following) for _ in operation.params]
        response = next(following) if operation.response is not None else {"type": "string"}
        path = _PATH_PARAM.sub(r"{\1}", operation.path)
        described_as = _describe(operation, params, response, problem)
        if operation.takes is not None:
            body = {"application/json": {"schema": next(following)}}
            described_as["requestBody"] = {"required": True, "content": body}
        paths.setdefault(path, {})[operation.method] = described_as
    return {
        "openapi": "3.1.0",
        "info": {"title": "Slomix", "version": version, "license": {"name": "MIT"}},
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"server": {"type": "http", "scheme": "bearer", "description": "token of a server"}},
        },
    }


def _describe(
    operation: Operation, params: list[dict[str, Any]], response: dict[str, Any], problem: dict[str, Any]
) -> dict[str, Any]:
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": _CONVERTORS.get(convertor, {"type": "string"})}
        for name, convertor in _PATH_PARAM.findall(operation.path)
    ] + [
        {"name": name, "in": "query", "description": text, "schema": schema}
        for (name, (_, text)), schema in zip(operation.params.items(), params, strict=True)
    ]
    responses: dict[str, Any] = {
        "200": {"description": operation.summary, "content": {operation.media_type: {"schema": response}}}
    }
    for status in operation.errors:
        responses[str(status)] = {
            "description": "says what went wrong",
            "content": {"application/problem+json": {"schema": problem}},
        }
    described: dict[str, Any] = {"summary": operation.summary, "tags": [operation.tag], "responses": responses}
    if parameters:
        described["parameters"] = parameters
    if operation.body:
        described["requestBody"] = {"required": True, "content": {"application/octet-stream": {}}}
    if operation.security:
        described["security"] = [{"server": []}]
    return described


def _types(operation: Operation) -> list[Any]:
    """The types that are described, in the order in which `document` takes them."""
    types: list[Any] = [kind for kind, _ in operation.params.values()]
    return types + [kind for kind in (operation.response, operation.takes) if kind is not None]


def _describable(operation: Operation) -> bool:
    try:
        msgspec.json.schema_components(_types(operation))
    except (TypeError, RuntimeError) as error:
        log.warning("answer can not be described", plugin=operation.tag, path=operation.path, error=str(error))
        return False
    return True
