"""One player line of a stats file. Strict: a line that the scripts can not have written refuses the whole file."""

from __future__ import annotations

import hashlib
import re
import types
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from slomix.errors import BadArtifact
from slomix.names import clean_name
from slomix_stats.layout import MISSING, TENTHS, TIME_PLAYED_MINUTES, XP
from slomix_stats.record import TEAM_SIDES, WEAPON_NUMBERS, PlayerRecord

_GUID = re.compile(r"[0-9A-Za-z]{8}", re.ASCII)
_INTEGER = re.compile(r"-?\d{1,18}", re.ASCII)
# Digits, one kind of separator, nothing else: what the JSON reader below would take beyond that is refused here.
_NUMBERS = re.compile(r"\d[-0-9 ]*")
_FIELDS = re.compile(r"[-0-9.\t]+")

# The JSON reader of msgspec reads a row of numbers several times faster than int() and float() one by one.
_read_integers = msgspec.json.Decoder(list[int]).decode


def _row_reader(count: int) -> Callable[[str], tuple[Any, ...]]:
    """Reads the extended fields of a layout with `count` of them, refusing a decimal where none can be."""
    kinds = tuple(float if i in TENTHS else int for i in range(count))
    return msgspec.json.Decoder(types.GenericAlias(tuple, kinds)).decode


_READERS = {count: _row_reader(count) for count in MISSING}

_MISSING_GUIDS = frozenset({"", "UNKNOWN", "NO_GUID"})
#: The game cuts a name at 36.
_NAME_CHARACTERS = 100
_BOT_GUID = "OMNIBOT"
_BOT_NAME = "[BOT]"

#: No counter of one map comes near it (the garbage sum of bullets fired in old layouts reaches about 70,000).
_ABSURD = 10_000_000
_DAY_IN_TENTHS_OF_MINUTES = 24 * 60 * 10
_MASK_BITS = 63


class Identity(NamedTuple):
    """Who a line is of. `key` identifies the player (`slomix.nouns.RosterEntry.key`)."""

    key: str
    guid: str
    name_raw: str
    name: str
    is_bot: bool
    guid_missing: bool


@lru_cache(maxsize=8192)
def identify(guid_text: str, name_raw: str) -> Identity | None:
    """Who a GUID and a raw name are; None for something that is no GUID. Bots share a GUID, so the name decides."""
    guid = guid_text.upper()
    missing = guid in _MISSING_GUIDS
    if not missing and not _GUID.fullmatch(guid):
        return None
    name = clean_name(name_raw)
    is_bot = guid.startswith(_BOT_GUID) or name.startswith(_BOT_NAME)
    key = guid
    if is_bot or missing:
        key = f"{guid}:{hashlib.blake2b((name or name_raw).encode(), digest_size=6).hexdigest()}"
    return Identity(key, guid, name_raw, name or guid or "?", is_bot, missing)


def parse_line(line: str, number: int) -> tuple[PlayerRecord, int]:
    """One line and the count of its extended fields; raises `BadArtifact` with the line's `number`."""
    # A name may hold backslashes: the last three of the line are the format's.
    parts = line.rsplit("\\", 3)
    if len(parts) != 4:
        raise BadArtifact("bad_line", "a player line has four backslashes", line=number)
    head, counter, team, tail = parts
    guid, separator, name = head.partition("\\")
    who = identify(guid, name) if separator and len(name) <= _NAME_CHARACTERS else None
    if who is None:
        raise BadArtifact("bad_line", "a player line begins with a GUID of 8 characters and a name", line=number)
    if not (_INTEGER.fullmatch(counter) and _INTEGER.fullmatch(team)):
        raise BadArtifact("bad_line", "the round counter and the team are whole numbers", line=number)
    numbers, tab, fields = tail.partition("\t")
    mask, weapons = parse_weapons(numbers, number)
    if not tab:
        raise BadArtifact("unknown_layout", "the line has no extended fields", line=number)
    values, count = _fields(fields, number)
    record = PlayerRecord(*who, int(counter), int(team), mask, weapons, values)
    check(record, negatives="-" in tail, number=number)
    return record, count


def parse_weapons(text: str, number: int) -> tuple[int, list[int]]:
    """Mask and weapon numbers of `mask h s k d hs h s …`; raises `BadArtifact` with the line's `number`."""
    try:
        if not _NUMBERS.fullmatch(text):
            raise ValueError
        weapons = _read_integers(f"[{text.removesuffix(' ').replace(' ', ',')}]")
    except ValueError:
        raise BadArtifact("bad_line", "weapon numbers are whole numbers with single spaces", line=number) from None
    mask = weapons.pop(0)
    expected = WEAPON_NUMBERS * mask.bit_count()
    if len(weapons) != expected:
        raise BadArtifact("weapon_count", f"{len(weapons)} weapon numbers, the mask needs {expected}", line=number)
    if mask.bit_length() > _MASK_BITS:
        raise BadArtifact("impossible_value", f"a weapon mask of more than {_MASK_BITS} bits", line=number)
    return mask, weapons


def _fields(text: str, number: int) -> tuple[list[int | None], int]:
    if not _FIELDS.fullmatch(text):
        raise BadArtifact("bad_line", "an extended field is not a number", line=number)
    count = text.count("\t") + 1
    read = _READERS.get(count)
    if read is None:
        raise BadArtifact("unknown_layout", f"{count} extended fields; known are 33, 36, 37 and 38", line=number)
    try:
        row = read(f"[{text.replace(chr(9), ',')}]")
    except ValueError:
        raise BadArtifact("bad_line", "an extended field is not a number of its kind", line=number) from None
    numbers: list[int | None] = [
        *row[:8],
        round(row[8] * 10),
        *row[9:21],
        *[round(minutes * 10) for minutes in row[21:27]],
        *row[27:],
    ]
    missing = MISSING[count]
    for place in missing:
        numbers.insert(place, None)
    return numbers, count


def check(record: PlayerRecord, *, negatives: bool, number: int) -> None:
    """Refuse what no round can hold. `negatives`: the line has a minus sign somewhere, so it is worth to look."""
    values = record.values
    weapons = record.weapons
    if not 0 <= record.team < len(TEAM_SIDES):
        raise BadArtifact("impossible_value", f"team {record.team}", line=number)
    if record.value(TIME_PLAYED_MINUTES) > _DAY_IN_TENTHS_OF_MINUTES:
        raise BadArtifact("impossible_value", "a player played longer than a day", line=number)
    largest = max(filter(None, values), default=0)
    if largest > _ABSURD or abs(record.counter) > _ABSURD or (weapons and max(weapons) > _ABSURD):
        raise BadArtifact("impossible_value", "a number is far too large", line=number)
    if not negatives:
        return
    if any(value < 0 for value in weapons):
        raise BadArtifact("impossible_value", "a weapon number is negative", line=number)
    # A player who kills his own team can lose more experience than he earned.
    if any(value is not None and value < (-_ABSURD if i == XP else 0) for i, value in enumerate(values)):
        raise BadArtifact("impossible_value", "a counter is negative", line=number)
