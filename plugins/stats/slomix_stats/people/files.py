"""Files without a person who is forgotten: read as before, with the stranger in the person's place. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from slomix_stats.lines import identify
from slomix_stats.record import PlayerRecord, StatsFile

if TYPE_CHECKING:
    from slomix.nouns import Stranger

_CELLS = re.compile(r"([\t\n]+)")


def stats_without(name: str, data: bytes, stranger: Stranger) -> bytes:
    """A stats file: GUID and name of the person's lines are the stranger's."""
    header, *lines = data.split(b"\n")
    return b"\n".join([header, *(_line_without(line, stranger) for line in lines)])


def _line_without(line: bytes, stranger: Stranger) -> bytes:
    head, *rest = line.rsplit(b"\\", 3)
    guid, separator, name = head.decode("utf-8", "replace").partition("\\")
    who = identify(guid, name) if separator and len(rest) == 3 else None
    if who is None or who.key not in stranger.keys:
        return line
    return b"\\".join([f"{stranger.keys[who.key]}\\{stranger.name}".encode(), *rest])


def endstats_without(name: str, data: bytes, stranger: Stranger) -> bytes:
    """An endstats file: cells that are the person's name or GUID are the stranger's."""
    words = stranger.words()
    text = data.decode("utf-8", "surrogateescape")
    cells = [_cell_without(cell, words) for cell in _CELLS.split(text)]
    return _checked("".join(cells).encode("utf-8", "surrogateescape"), stranger)


def _cell_without(cell: str, words: dict[str, str]) -> str:
    bare = cell.strip()
    instead = words.get(bare) or (words.get(bare[:8].upper()) if len(bare) >= 32 else None)
    return cell if instead is None else cell.replace(bare, instead)


def report_without(name: str, data: bytes, stranger: Stranger) -> bytes:
    """A report of a round's end (JSON): texts that are the person's name or GUID are the stranger's."""
    return _checked(msgspec.json.encode(stranger.instead(msgspec.json.decode(data))), stranger)


def _checked(data: bytes, stranger: Stranger) -> bytes:
    """Raises ValueError where a name still stands within another text: such a file is not kept."""
    left = [name for name in stranger.person.names if len(name) > 2 and name.encode() in data]
    if left:
        raise ValueError("the person's name stands within another text")
    return data


def record_without(file: StatsFile, stranger: Stranger) -> StatsFile:
    """A parsed stats file with the stranger in the person's place."""
    players = [_player_without(player, stranger) for player in file.players]
    return msgspec.structs.replace(file, players=players)


def _player_without(player: PlayerRecord, stranger: Stranger) -> PlayerRecord:
    if player.key not in stranger.keys:
        return player
    key = stranger.keys[player.key]
    return msgspec.structs.replace(
        player, key=key, guid=key, name_raw=stranger.name, name=stranger.name, guid_missing=False
    )
