"""Writes an input and links it to its round, in the transaction of its import."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from slomix_stats.inputs.endstats import Endstats
from slomix_stats.inputs.judging import judge_again
from slomix_stats.inputs.links import Around, link_around, link_round
from slomix_stats.inputs.report import RoundReport
from slomix_stats.inputs.rows import write_endstats, write_report
from slomix_stats.layout import ENGINE_LINE
from slomix_stats.store import store

if TYPE_CHECKING:
    from slomix.nouns import Arrival, Import
    from slomix.storage.database import Connection
    from slomix_stats.record import StatsFile

ADD = """
insert into stats.input
    (artifact, kind, server_id, map, number, ended_local, ended_at, started_at, richness, raw)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
on conflict (artifact) do nothing
"""

LAYOUT = "select layout from stats.round where round_id = $1"

_encode = msgspec.msgpack.Encoder().encode


async def store_round(tx: Connection, record: StatsFile, imported: Import) -> None:
    """Store a stats file, after what waited for its round was linked to it."""
    linked = await link_round(tx, imported.round_id)
    await store(tx, record, imported, linked.reports.get(imported.round_id))
    others = [round_id for round_id in linked.changed if round_id != imported.round_id]
    if others:
        session = next(place.session_id for place in imported.places if place.round_id == imported.round_id)
        await judge_again(tx, others, session)


async def store_peer(tx: Connection, record: StatsFile, imported: Import) -> None:
    """Store a round that another script posted, unless its stats file is there, which says more."""
    known = await tx.fetchval(LAYOUT, imported.round_id)
    if known in (None, ENGINE_LINE):
        await store_round(tx, record, imported)


async def store_endstats(tx: Connection, record: Endstats, arrival: Arrival) -> tuple[str, ...]:
    """Keep an endstats file; answers the round that it is of, as its awards are new there."""
    await tx.execute(
        ADD, arrival.artifact, "endstats", arrival.server_id, record.map, record.number, record.ended_local, None, None,
        record.richness, _encode(record),
    )  # fmt: skip
    await write_endstats(tx, arrival.artifact, record, {}, None)
    linked = await link_around(tx, Around(record.map, record.number, record.ended_local, None))
    return linked.changed


async def store_report(tx: Connection, record: RoundReport, arrival: Arrival) -> tuple[str, ...]:
    """Keep a report and judge its round by it; answers the rounds whose numbers may be other ones now."""
    await tx.execute(
        ADD, arrival.artifact, "report", arrival.server_id, record.map, record.number, None, record.ended_at,
        record.started_at, record.richness, _encode(record),
    )  # fmt: skip
    await write_report(tx, arrival.artifact, record)
    linked = await link_around(tx, Around(record.map, record.number, None, record.ended_at))
    if linked.changed:
        await judge_again(tx, linked.changed)
    return linked.changed
