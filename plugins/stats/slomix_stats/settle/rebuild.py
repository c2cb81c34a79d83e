"""Everything again from the parsed files: numbers, results, teams, findings and sums. Manual decisions are kept.

A session is one transaction, so what readers see is never half old and half new. A round is stored as its import did
it; a file that an older parser read is read again, as far as its bytes are kept.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import structlog

from slomix.errors import BadArtifact, EmptyArtifact
from slomix.identity.place import prologue
from slomix.nouns import Import, MatchFacts, RoundPlace
from slomix_stats.derive.rules import DEFAULT_RULES, Rules
from slomix_stats.inputs.links import link_round
from slomix_stats.inputs.store import store_round
from slomix_stats.parser import parse
from slomix_stats.record import PARSER_VERSION, StatsFile, unpack
from slomix_stats.settle.counting import uncount
from slomix_stats.settle.session import settle

if TYPE_CHECKING:
    from slomix.context import Db
    from slomix.storage.database import Connection

log = structlog.get_logger("slomix.stats")

SESSIONS = """
select s.id, v.name as server from slomix.session s join slomix.server v on v.id = s.server_id
where $1::text[] is null or s.id = any($1)
order by s.started_at, s.id
"""
MATCHES = """
select id, session_id, map, ended_at, status, r1_round_id, r2_round_id
from slomix.match where session_id = $1 order by ended_at, id
"""
ROUNDS = """
select s.round_id, s.artifact, s.parser_version, s.raw, a.name, r.server_id,
    case when s.parser_version < $2 and a.parser = 'stats.stats' then a.raw end as bytes,
    (select jsonb_object_agg(p.key, p.player_id) from slomix.round_player p where p.round_id = s.round_id) as players
from stats.round s
join slomix.round r on r.id = s.round_id
left join slomix.artifact a on a.sha256 = decode(s.artifact, 'hex')
where r.session_id = $1
"""


async def sessions_to_rebuild(db: Db, session_ids: Sequence[str] | None = None) -> list[tuple[str, str]]:
    """Sessions with the names of their servers, in the order of time; None stands for all."""
    wanted = None if session_ids is None else list(session_ids)
    return [(row["id"], row["server"]) for row in await db.fetch(SESSIONS, wanted)]


async def rebuild_session(db: Db, session_id: str, server: str, rules: Rules = DEFAULT_RULES) -> int:
    """Derive a session anew, in one transaction; answers how many rounds it has."""
    async with db.transaction(durable=False, prologue=prologue(server)) as tx:
        rows = {row["round_id"]: row for row in await tx.fetch(ROUNDS, session_id, PARSER_VERSION)}
        await uncount(tx, list(rows))
        for match in await tx.fetch(MATCHES, session_id):
            await _store_again(tx, MatchFacts(**_facts(match)), rows, server)
        await settle(tx, [session_id], rules)
    return len(rows)


def _facts(row: Any) -> dict[str, Any]:
    facts = dict(row)
    return {"match_id": facts.pop("id"), **facts}


async def _store_again(tx: Connection, match: MatchFacts, rows: dict[str, Any], server: str) -> None:
    """Store the first half of a match as if it had come again: its second half follows."""
    halves = [each for each in (match.r1_round_id, match.r2_round_id) if each in rows]
    if not halves:
        return
    row = rows[halves[0]]
    places = tuple(_place(rows[each], match) for each in halves)
    imported = Import(
        artifact=row["artifact"],
        name=row["name"] or "",
        server_id=row["server_id"],
        server=server,
        round_id=row["round_id"],
        revision=True,
        places=places,
        matches=(match,),
        gone_matches=(),
        players=row["players"] or {},
    )
    for second in halves[1:]:
        await link_round(tx, second)
    await store_round(tx, _file(row), imported)


def _place(row: Any, match: MatchFacts) -> RoundPlace:
    second = row["round_id"] == match.r2_round_id
    return RoundPlace(
        round_id=row["round_id"],
        number=2 if second else 1,
        match_id=match.match_id,
        session_id=match.session_id,
        status=match.status,
        partner_id=match.r1_round_id if second else None,
    )


def _file(row: Any) -> StatsFile:
    """The parsed file, by the parser of today where it can be read again."""
    if row["bytes"] is not None:
        try:
            return parse(row["name"], zlib.decompress(row["bytes"]).replace(b"\r\n", b"\n"))
        except (BadArtifact, EmptyArtifact) as error:
            log.warning("not read again", file=row["name"], round=row["round_id"], reason=str(error))
    return unpack(row["raw"])
