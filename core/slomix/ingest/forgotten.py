"""Files of people who were forgotten since: they are read with the stranger who stands in the person's place."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from slomix.ingest.prepare import Prepared, parser_name, prepare
from slomix.nouns import Person, RoundSighting, Stranger
from slomix.people.pseudonyms import stand_in, strangers

if TYPE_CHECKING:
    from slomix.contrib import Parser
    from slomix.host.host import Contributed
    from slomix.storage.database import Connection


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
        return _nothing_of(prepared)
    data = zlib.decompress(prepared.raw)
    for stranger in _people_of(prepared.sighting, stand_ins):
        data = parser.without(prepared.name, data, stranger)
    again = prepare(parsers, prepared.name, data)
    return replace(again, sha256=prepared.sha256) if again.verdict == "round" else _nothing_of(prepared)


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


def _nothing_of(prepared: Prepared) -> Prepared:
    return replace(
        prepared,
        verdict="empty",
        raw=None,
        detail="somebody in it was forgotten, and its parser can not take them out",
        record=None,
        sighting=None,
    )
