"""The stored side of linking: inputs near a round, or a round near an input, brought to what `link` says of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from slomix.names import clean_name
from slomix.nouns import Side
from slomix_stats.inputs.endstats import Endstats
from slomix_stats.inputs.linking import WINDOW, Link, LinkInput, LinkRound, link
from slomix_stats.inputs.report import RoundReport, unpack_report
from slomix_stats.inputs.rows import write_endstats

if TYPE_CHECKING:
    from slomix.storage.database import Connection

#: What is looked at around a moment, so that everything that may be linked differently now is among it.
_INPUTS_REACH = 2 * WINDOW
_ROUNDS_REACH = 3 * WINDOW
#: No clock is farther from UTC.
_FARTHEST_ZONE = timedelta(hours=15)

# Asked with every import of a round, mostly for nothing.
IS_NEAR = """
select r.map, r.number, r.ended_local, r.ended_at
from slomix.round r
where r.id = $1 and (
    exists (
        select from stats.input i
        where i.map = r.map and i.number = r.number
            and i.ended_local between r.ended_local - $2::interval and r.ended_local + $2::interval
    ) or exists (
        select from stats.input i
        where i.map = r.map and i.number = r.number
            and i.ended_at between r.ended_at - $2::interval and r.ended_at + $2::interval
    )
)
"""
# Each input has one of the two times, so none is there twice.
_INPUT = "artifact, kind, server_id, ended_local, ended_at, started_at, richness, raw, round_id, counts"
INPUTS = f"""
select {_INPUT} from stats.input
where map = $1 and number = $2 and ended_local between $3::timestamp and $4::timestamp
union all
select {_INPUT} from stats.input
where map = $1 and number = $2 and ended_at between $5::timestamptz and $6::timestamptz
order by artifact
"""  # noqa: S608 - a list of columns, nothing from outside
# The roster as text: within a row, asyncpg reads only types that it met on this connection before.
ROUNDS = """
select r.id as round_id, r.server_id, r.ended_local, r.ended_at, r.limit_s,
    (select jsonb_agg(jsonb_build_array(p.key, p.name_raw, p.side)) from slomix.round_player p where p.round_id = r.id)
        as roster
from slomix.round r
where r.map = $1 and r.number = $2 and r.ended_at between $7::timestamptz and $8::timestamptz
    and (r.ended_local between $3::timestamp and $4::timestamp
        or r.ended_at between $5::timestamptz and $6::timestamptz)
