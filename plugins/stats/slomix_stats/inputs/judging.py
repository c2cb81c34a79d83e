"""Rounds that are judged anew, since a report of their end came, went or was replaced."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from slomix.nouns import MatchStatus
from slomix_stats.differential import derive
from slomix_stats.inputs.report import unpack_report
from slomix_stats.record import unpack
from slomix_stats.scoring import RoundResult, judge
from slomix_stats.settle.counting import uncount

if TYPE_CHECKING:
    from slomix.storage.database import Connection

LOAD = """
select r.id as round_id, r.number, m.id as match_id, m.status, s.raw, p.raw as partner, i.raw as report
from slomix.round r
join slomix.match m on m.id = r.match_id
join stats.round s on s.round_id = r.id
left join stats.round p on p.round_id = m.r1_round_id and r.number = 2 and m.status = 'complete'
left join stats.input i on i.round_id = r.id and i.kind = 'report' and i.counts
where r.id = any($1::text[]) and ($2::text is null or r.session_id = $2)
"""
JUDGED = "update stats.round set outcome = $2, seconds = $3, ended_early = $4, flags = $5 where round_id = $1"
FIRST = "update stats.match_result set r1_outcome = $2, r1_seconds = $3 where match_id = $1"
SECOND = "update stats.match_result set r2_outcome = $2, r2_seconds = $3 where match_id = $1"


async def judge_again(tx: Connection, round_ids: Sequence[str], session_id: str | None = None) -> None:
    """Write how these rounds ended (of one session only, if it is named); their sessions must be settled after it."""
    rows = await tx.fetch(LOAD, list(round_ids), session_id)
    await uncount(tx, [row["round_id"] for row in rows])
    for row in rows:
        result = _judged(row)
        await tx.execute(
            JUDGED, row["round_id"], result.outcome, result.seconds, result.ended_early, list(result.flags)
        )
        await tx.execute(FIRST if row["number"] == 1 else SECOND, row["match_id"], result.outcome, result.seconds)


def _judged(row: Any) -> RoundResult:
    file = unpack(row["raw"])
    partner = None if row["partner"] is None else unpack(row["partner"])
    status: MatchStatus = row["status"]
    if status == "complete" and row["number"] == 2 and partner is None:
        status = "orphan_r2"
    return judge(file, derive(file, partner, status), status, unpack_report(row["report"]))
