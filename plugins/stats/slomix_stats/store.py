"""Writes a parsed file and derives anew every round and match that it changed, in the transaction of the import.

The parsed file is kept as it is (`stats.round.raw`), so that a round 2 can be derived again when its round 1 arrives.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from slomix.nouns import Import, MatchFacts, MatchStatus, RoundPlace
from slomix_stats.api import Outcome
from slomix_stats.derive.model import DERIVATION_VERSION
from slomix_stats.differential import PlayerRound, derive
from slomix_stats.inputs.report import RoundReport, unpack_report
from slomix_stats.record import PARSER_VERSION, StatsFile, pack, unpack
from slomix_stats.rows import PLAYER_ROUND_COLUMNS, PLAYER_ROUND_KEY, player_row
from slomix_stats.scoring import RoundResult, judge, score
from slomix_stats.settle.counting import uncount

if TYPE_CHECKING:
    from slomix.storage.database import Connection

_encode = msgspec.json.Encoder().encode

_LOAD = """
select s.round_id, s.raw, s.basis, s.outcome, s.seconds, s.valid,
    (select i.raw from stats.input i where i.round_id = s.round_id and i.kind = 'report' and i.counts) as report
from stats.round s where s.round_id = any($1::text[])
"""

_PLAYERS = "select round_id, key, player_id from slomix.round_player where round_id = any($1::text[])"

_REPLACED = ", ".join(f"{name} = excluded.{name}" for name in PLAYER_ROUND_COLUMNS if name not in PLAYER_ROUND_KEY)

# One statement, as each way to the server and back costs more than the work it asks for.
_KEEP = f"""
with kept as (
    insert into stats.round as r (
        round_id, artifact, parser_version, raw, basis, host, config, layout, header_fields, limit_s, target_s,
        measured_s, defender, winner, outcome, seconds, ended_early, flags, version
    )
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $30)
    on conflict (round_id) do update set
        artifact = excluded.artifact, parser_version = excluded.parser_version, raw = excluded.raw,
        basis = excluded.basis, host = excluded.host, config = excluded.config, layout = excluded.layout,
        header_fields = excluded.header_fields, limit_s = excluded.limit_s, target_s = excluded.target_s,
        measured_s = excluded.measured_s, defender = excluded.defender, winner = excluded.winner,
        outcome = excluded.outcome, seconds = excluded.seconds, ended_early = excluded.ended_early,
        flags = excluded.flags, version = excluded.version
), results as (
    insert into stats.match_result (
        match_id, status, r1_outcome, r2_outcome, r1_seconds, r2_seconds, points_r1_attackers, points_r2_attackers
    )
    select * from unnest(
        $19::text[], $20::text[], $21::text[], $22::text[], $23::float8[], $24::float8[], $25::int2[], $26::int2[]
    )
    on conflict (match_id) do update set
        status = excluded.status, r1_outcome = excluded.r1_outcome, r2_outcome = excluded.r2_outcome,
        r1_seconds = excluded.r1_seconds, r2_seconds = excluded.r2_seconds,
        points_r1_attackers = excluded.points_r1_attackers, points_r2_attackers = excluded.points_r2_attackers
), gone as (
    delete from stats.match_result where match_id = any($27::text[])
), played as (
    select * from json_populate_recordset(null::stats.player_round, $28::text::json)
), left_out as (
    delete from stats.player_round p
    where p.round_id = any($29::text[])
        and not exists (select from played n where n.round_id = p.round_id and n.key = p.key)
)
insert into stats.player_round select * from played
on conflict (round_id, key) do update set {_REPLACED}
"""  # noqa: S608 - names of columns, nothing from outside

_JUDGE_AGAIN = """
update stats.round
set basis = $2, outcome = $3, seconds = $4, ended_early = $5, flags = $6, version = $7
where round_id = $1
"""


@dataclass(frozen=True, slots=True)
class _Known:
    """A round that is stored already. `raw` and the `report` of its end are decoded only where they are needed."""

    raw: bytes
    basis: str
    outcome: Outcome | None
    seconds: float | None
    valid: bool
    report: bytes | None


@dataclass(frozen=True, slots=True)
class _Derived:
    """A round derived in this transaction, with its players in file order."""

    basis: str
    players: list[PlayerRound]
    result: RoundResult


async def store(tx: Connection, record: StatsFile, imported: Import, report: RoundReport | None = None) -> None:
    """Write the file of `imported.round_id`, of whose end `report` tells, and everything that depends on it."""
    known = await _load(tx, imported)
    derived = _derive(record, imported, known, report)
    counted = [round_id for round_id in derived if round_id in known and known[round_id].valid]
    if counted:
        await uncount(tx, counted)
    new = derived.pop(imported.round_id)
    ids = {imported.round_id: imported.players}
    if derived:
        ids |= await _player_ids(tx, list(derived))
    for round_id, again in derived.items():
        result = again.result
        await tx.execute(
            _JUDGE_AGAIN,
            round_id,
            again.basis,
            result.outcome,
            result.seconds,
            result.ended_early,
            result.flags,
            DERIVATION_VERSION,
        )
    derived[imported.round_id] = new
    await tx.execute(
        _KEEP,
        *_round_row(record, imported, new),
        *_results(imported.matches, derived, known),
        imported.gone_matches,
        # As JSON: to encode an array of rows value by value takes the client longer than the rest of the statement.
        _encode(
            [
                dict(
                    zip(PLAYER_ROUND_COLUMNS, player_row(round_id, ids[round_id][played.who.key], played), strict=True)
                )
                for round_id, found in derived.items()
                for played in found.players
            ]
        ).decode(),
        list(derived),
        DERIVATION_VERSION,
    )


async def _load(tx: Connection, imported: Import) -> dict[str, _Known]:
    """Every stored round that a place or a match of the import names, the imported one too if it is stored already."""
    wanted = {place.round_id for place in imported.places} | {place.partner_id for place in imported.places}
    for match in imported.matches:
        wanted |= {match.r1_round_id, match.r2_round_id}
    rows = await tx.fetch(_LOAD, list(wanted - {None}))
    return {round_id: _Known(*known) for round_id, *known in rows}


async def _player_ids(tx: Connection, round_ids: list[str]) -> dict[str, dict[str, str]]:
    """Player ids by round and key."""
    found: dict[str, dict[str, str]] = {round_id: {} for round_id in round_ids}
    for row in await tx.fetch(_PLAYERS, round_ids):
        found[row["round_id"]][row["key"]] = row["player_id"]
    return found


def _derive(
    record: StatsFile, imported: Import, known: Mapping[str, _Known], report: RoundReport | None
) -> dict[str, _Derived]:
    """The imported round, and those others whose numbers may be different ones now."""

    def file_of(round_id: str | None) -> StatsFile | None:
        if round_id == imported.round_id:
            return record
        stored = known.get(round_id) if round_id else None
        return unpack(stored.raw) if stored else None

    derived: dict[str, _Derived] = {}
    for place in imported.places:
        basis = _basis(place)
        stored = known.get(place.round_id)
        if place.round_id != imported.round_id and (
            stored is None or (stored.basis == basis and place.partner_id is None)
        ):
            continue
        file = file_of(place.round_id)
        assert file is not None
        partner = file_of(place.partner_id)
        # Round 1 may be known from another kind of file only: then there is nothing to take away.
        status: MatchStatus = "orphan_r2" if place.partner_id is not None and partner is None else place.status
        players = derive(file, partner, status)
        told = report if place.round_id == imported.round_id else unpack_report(stored.report if stored else None)
        derived[place.round_id] = _Derived(basis, players, judge(file, players, status, told))
    return derived


def _basis(place: RoundPlace) -> str:
    """What a round's numbers stand on: its file alone unless it is the second half of a match."""
    if place.status == "aborted":
        return "aborted"
    return "file" if place.number == 1 else place.partner_id or "orphan_r2"


