"""Published commands as a person chooses them: one line per thing that can be run. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from slomix.testing.discord.models import Json

SUB_COMMAND, SUB_GROUP, STRING, INTEGER, BOOLEAN, NUMBER = 1, 2, 3, 4, 5, 10
Scopes = Mapping[str, Mapping[str, Json]]


def leaves(scopes: Scopes) -> list[Json]:
    """Every command that can be run: its `path` (`stats player`), `description` and `options`, by path."""
    roots = [command for scope in scopes.values() for command in scope.values()]
    return sorted((leaf for root in roots for leaf in _below(root, "")), key=lambda leaf: leaf["path"])


def _below(item: Json, prefix: str) -> Iterator[Json]:
    path = f"{prefix}{item['name']}"
    options = item.get("options") or []
    groups = [option for option in options if option["type"] in (SUB_COMMAND, SUB_GROUP)]
    for group in groups:
        yield from _below(group, f"{path} ")
    if not groups:
        yield {"path": path, "description": item.get("description", ""), "options": options}


def typed_values(scopes: Scopes, path: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed, as the types that the options have. LookupError or ValueError with a sentence."""
    leaf = next((leaf for leaf in leaves(scopes) if leaf["path"] == path), None)
    if leaf is None:
        raise LookupError(f"/{path} is not there any more.")
    options = {option["name"]: option for option in leaf["options"]}
    return {name: _typed(options[name], value) for name, value in values.items() if name in options}


def _typed(option: Json, value: Any) -> Any:
    chosen = next(
        (choice for choice in option.get("choices") or () if value in (choice["name"], choice["value"])), None
    )
    if option.get("choices"):
        if chosen is None:
            raise ValueError(f"{option['name']} is one of the suggestions.")
        return chosen["value"]
    kind, text = option["type"], str(value).strip()
    try:
        if kind == INTEGER:
            return int(text)
        if kind == NUMBER:
            return float(text)
    except ValueError:
        raise ValueError(f"{option['name']} is a number.") from None
    if kind == BOOLEAN:
        return text.casefold() in ("true", "yes")
    if kind != STRING:
        raise ValueError(
            f"{option['name']} can not be filled in here: this Discord knows words, numbers and yes or no."
        )
    return text
