"""Sessions that are over: nobody played for as long as a pause may be. Looked at by a job, once a minute."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from slomix.events import SessionClosed

if TYPE_CHECKING:
    from slomix.clock import Clock
    from slomix.context import Db, Events

#: So many in one transaction: a first look at years of sessions must not become one long one.
BATCH = 100

CLOSE = """
update slomix.session s set closed_rounds = s.rounds
where s.id in (
    select id from slomix.session
    where closed_rounds is distinct from rounds and ended_at < $1
    order by ended_at, id
    limit $2
    for update skip locked
)
returning s.id, s.ended_at, s.rounds, (select v.name from slomix.server v where v.id = s.server_id) as server
"""


async def close_sessions(db: Db, events: Events, clock: Clock, gap: timedelta) -> int:
    """Close every session whose last round ended longer than `gap` ago, and publish `SessionClosed`; answers how many.

    A session that a late file added to is closed again.
    """
    closed = 0
    while True:
        async with db.transaction() as tx:
            rows = await tx.fetch(CLOSE, clock.now() - gap, BATCH)
            await events.publish(
                tx,
                *(
                    SessionClosed(
                        session_id=row["id"], server=row["server"], ended_at=row["ended_at"], rounds=row["rounds"]
                    )
                    for row in sorted(rows, key=lambda row: (row["ended_at"], row["id"]))
                ),
            )
        closed += len(rows)
        if len(rows) < BATCH:
            return closed
