"""Files of people who were forgotten since: they are read with the stranger who stands in the person's place."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from slomix.identity.localtime import at
from slomix.ingest.prepare import Prepared, parser_name, prepare
from slomix.nouns import Person, RoundSighting, Stranger
from slomix.people.pseudonyms import stand_in, strangers

if TYPE_CHECKING:
    from slomix.contrib import Parser
    from slomix.host.host import Contributed
    from slomix.storage.database import Connection

_WRITTEN = re.compile(r"\d{4}-\d{2}-\d{2}-\d{6}", re.ASCII)
_SECONDS = re.compile(rb"(?<![\d.])1[5-9]\d{8}(?!\d)")
_GUIDS = re.compile(rb"\b[0-9A-Fa-f]{8}(?:[0-9A-Fa-f]{24})?\b")


async def without_forgotten(
    tx: Connection, parsers: Sequence[Contributed[Parser]], prepared: Prepared, played_at: datetime
) -> Prepared:
    """The file as it may be stored: as it is where nobody in it was forgotten after `played_at`.

    It keeps its hash, so that it is a duplicate when it comes again. Where its parser can not rewrite it, only that is
    kept: it counts as empty, without its bytes.
    """
    assert isinstance(prepared.sighting, RoundSighting)
    stand_ins = await strangers(tx, [entry.key for entry in prepared.sighting.roster], played_at)
    if not stand_ins:
        return prepared
    parser = next(each.record for each in parsers if parser_name(each) == prepared.parser)
    if parser.without is None or prepared.raw is None:
        return nothing_of(prepared)
    data = zlib.decompress(prepared.raw)
    for stranger in _people_of(prepared.sighting, stand_ins):
        data = parser.without(prepared.name, data, stranger)
    again = prepare(parsers, prepared.name, data)
    return replace(again, sha256=prepared.sha256) if again.verdict == "round" else nothing_of(prepared)


async def mentions_forgotten(tx: Connection, prepared: Prepared, zone: ZoneInfo) -> bool:
    """Whether a file that only adds to a round holds the GUID of somebody who was forgotten since it was written.

    Such a file is not stored at all: it names people by their names too.
    """
    if prepared.raw is None:
        return False
    data = zlib.decompress(prepared.raw)
    guids = {match[:8].upper().decode() for match in _GUIDS.findall(data)}
    return bool(await strangers(tx, sorted(guids), _written_at(prepared.name, data, zone)))


def _written_at(name: str, data: bytes, zone: ZoneInfo) -> datetime:
    """By the time in its name, else by the latest one in it (seconds since 1970); where there is none, long ago."""
    if named := _WRITTEN.match(name):
        with suppress(ValueError):
            return at(datetime.strptime(named[0], "%Y-%m-%d-%H%M%S"), zone)  # noqa: DTZ007 - a wall clock
    return datetime.fromtimestamp(max(map(int, _SECONDS.findall(data)), default=0), UTC)


def _people_of(sighting: RoundSighting, stand_ins: dict[str, str]) -> list[Stranger]:
    return [
        stand_in(
            Person(player_id=None, keys=(entry.key,), guids=(entry.guid,), names=(entry.name,)),
            {entry.key: stand_ins[entry.key]},
            stand_ins[entry.key],
        )
        for entry in sighting.roster
        if entry.key in stand_ins
    ]


def nothing_of(prepared: Prepared) -> Prepared:
    """The file as one that holds no round, without its bytes."""
    return replace(
        prepared,
        verdict="empty",
        raw=None,
        detail="somebody in it was forgotten, and can not be taken out of it",
        record=None,
        sighting=None,
    )
