"""Names of stats files: `YYYY-MM-DD-HHMMSS-<map>-round-<1|2>.txt`."""

from __future__ import annotations

import re
from datetime import datetime
from typing import NamedTuple

from slomix.errors import BadArtifact

_NAME = re.compile(r"(\d{4})-(\d{2})-(\d{2})-(\d{2})(\d{2})(\d{2})-([A-Za-z0-9_-]{1,50})-round-([12])\.txt", re.ASCII)
_LIKELY = re.compile(r"\d{4}-\d{2}-\d{2}-\d{6}-.+-round-\d+\.txt", re.ASCII | re.DOTALL)
_LOOSE = re.compile(r".*round-?\d*\.txt", re.ASCII | re.DOTALL | re.IGNORECASE)
_YEARS = range(2020, 2036)
_HEADER_SEPARATORS = 7


class FileName(NamedTuple):
    """What a name says: the server's wall clock when the file was written, the map and the round."""

    ended_local: datetime
    map: str
    number: int


def parse_name(name: str) -> FileName:
    """Read a name; raises `BadArtifact("bad_name")` for one that the scripts can not have written."""
    match = _NAME.fullmatch(name)
    if match is None:
        raise BadArtifact("bad_name", "a stats file is named YYYY-MM-DD-HHMMSS-<map>-round-<1 or 2>.txt")
    year, month, day, hour, minute, second, map_name, number = match.groups()
    if int(year) not in _YEARS:
        raise BadArtifact("bad_name", f"year {year} is outside {_YEARS.start} to {_YEARS.stop - 1}")
    try:
        ended = datetime(int(year), int(month), int(day), int(hour), int(minute), int(second))  # noqa: DTZ001
    except ValueError as error:
        raise BadArtifact("bad_name", f"no such date or time: {error}") from None
    return FileName(ended, map_name, int(number))


def sniff(name: str, head: bytes) -> float:
    """How sure it is that this is a stats file: by name, else by a header of eight fields in a `.txt`."""
    if _LIKELY.fullmatch(name):
        return 1.0
    if not name.lower().endswith(".txt"):
        return 0.0
    if head.partition(b"\n")[0].count(b"\\") >= _HEADER_SEPARATORS:
        return 0.8
    return 0.5 if _LOOSE.fullmatch(name) else 0.0