def _round_row(record: StatsFile, imported: Import, new: _Derived) -> tuple[Any, ...]:
    return (
        imported.round_id,
        imported.artifact,
        PARSER_VERSION,
        pack(record),
        new.basis,
        record.host_raw,
        record.config,
        record.layout,
        record.header_fields,
        record.limit_s,
        record.target_s,
        record.measured_s,
        record.defender,
        record.winner,
        new.result.outcome,
        new.result.seconds,
        new.result.ended_early,
        new.result.flags,
    )


def _results(
    matches: Sequence[MatchFacts], derived: Mapping[str, _Derived], known: Mapping[str, _Known]
) -> list[list[Any]]:
    """Columns of `stats.match_result` for these matches."""
    rows = []
    for match in matches:
        r1_outcome, r1_seconds = _ended(match.r1_round_id, derived, known)
        r2_outcome, r2_seconds = _ended(match.r2_round_id, derived, known)
        points = (score(r1_outcome, r2_outcome) if match.status == "complete" else None) or (None, None)
        rows.append((match.match_id, match.status, r1_outcome, r2_outcome, r1_seconds, r2_seconds, *points))
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(8)]


def _ended(
    round_id: str | None, derived: Mapping[str, _Derived], known: Mapping[str, _Known]
) -> tuple[Outcome | None, float | None]:
    """Outcome and seconds of a half of a match; unknown for a half that is not there or has no stats file."""
    if round_id is None:
        return None, None
    if round_id in derived:
        return derived[round_id].result.outcome, derived[round_id].result.seconds
    if round_id in known:
        return known[round_id].outcome, known[round_id].seconds
    return None, None
