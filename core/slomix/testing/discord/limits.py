"""Discord's limits: what breaks them is answered with HTTP 400 and a code, as Discord does."""

from __future__ import annotations

import re
from collections.abc import Iterator

from slomix.testing.discord.models import ApiError, Json, invalid

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


def _check_embeds(embeds: list[Json]) -> None:
    if len(embeds) > EMBEDS:
        raise invalid("embeds", f"Must be {EMBEDS} or fewer in length.")
    total = 0
    for number, embed in enumerate(embeds):
        if len(embed.get("fields") or ()) > FIELDS:
            raise invalid(f"embeds.{number}.fields", f"Must be {FIELDS} or fewer in length.")
        for where, text, longest in _texts(embed):
            total += len(text)
            if len(text) > longest:
                raise invalid(f"embeds.{number}.{where}", f"Must be {longest} or fewer in length.")
            if where.startswith("fields.") and not text:
                raise invalid(f"embeds.{number}.{where}", "This field is required")
    if total > TOTAL:
        raise invalid("embeds", f"Embed size exceeds maximum size of {TOTAL}")


def check_message(body: Json, *, files: bool = False) -> None:
    """Refuse a message that Discord would refuse: too long (50035) or empty (50006)."""
    if len(body.get("content") or "") > 2000:
        raise invalid("content", "Must be 2000 or fewer in length.")
    _check_embeds(body.get("embeds") or [])
    if not (body.get("content") or body.get("embeds") or body.get("components") or files):
        raise ApiError(400, 50006, "Cannot send an empty message")


def _check_described(item: Json, where: str) -> None:
    if not _COMMAND_NAME.match(item["name"]) or item["name"] != item["name"].lower():
        raise invalid(f"{where}.name", f"{item['name']!r} is no name of a command")
    if not 1 <= len(item.get("description") or "") <= 100:
        raise invalid(f"{where}.description", "Must be between 1 and 100 in length.")
    if len(item.get("options") or ()) > 25 or len(item.get("choices") or ()) > 25:
        raise invalid(f"{where}.options", "Must be 25 or fewer in length.")
    for number, option in enumerate(item.get("options") or ()):
        _check_described(option, f"{where}.options.{number}")


def check_commands(commands: list[Json]) -> None:
    """Refuse a command set that Discord would refuse: more than 100 (30032), or malformed (50035)."""
    chat = [command for command in commands if command.get("type", 1) == 1]
    if len(chat) > COMMANDS:
        raise ApiError(400, 30032, f"Maximum number of application commands reached ({COMMANDS})")
    for number, command in enumerate(chat):
        _check_described(command, str(number))
