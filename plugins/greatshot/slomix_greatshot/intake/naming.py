"""What the name of a file tells: which kind of demo, and when the recording began. Pure."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import PurePosixPath
from zoneinfo import ZoneInfo

SUFFIXES = ("dm_84", "dm_83", "tv_84")
LONGEST_NAME = 120
_UNSAFE = re.compile(r"[^A-Za-z0-9._+\-\[\]()= ]+")
#: Games write `2026-05-01-213000-supply.dm_84`; people write the day with other signs, too.
_WHEN = re.compile(r"(20\d\d)[-_.](\d\d)[-_.](\d\d)(?:[-_. ](\d\d)[-_.:]?(\d\d)[-_.:]?(\d\d))?(?!\d)")


def suffix_of(name: str) -> str | None:
    """`dm_84` and so on; None for what is no demo by its name."""
    ending = name.rpartition(".")[2].lower()
    return ending if ending in SUFFIXES else None


def safe_name(name: str) -> str:
    """The base name with nothing in it that means something to a shell, a browser or a file system."""
    base = PurePosixPath(name.replace("\\", "/")).name
    stem, _, ending = base.rpartition(".")
    cleaned = _UNSAFE.sub("_", stem).strip(" .") or "demo"
    return f"{cleaned[: LONGEST_NAME - 8]}.{ending.lower()}"


def recorded_at(name: str, zone: ZoneInfo) -> datetime | None:
    """When the recording began, by the clock of `zone`; None where the name says no time of day."""
    found = _WHEN.search(name)
    if found is None or found[4] is None:
        return None
    try:
        year, month, day, hour, minute, second = map(int, found.groups())
        return datetime(year, month, day, hour, minute, second, tzinfo=zone)
    except ValueError:
        return None
