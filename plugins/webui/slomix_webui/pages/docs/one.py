"""`/docs/{key}`: one address with its parameters and answers; `/docs/schemas/{name}`: a type that answers are made of.

The parameters are a form that works without script: it leads back here with the address put together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from slomix.web.api import description
from slomix_webui import api
from slomix_webui.pages.docs.reading import Described, Line, Schema, address, operation, schema, used_by

#: In the address of the page, values for the operation: its own names may be those of ours.
GIVEN = "p."
#: Longest value that is taken over.
LONGEST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationView:
    """One operation. `given` are values to try, `address` where that leads; `answer` is the type of the answer."""

    operation: Described
    given: Mapping[str, str]
    address: str | None
    answer: Schema | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaView:
    """A type, and whose answer or body it is."""

    schema: Schema
    used_by: tuple[Line, ...]


def operation_page() -> api.Page:
    """The page's record."""
    return api.Page(
        path="/docs/{key}",
        name="docs.operation",
        title="An address of the API",
        summary="One address: parameters, answers, an example",
        load=load_operation,
        template="webui/docs/operation.html",
        model=OperationView,
    )


def schema_page() -> api.Page:
    """The page's record."""
    return api.Page(
        path="/docs/schemas/{name}",
        name="docs.schema",
        title="A type of the API",
        summary="One type: its fields",
        load=load_schema,
        template="webui/docs/schema.html",
        model=SchemaView,
    )


async def load_operation(asked: api.Asked) -> api.Shown | api.Missing:
    """The operation by its id."""
    document = description(asked.request)
    found = operation(document, str(asked.path["key"]))
    if found is None:
        return _missing(asked, asked.text("There is no such address"))
    sent = asked.request.query_params
    known = {each.name for each in found.parameters}
    given = {name: sent[GIVEN + name][:LONGEST] for name in known if sent.get(GIVEN + name)}
    names = [piece.schema for answer in found.answers[:1] for piece in answer.kind if piece.schema]
    return api.Shown(
        model=OperationView(
            operation=found,
            given=given,
            address=address(found, given),
            answer=schema(document, names[0]) if names else None,
        ),
        title=f"{found.line.method} {found.line.path}",
        description=found.line.summary,
        crumbs=_crumbs(asked),
    )


async def load_schema(asked: api.Asked) -> api.Shown | api.Missing:
    """The type by its name."""
    document = description(asked.request)
    found = schema(document, str(asked.path["name"]))
    if found is None:
        return _missing(asked, asked.text("There is no such type"))
    return api.Shown(
        model=SchemaView(schema=found, used_by=used_by(document, found.name)),
        title=asked.text("Type {name}", name=found.name),
        description=found.description.partition("\n")[0],
        crumbs=_crumbs(asked),
    )


def _crumbs(asked: api.Asked) -> tuple[api.Crumb, ...]:
    return (api.Crumb(label=asked.text("API"), address="/docs"),)


def _missing(asked: api.Asked, heading: str) -> api.Missing:
    return api.Missing(
        heading=heading,
        detail=asked.text("The list has everything that this program answers."),
        onward=api.Crumb(label=asked.text("API"), address="/docs"),
    )
