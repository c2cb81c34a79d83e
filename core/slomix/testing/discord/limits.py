"""Discord's limits: what breaks them is answered with HTTP 400 and a code, as Discord does."""

from __future__ import annotations

import re
from collections.abc import Iterator

from slomix.testing.discord.models import ApiError, Json

EMBEDS, FIELDS, TOTAL, COMMANDS = 10, 25, 6000, 100
_COMMAND_NAME = re.compile(r"^[-_\w]{1,32}$")


def _texts(embed: Json) -> Iterator[tuple[str, str, int]]:
    """(where, text, longest) of everything that counts."""
    yield "title", embed.get("title") or "", 256
    yield "description", embed.get("description") or "", 4096
    yield "footer.text", (embed.get("footer") or {}).get("text") or "", 2048
    yield "author.name", (embed.get("author") or {}).get("name") or "", 256
    for number, field in enumerate(embed.get("fields") or ()):
        yield f"fields.{number}.name", field.get("name") or "", 256
        yield f"fields.{number}.value", field.get("value") or "", 1024


def _problem(embeds: list[Json]) -> str | None:
    if len(embeds) > EMBEDS:
        return f"embeds: Must be {EMBEDS} or fewer in length."
    total = 0
    for number, embed in enumerate(embeds):
        if len(embed.get("fields") or ()) > FIELDS:
            return f"embeds.{number}.fields: Must be {FIELDS} or fewer in length."
        for where, text, longest in _texts(embed):
            total += len(text)
            if len(text) > longest:
                return f"embeds.{number}.{where}: Must be {longest} or fewer in length."
            if where.startswith("fields.") and not text:
                return f"embeds.{number}.{where}: This field is required"
    if total > TOTAL:
        return f"embeds: Embed size exceeds maximum size of {TOTAL}"
    return None


def check_message(body: Json, *, files: bool = False) -> None:
    """Refuse a message that Discord would refuse: too long (50035) or empty (50006)."""
    if len(body.get("content") or "") > 2000:
        raise ApiError(400, 50035, "Invalid Form Body", errors="content: Must be 2000 or fewer in length.")
    problem = _problem(body.get("embeds") or [])
    if problem:
        raise ApiError(400, 50035, "Invalid Form Body", errors=problem)
    if not (body.get("content") or body.get("embeds") or body.get("components") or files):
        raise ApiError(400, 50006, "Cannot send an empty message")


def _check_described(item: Json, where: str) -> None:
    if not _COMMAND_NAME.match(item["name"]) or item["name"] != item["name"].lower():
        raise ApiError(400, 50035, "Invalid Form Body", errors=f"{where}: bad name {item['name']!r}")
    if not 1 <= len(item.get("description") or "") <= 100:
        raise ApiError(400, 50035, "Invalid Form Body", errors=f"{where}: description must be 1 to 100 long")
    if len(item.get("options") or ()) > 25 or len(item.get("choices") or ()) > 25:
        raise ApiError(400, 50035, "Invalid Form Body", errors=f"{where}: at most 25 options and choices")
    for option in item.get("options") or ():
        _check_described(option, f"{where} {option['name']}")


def check_commands(commands: list[Json]) -> None:
    """Refuse a command set that Discord would refuse: more than 100 (30032), or malformed (50035)."""
    chat = [command for command in commands if command.get("type", 1) == 1]
    if len(chat) > COMMANDS:
        raise ApiError(400, 30032, f"Maximum number of application commands reached ({COMMANDS})")
    for command in chat:
        _check_described(command, f"/{command['name']}")
