"""Inputs as rows: what a file says, and who is meant by its names as far as that is known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from slomix.nouns import Side
from slomix_stats.inputs.awards import AWARDS
from slomix_stats.inputs.endstats import Endstats
from slomix_stats.inputs.report import Person, RoundReport
from slomix_stats.inputs.versus import with_subjects
from slomix_stats.lines import identify

if TYPE_CHECKING:
    from slomix.storage.database import Connection

DROP_ENDSTATS = "with a as (delete from stats.award where artifact = $1) delete from stats.versus where artifact = $1"
ADD_AWARDS = """
insert into stats.award (artifact, place, award, category, player, key, value, text)
select $1, t.* from unnest(
    $2::int2[], $3::text[], $4::text[], $5::text[], $6::text[], $7::float8[], $8::text[]
) as t
"""
ADD_VERSUS = """
insert into stats.versus
    (artifact, place, subject, subject_key, opponent, opponent_key, kills, deaths, reconstructed)
select $1, t.* from unnest(
    $2::int2[], $3::text[], $4::text[], $5::text[], $6::text[], $7::integer[], $8::integer[], $9::boolean[]
) as t
"""
ADD_REPORT = """
insert into stats.report (
    artifact, seconds, warmup_s, pause_count, pause_s, pauses, end_reason, surrender_side, surrender_key,
    surrender_name, winner, defender, script
) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
"""
ADD_PEOPLE = """
insert into stats.report_player
    (artifact, guid, key, name, side, spawns, deaths, dead_s, avg_respawn_s, max_respawn_s)
select $1, t.* from unnest(
    $2::text[], $3::text[], $4::text[], $5::text[], $6::integer[], $7::integer[], $8::float8[], $9::float8[],
    $10::float8[]
) as t
"""

Keys = Mapping[str, str | None]
_GUID_CHARACTERS = 8


async def write_endstats(
    tx: Connection, artifact: str, record: Endstats, keys: Keys, sides: Mapping[str, Side] | None
) -> None:
    """The awards and duels of a file. `keys` and `sides` are those of its round's players, by clean name."""
    await tx.execute(DROP_ENDSTATS, artifact)
    keys = {**keys, **_keys_of_headers(record)}
    awards = [
        (place, each.award, AWARDS.get(each.award), each.player, keys.get(each.player), each.value, each.text)
        for place, each in enumerate(record.awards)
    ]
    if awards:
        await tx.execute(ADD_AWARDS, artifact, *_columns(awards))
    duels = _duels(record, keys, sides)
    if duels:
        await tx.execute(ADD_VERSUS, artifact, *_columns(duels))


def _keys_of_headers(record: Endstats) -> dict[str, str]:
    """Keys by name, of those whose GUID the file itself has."""
    found: dict[str, str] = {}
    for block in record.blocks:
        if block.subject and block.guid:
            who = identify(block.guid[:_GUID_CHARACTERS], block.subject)
            if who is not None and not who.guid_missing:
                found[block.subject] = who.key
    return found


def _duels(record: Endstats, keys: Keys, sides: Mapping[str, Side] | None) -> list[tuple[Any, ...]]:
    named = {block.subject for block in record.blocks if block.subject is not None}
    rows: list[tuple[Any, ...]] = []
    for block in with_subjects(record.blocks, sides):
        subject = block.subject
        subject_key = None if subject is None else keys.get(subject)
        rows += [
            (len(rows) + at, subject, subject_key, row.opponent, keys.get(row.opponent), row.kills, row.deaths,
             subject is not None and subject not in named)
            for at, row in enumerate(block.rows)
        ]  # fmt: skip
    return rows


async def write_report(tx: Connection, artifact: str, record: RoundReport) -> None:
    """The facts of a report and its people."""
    guid = record.surrender_guid
    caller = None if guid is None else Person(guid, record.surrender_name or "", None).key
    await tx.execute(
        ADD_REPORT,
        artifact,
        record.seconds,
        record.warmup_s,
        record.pause_count,
        record.pause_s,
        [{"start": pause.start, "end": pause.end, "seconds": pause.seconds} for pause in record.pauses],
        record.end_reason,
        record.surrender_side,
        caller,
        record.surrender_name,
        record.winner,
        record.defender,
        record.script,
    )
    people = [(each.guid, each.key, *msgspec.structs.astuple(each)[1:]) for each in record.people]
    if people:
        await tx.execute(ADD_PEOPLE, artifact, *_columns(people))


def _columns(rows: list[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]
