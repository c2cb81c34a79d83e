"""From the OpenAPI document to what a page tells of it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

Document = Mapping[str, Any]
METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of what a type is called; `schema` is the name of a described one."""

    text: str
    schema: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An operation in a list."""

    key: str
    method: str
    path: str
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The operations of core or of a plugin."""

    name: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A parameter. `choices` are all values that it takes, empty where there are too many to name."""

    name: str
    where: str
    required: bool
    kind: tuple[Piece, ...]
    choices: tuple[str, ...]
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one status means, and its body by media type."""

    status: str
    description: str
    media: tuple[str, ...]
    kind: tuple[Piece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """One operation. `body` is the media type of what is sent, `sends` its type; `who` may ask."""

    line: Line
    group: str
    parameters: tuple[Parameter, ...]
    answers: tuple[Answer, ...]
    who: str
    body: str
    sends: tuple[Piece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """A field of a schema."""

    name: str
    kind: tuple[Piece, ...]
    required: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """A described type; `kind` is what it is where it has no fields."""

    name: str
    short: str
    description: str
    properties: tuple[Property, ...]
    kind: tuple[Piece, ...]


def groups(document: Document) -> tuple[Group, ...]:
    """All operations by their first tag, in the document's order."""
    found: dict[str, list[Line]] = {}
    for path, method, told in _operations(document):
        found.setdefault(next(iter(told.get("tags", ())), ""), []).append(_line(path, method, told))
    return tuple(Group(name=name, lines=tuple(lines)) for name, lines in found.items())


def operation(document: Document, key: str) -> Described | None:
    """The operation of that id."""
    for path, method, told in _operations(document):
        if told["operationId"] == key:
            return _described(document, path, method, told)
    return None


def schema(document: Document, name: str) -> Schema | None:
    """The type of that name."""
    told = document["components"]["schemas"].get(name)
    if told is None:
        return None
    needed = told.get("required", ())
    fields = told.get("properties", {})
    return Schema(
        name=name,
        short=short(name),
        description=told.get("description", ""),
        properties=tuple(
            Property(name=each, kind=tuple(kind(of)), required=each in needed) for each, of in fields.items()
        ),
        kind=() if fields else tuple(kind(told)),
    )


def used_by(document: Document, name: str) -> tuple[Line, ...]:
    """The operations whose answer or body is of that type, directly or in a list."""
    return tuple(
        _line(path, method, told)
        for path, method, told in _operations(document)
        if name in _names(told.get("responses", {}).get("200", {})) | _names(told.get("requestBody", {}))
    )


def address(described: Described, given: Mapping[str, str]) -> str | None:
    """The address with these values; None while the path lacks one."""
    path, asked = described.line.path, {}
    for parameter in described.parameters:
        value = given.get(parameter.name, "")
        if parameter.where == "path":
            if not value:
                return None
            path = path.replace("{" + parameter.name + "}", quote(value, safe=""))
        elif value:
            asked[parameter.name] = value
    return path + (f"?{urlencode(asked)}" if asked else "")


def short(name: str) -> str:
    """`PlayerView` of `slomix_webui.pages.players.view.PlayerView`."""
    return name.rpartition(".")[2]


def kind(told: Mapping[str, Any]) -> Iterator[Piece]:
    """What a schema is, in words with links: `list of`, `PlayerRef`, `or nothing`."""
    if "$ref" in told:
        name = told["$ref"].rpartition("/")[2]
        yield Piece(text=short(name), schema=name)
    elif shapes := told.get("anyOf") or told.get("oneOf"):
        for number, shape in enumerate(sorted(shapes, key=_is_nothing)):
            if number:
                yield Piece(text=" or ")
            yield from kind(shape)
    elif "enum" in told:
        yield Piece(text=" | ".join(str(value) for value in told["enum"]))
    elif told.get("type") == "array":
        yield from _list(told)
    elif told.get("type") == "object":
        yield from _object(told)
    else:
        yield Piece(text=_plain(told))


def _list(told: Mapping[str, Any]) -> Iterator[Piece]:
    if fixed := told.get("prefixItems"):
        yield Piece(text="(")
        for number, each in enumerate(fixed):
            if number:
                yield Piece(text=", ")
            yield from kind(each)
        yield Piece(text=")")
    else:
        yield Piece(text="list of ")
        yield from kind(told.get("items") or {})


def _object(told: Mapping[str, Any]) -> Iterator[Piece]:
    values = told.get("additionalProperties")
    if isinstance(values, Mapping) and values:
        yield Piece(text="object of ")
        yield from kind(values)
    else:
        yield Piece(text=told.get("description") or "object")


_FORMATS = {"date-time": "moment (ISO 8601)", "date": "day (ISO 8601)", "uuid": "UUID"}
_TYPES = {"string": "text", "integer": "whole number", "boolean": "true or false", "null": "nothing"}


def _plain(told: Mapping[str, Any]) -> str:
    named = str(told.get("type", "anything"))
    text = _FORMATS.get(told.get("format", ""), _TYPES.get(named, named))
    if "minimum" in told and "maximum" in told:
        return f"{text}, {told['minimum']} to {told['maximum']}"
    if "minimum" in told:
        return f"{text}, {told['minimum']} or more"
    return f"{text}, at most {told['maxLength']} signs" if "maxLength" in told else text


def _is_nothing(told: Mapping[str, Any]) -> bool:
    return told.get("type") == "null"


def _operations(document: Document) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for path, methods in document["paths"].items():
        for method in METHODS:
            if method in methods:
                yield path, method, methods[method]


def _line(path: str, method: str, told: Mapping[str, Any]) -> Line:
    return Line(key=told["operationId"], method=method.upper(), path=path, summary=told.get("summary", ""))


def _described(document: Document, path: str, method: str, told: Mapping[str, Any]) -> Described:
    body: Mapping[str, Mapping[str, Any]] = told.get("requestBody", {}).get("content", {})
    media, sent = next(iter(body.items()), ("", {}))
    return Described(
        line=_line(path, method, told),
        group=next(iter(told.get("tags", ())), ""),
        parameters=tuple(_parameter(each) for each in told.get("parameters", ())),
        answers=tuple(_answer(document, status, each) for status, each in told.get("responses", {}).items()),
        who=_who(told.get("security", ())),
        body=media,
        sends=tuple(kind(sent["schema"])) if "schema" in sent else (),
    )


def _who(security: Sequence[Mapping[str, Any]]) -> str:
    """Empty: everybody. `login?`: everybody, and more for who is logged in."""
    names = [name for each in security for name in each]
    return "".join(names[:1]) + ("?" if {} in security else "")


def _parameter(told: Mapping[str, Any]) -> Parameter:
    of = told["schema"]
    return Parameter(
        name=told["name"],
        where=told["in"],
        required=bool(told.get("required")),
        kind=tuple(kind(of)),
        choices=tuple(str(value) for value in of.get("enum", ())),
        description=told.get("description", ""),
    )


def _answer(document: Document, status: str, told: Mapping[str, Any]) -> Answer:
    if "$ref" in told:
        told = document["components"]["responses"][told["$ref"].rpartition("/")[2]]
    content = told.get("content", {})
    of = next((each["schema"] for each in content.values() if "schema" in each), None)
    return Answer(
        status=status,
        description=told["description"],
        media=tuple(content),
        kind=tuple(kind(of)) if of is not None else (),
    )


def _names(told: Mapping[str, Any]) -> set[str]:
    """The described types of an answer or a body."""
    pieces = [piece for each in told.get("content", {}).values() for piece in kind(each.get("schema", {}))]
    return {piece.schema for piece in pieces} - {""}
