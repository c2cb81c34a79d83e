"""JSON and the texts of its values, read strictly: what can not have been written is refused, never guessed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from slomix.errors import BadArtifact
from slomix.nouns import Side

#: No file is nested deeper; no text is longer.
_DEEPEST = 12
_LONGEST = 4096

_AMOUNT = re.compile(r"(\d{1,15}(?:\.\d{1,6})?) ?(sec|min|s|seconds|minutes)?", re.ASCII)
_PAUSES = re.compile(r"(\d{1,6}) ?\((\d{1,9}(?:\.\d{1,6})?) ?sec\)", re.ASCII)
_WHOLE = re.compile(r"\d{1,15}", re.ASCII)
_GUID = re.compile(r"[0-9A-Za-z]{8,64}", re.ASCII)
_MAP = re.compile(r"[A-Za-z0-9_-]{1,50}", re.ASCII)
_MOST_SECONDS = 24 * 3600
_FIRST, _LAST = datetime(2020, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC)
_SIDES: dict[int, Side | None] = {0: None, 1: "axis", 2: "allies"}


def read_object(data: bytes) -> dict[str, Any]:
    """The JSON object that a file holds; raises `BadArtifact` for anything else."""
    try:
        found = msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        cut = "truncated" in str(error)
        raise BadArtifact("truncated" if cut else "not_text", f"no JSON: {error}"[:200]) from None
    if not isinstance(found, dict):
        raise BadArtifact("bad_header", "the JSON is not an object")
    if _depth(found) > _DEEPEST:
        raise BadArtifact("impossible_value", f"nested deeper than {_DEEPEST}")
    return found


def _depth(value: Any, so_far: int = 1) -> int:
    if so_far > _DEEPEST or not isinstance(value, dict | list):
        return so_far
    children = value.values() if isinstance(value, dict) else value
    return max((_depth(child, so_far + 1) for child in children if isinstance(child, dict | list)), default=so_far)


def child(found: Mapping[str, Any], key: str) -> dict[str, Any]:
    """An object within an object; empty where it is missing (Lua writes an empty table as a list)."""
    value = found.get(key)
    if value is None or value == []:
        return {}
    if not isinstance(value, dict):
        raise BadArtifact("bad_line", f"{key} is not an object")
    return value


def children(found: Mapping[str, Any], key: str, most: int) -> list[Any]:
    """A list within an object; empty where it is missing."""
    value = found.get(key)
    if value is None or value == {}:
        return []
    if not isinstance(value, list):
        raise BadArtifact("bad_line", f"{key} is not a list")
    if len(value) > most:
        raise BadArtifact("impossible_value", f"{len(value)} {key}, at most {most} can be")
    return value


def text(found: Mapping[str, Any], key: str, longest: int = 256) -> str | None:
    """A text; None where it is missing or empty."""
    value = found.get(key)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise BadArtifact("bad_line", f"{key} is not a text")
    if "\0" in value:
        raise BadArtifact("not_text", f"{key} has a NUL in it")
    if len(value) > longest:
        raise BadArtifact("bad_line", f"{key} has {len(value)} characters, at most {longest} can be")
    return value


def map_name(value: str | None) -> str:
    """The name of a map, as file names may hold it."""
    if value is None or not _MAP.fullmatch(value):
        raise BadArtifact("bad_header", f"no map: {(value or '')[:60]!r}")
    return value


def number(value: Any, what: str, most: float = 10_000_000) -> float | None:
    """A number from zero to `most`, as JSON or as a text of digits; None where there is none."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        found = _AMOUNT.fullmatch(value)
        if found is None or found[2]:
            raise BadArtifact("bad_line", f"{what} is no number: {value[:40]!r}")
        value = float(found[1])
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadArtifact("bad_line", f"{what} is no number")
    if not 0 <= value <= most:
        raise BadArtifact("impossible_value", f"{what} is {value!r}"[:120])
    return float(value)


def whole(value: Any, what: str, most: int = 10_000_000) -> int | None:
    """A whole number from zero to `most`; None where there is none."""
    found = number(value, what, most)
    if found is None:
        return None
    if found != int(found):
        raise BadArtifact("bad_line", f"{what} is no whole number: {found}")
    return int(found)


def seconds(value: Any, what: str) -> float | None:
    """A duration: a number of seconds, or a text such as `236 sec` or `3.933 min` (236 s)."""
    if isinstance(value, str) and value:
        found = _AMOUNT.fullmatch(value.strip())
        if found is None:
            raise BadArtifact("bad_line", f"{what} is no duration: {value[:40]!r}")
        amount = float(found[1])
        value = round(amount * 60) if (found[2] or "").startswith("min") else amount
    return number(value, what, _MOST_SECONDS)


def pauses(value: Any) -> tuple[int | None, float | None]:
    """Count and seconds of `2 (75 sec)`."""
    if value is None or value == "":
        return None, None
    found = _PAUSES.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise BadArtifact("bad_line", f"no pauses: {str(value)[:40]!r}")
    return int(found[1]), number(found[2], "pauses", _MOST_SECONDS)


def moment(value: Any, what: str) -> datetime | None:
    """Seconds since 1970 as a time; None for 0 and where there is none."""
    if isinstance(value, str) and value and not _WHOLE.fullmatch(value.strip()):
        raise BadArtifact("bad_line", f"{what} is no time: {value[:40]!r}")
    found = number(value.strip() if isinstance(value, str) else value, what, 1e12)
    if not found:
        return None
    try:
        when = datetime.fromtimestamp(int(found), UTC)
    except (OverflowError, ValueError, OSError):
        raise BadArtifact("impossible_value", f"{what} is no time: {found:.0f}") from None
    if not _FIRST <= when < _LAST:
        raise BadArtifact("impossible_value", f"{what} is in the year {when.year}")
    return when


def side(value: Any, what: str) -> Side | None:
    """1 Axis, 2 Allies; None for 0 and where it is missing."""
    found = whole(value, what, 2)
    return None if found is None else _SIDES[found]


def round_number(value: Any) -> int:
    """1, or 2 (which older scripts write as 0)."""
    found = whole(value, "the round", 2)
    if found is None:
        raise BadArtifact("bad_header", "no round number")
    return 1 if found == 1 else 2


def guid_of(value: Any) -> str | None:
    """A GUID of 8 to 64 characters, upper case; None for anything else."""
    return value.upper() if isinstance(value, str) and _GUID.fullmatch(value) else None
