"""What a file's name alone tells: never stored, a kind that some plugin may read, or nothing that anyone knows."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

_STAMP = r"\d{4}-\d{2}-\d{2}-\d{6}-.+-round-\d+"

#: Kinds of artifacts that game servers write, by name. A plugin's parser reads one or nobody does.
_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("endstats", re.compile(_STAMP + r"-endstats\.txt", re.IGNORECASE)),
    ("engagements", re.compile(_STAMP + r"_engagements\.txt", re.IGNORECASE)),
    ("stats", re.compile(_STAMP + r"\.txt", re.IGNORECASE)),
    ("gametime", re.compile(r"gametime-.+\.json", re.IGNORECASE)),
    ("webhook", re.compile(r".+-R\d+\.json", re.IGNORECASE)),
    ("demo", re.compile(r".+\.(dm|tv)_8\d", re.IGNORECASE)),
    ("log", re.compile(r".+\.log(\.gz)?", re.IGNORECASE)),
)


def base_name(name: str) -> str:
    """The last part of a path, as text that can be stored: bytes that are no UTF-8 and NUL become U+FFFD."""
    last = PurePosixPath(name.replace("\\", "/")).name
    return last.encode("utf-8", "surrogateescape").decode("utf-8", "replace").replace("\0", "\N{REPLACEMENT CHARACTER}")


def never_stored(name: str) -> bool:
    """Whether a file of this base name is left alone: hidden, still being written, or a weapon dump."""
    lower = name.lower()
    return not lower or lower.startswith(".") or lower.endswith((".tmp", ".part", "_ws.txt"))


def kind_of(name: str) -> str | None:
    """The kind of artifact that a base name tells, such as `stats` or `demo`, or None."""
    return next((kind for kind, pattern in _KINDS if pattern.fullmatch(name)), None)
