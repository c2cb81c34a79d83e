"""What `slomix doctor` asks of inputs that wait for a round."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slomix.contrib import CheckResult

if TYPE_CHECKING:
    from slomix.context import Db

# Reports that lie whole half hours from a round of their map and label: real time and the server's wall clock disagree.
OFF = """
select v.name as server, count(*) as reports,
    (round(extract(epoch from min(i.ended_at - r.ended_at)) / 1800) / 2)::float8 as hours
from stats.input i
join slomix.round r on r.map = i.map and r.number = i.number
    and r.ended_at between i.ended_at - interval '14 hours' and i.ended_at + interval '14 hours'
join slomix.server v on v.id = r.server_id and (i.server_id is null or i.server_id = v.id)
where i.kind = 'report' and i.round_id is null
    and abs(extract(epoch from i.ended_at - r.ended_at)) > 1500
    and abs(extract(epoch from i.ended_at - r.ended_at)
        - 1800 * round(extract(epoch from i.ended_at - r.ended_at) / 1800)) <= 30
group by v.name order by count(*) desc, v.name limit 1
"""
WAITING = "select count(*) from stats.input where round_id is null and counts"


async def clocks_agree(db: Db) -> CheckResult:
    """Whether reports in real time find their rounds, which have the server's wall clock."""
    off = await db.fetchrow(OFF)
    if off is not None:
        detail = f"reports ({off['reports']}) are {abs(off['hours']):g} h from rounds of {off['server']!r}"
        step = f'set the zone of its clock: [slomix.servers."{off["server"]}"] timezone'
        return CheckResult(ok=False, detail=detail, next_step=step)
    waiting = await db.fetchval(WAITING)
    return CheckResult(ok=True, detail=f"{waiting} files beside stats files wait for their round")