order by r.id
"""
MOVE = """
update stats.input i set round_id = t.round_id, counts = t.counts
from unnest($1::text[], $2::text[], $3::boolean[]) as t (artifact, round_id, counts)
where i.artifact = t.artifact
"""

_endstats = msgspec.msgpack.Decoder(Endstats).decode


@dataclass(frozen=True, slots=True)
class Around:
    """A map and label with a moment, on the clocks on which it is known."""

    map: str
    number: int
    ended_local: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Roster:
    """Who played a round: keys by clean name (None where two had the same) and sides by clean name."""

    keys: dict[str, str | None]
    sides: dict[str, Side]


@dataclass(frozen=True, slots=True)
class Linked:
    """What came of linking: rounds whose inputs are other ones now, and the reports that count, by round."""

    changed: tuple[str, ...]
    reports: dict[str, RoundReport]


NOTHING = Linked((), {})


async def link_round(tx: Connection, round_id: str) -> Linked:
    """Link what waited for this round; who is named in its endstats is found anew, as its roster may be another one."""
    row = await tx.fetchrow(IS_NEAR, round_id, _INPUTS_REACH)
    return NOTHING if row is None else await link_around(tx, Around(*row), refresh=round_id)


async def link_around(tx: Connection, around: Around, refresh: str | None = None) -> Linked:
    """Link everything of this map and label near this moment."""
    inputs = await tx.fetch(INPUTS, around.map, around.number, *_reach(around, _INPUTS_REACH))
    if not inputs:
        return NOTHING
    rounds = await tx.fetch(ROUNDS, around.map, around.number, *_reach(around, _ROUNDS_REACH), *_surely(around))
    records = {row["artifact"]: _record(row["kind"], row["raw"]) for row in inputs}
    links = link([_link_round(row) for row in rounds], [_link_input(row, records[row["artifact"]]) for row in inputs])
    moved = [row for row in inputs if Link(row["round_id"], row["counts"]) != links[row["artifact"]]]
    if moved:
        names = [row["artifact"] for row in moved]
        chosen = [links[name] for name in names]
        await tx.execute(MOVE, names, [each.round_id for each in chosen], [each.counts for each in chosen])
    rosters = {row["round_id"]: _roster(row["roster"]) for row in rounds}
    for row in inputs:
        record, home = records[row["artifact"]], links[row["artifact"]].round_id
        if isinstance(record, Endstats) and (row["round_id"] != home or (home is not None and home == refresh)):
            roster = rosters[home] if home is not None else Roster({}, {})
            await write_endstats(tx, row["artifact"], record, roster.keys, roster.sides)
    return Linked(_changed(moved, links), _reports(records, links))


def _reach(around: Around, reach: timedelta) -> tuple[datetime | None, ...]:
    ends = (around.ended_local, around.ended_at)
    return tuple(None if end is None else end + sign * reach for end in ends for sign in (-1, 1))


def _surely(around: Around) -> tuple[datetime, datetime]:
    """A span of real time that holds the reach, whatever the zone of the server's clock is; an index answers it."""
    reach, middle = _ROUNDS_REACH, around.ended_at
    if middle is None:
        assert around.ended_local is not None
        reach, middle = reach + _FARTHEST_ZONE, around.ended_local.replace(tzinfo=UTC)
    return middle - reach, middle + reach


def _changed(moved: Sequence[Any], links: Mapping[str, Link]) -> tuple[str, ...]:
    found = {row["round_id"] for row in moved} | {links[row["artifact"]].round_id for row in moved}
    return tuple(sorted(each for each in found if each is not None))


def _reports(records: Mapping[str, Endstats | RoundReport], links: Mapping[str, Link]) -> dict[str, RoundReport]:
    found: dict[str, RoundReport] = {}
    for artifact, record in records.items():
        home = links[artifact]
        if isinstance(record, RoundReport) and home.counts and home.round_id is not None:
            found[home.round_id] = record
    return found


def _record(kind: str, raw: bytes) -> Endstats | RoundReport:
    report = unpack_report(raw) if kind == "report" else None
    return report or _endstats(raw)


def _link_input(row: Any, record: Endstats | RoundReport) -> LinkInput:
    if isinstance(record, Endstats):
        people = record.names()
    else:
        people = frozenset(person.key for person in record.people if ":" not in person.key)
    return LinkInput(
        artifact=row["artifact"],
        kind=row["kind"],
        server_id=row["server_id"],
        ended_local=row["ended_local"],
        ended_at=row["ended_at"],
        started_at=row["started_at"],
        richness=row["richness"],
        people=people,
    )


def _link_round(row: Any) -> LinkRound:
    roster = row["roster"] or ()
    people = {key for key, _, _ in roster} | {clean_name(name) for _, name, _ in roster}
    return LinkRound(
        round_id=row["round_id"],
        server_id=row["server_id"],
        ended_local=row["ended_local"],
        ended_at=row["ended_at"],
        limit_s=row["limit_s"],
        people=frozenset(people),
    )


def _roster(rows: Sequence[Any] | None) -> Roster:
    keys: dict[str, str | None] = {}
    sides: dict[str, Side] = {}
    for key, raw, side in rows or ():
        name = clean_name(raw)
        keys[name] = None if name in keys else key
        if side in ("axis", "allies"):
            sides[name] = side
    return Roster(keys, sides)
