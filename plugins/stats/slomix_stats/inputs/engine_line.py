"""The engine's own line of numbers: weapon mask, five numbers per weapon, then ten fields of the player."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slomix.errors import BadArtifact
from slomix_stats import layout
from slomix_stats.inputs import texts
from slomix_stats.lines import check, identify, parse_weapons
from slomix_stats.record import WEAPON_NUMBERS, PlayerRecord

_FIELDS = 10
_MASK_BITS = 63


def parse_engine_line(
    *, guid: str, name: str, counter: int, team: int, numbers: list[Any], more: Mapping[int, int], line: int
) -> PlayerRecord:
    """One player from the engine's numbers, which a producer hands on as a list; `more` are further fields by number.

    Raises `BadArtifact` with the `line` of whatever can not have been written.
    """
    who = identify(guid, name)
    if who is None:
        raise BadArtifact("bad_line", f"no GUID of 8 characters: {guid[:20]!r}", line=line)
    words = [str(each) for each in numbers]
    try:
        mask = int(words[0])
    except ValueError:
        raise BadArtifact("bad_line", "weapon numbers begin with a mask", line=line) from None
    if not 0 <= mask < 1 << _MASK_BITS:
        raise BadArtifact("impossible_value", f"a weapon mask of {words[0][:24]}", line=line)
    used = 1 + WEAPON_NUMBERS * mask.bit_count()
    if len(words) < used + _FIELDS:
        raise BadArtifact("weapon_count", f"{len(words)} numbers, the mask needs {used + _FIELDS}", line=line)
    mask, weapons = parse_weapons(" ".join(words[:used]), line)
    fields = [_field(at, word) for at, word in enumerate(words[used : used + _FIELDS])]
    values: list[int | None] = [*fields, *[None] * (layout.FIELDS - _FIELDS)]
    for field, value in more.items():
        values[field] = value
    record = PlayerRecord(*who, counter, team, mask, weapons, values)
    check(record, negatives=True, number=line)
    return record


def _field(at: int, word: str) -> int:
    """A field; percent in tenths. Experience may be negative: whoever kills his own team loses some."""
    if at == layout.XP and word.startswith("-"):
        return -(texts.whole(word[1:], "experience") or 0)
    value = texts.number(word, f"field {at}")
    if value is None:
        raise BadArtifact("bad_line", f"field {at} is empty")
    if at == layout.TIME_PLAYED_PERCENT:
        return min(round(value * 10), 1000)
    return round(value)
