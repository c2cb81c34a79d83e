"""Facts of the wire format: the byte code, and the fields of entities and player states in their order."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

_WIRE: dict[str, Any] = json.loads(files(__package__).joinpath("data/wire.json").read_text("utf-8"))

#: The code of each byte value, as bits in the order of the stream.
CODES: tuple[str, ...] = tuple(_WIRE["codes"])
#: Fields in wire order with their size in bits: 0 is a float, negative sizes are signed.
ENTITY: dict[str, int] = dict(_WIRE["entity"])
SHARED: dict[str, int] = dict(_WIRE["shared"])
PLAYER: dict[str, int] = dict(_WIRE["player"])
#: Arrays of a player state that follow its fields: their first place among all its numbers, and their length.
ARRAYS: dict[str, tuple[int, int]] = {}
for _name, _count, _ in _WIRE["arrays"]:
    ARRAYS[_name] = (len(PLAYER) + sum(count for _, count in ARRAYS.values()), _count)

LONGEST_CODE = 11
#: How far a code that no writer makes moves the reader: past the end of any message, which is how it shows.
NO_CODE = 0x80000 | LONGEST_CODE
LENGTH_BITS = 20


def decoding() -> list[int]:
    """By the next 11 bits of the stream: byte value << 20 | bits of its code."""
    table = [NO_CODE] * (1 << LONGEST_CODE)
    for value, path in enumerate(CODES):
        start = int(path[::-1], 2)
        for rest in range(1 << (LONGEST_CODE - len(path))):
            table[start | rest << len(path)] = value << LENGTH_BITS | len(path)
    return table


def encoding() -> list[tuple[int, int]]:
    """By byte value: its code with the first bit lowest, and how many bits it has."""
    return [(int(path[::-1], 2), len(path)) for path in CODES]
