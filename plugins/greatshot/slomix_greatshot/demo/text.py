"""Texts of server commands: tokens, info strings, bytes that are UTF-8 or older."""

from __future__ import annotations

import re

MOST_TOKENS = 1024
#: A quoted token, a comment in between, a comment to the end, or a bare token (which a quote or a comment ends).
_TOKEN = re.compile(rb'"([^"]*)(?:"|$)|/\*.*?(?:\*/|$)|((?<!:)//.*)|((?:(?!/\*|(?<!:)//)[^\x00-\x20"])+)', re.DOTALL)


def decoded(raw: bytes) -> str:
    """UTF-8 as newer games write it, else Latin-1."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def tokens(command: bytes) -> list[bytes]:
    """The words of a command as the game splits them."""
    found: list[bytes] = []
    for match in _TOKEN.finditer(command):
        group = match.lastindex
        if group == 2 or len(found) == MOST_TOKENS:
            break
        if group is not None:
            found.append(match[group])
    return found


def quoted(command: bytes) -> tuple[bytes, list[bytes]]:
    """What stands between the first and the last quotation mark, however many are inside; and the words behind it."""
    _, _, rest = command.partition(b'"')
    text, _, behind = rest.rpartition(b'"')
    return text, behind.split()


def info(raw: bytes) -> dict[str, str]:
    r"""`\key\value\key\value`, with or without the first backslash; keys in lower case."""
    parts = decoded(raw).removeprefix("\\").split("\\")
    return {key.lower(): value for key, value in zip(parts[::2], parts[1::2], strict=False)}


def number(raw: bytes | str, otherwise: int = 0) -> int:
    """The whole number at the beginning, as the game's own reader takes it."""
    try:
        return int(raw)
    except ValueError:
        return otherwise
