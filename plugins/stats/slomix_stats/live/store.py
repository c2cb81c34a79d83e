"""The live state in PostgreSQL, so that every process can answer for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from slomix.events import DataChanged
from slomix_stats.api.live import LiveChanged, NowPlayingChanged
from slomix_stats.live.events import Batch
from slomix_stats.live.state import Told, from_json, is_seen, take, to_json

if TYPE_CHECKING:
    from slomix.context import Db, Events
    from slomix.storage.database import Connection
    from slomix.web.gate import Server

#: Seconds after which a server that says nothing is not live, and an entry leaves the feed.
RETENTION_S = 600
#: Entries of one server.
RING = 1000

# One writer at a time: the feed's numbers become visible in their order, so that no reader's cursor skips one.
LOCK = "select pg_advisory_xact_lock(hashtext('stats.live'))"
STATE = "select state, updated_at from stats.live where server_id = $1"
WRITE = """
insert into stats.live (server_id, state, updated_at) values ($1, $2, $3)
on conflict (server_id) do update set state = excluded.state, updated_at = excluded.updated_at
"""
TELL = """
with told as (
    insert into stats.live_feed (server_id, at, entry)
    select $1, t.at, t.entry from unnest($2::timestamptz[], $3::jsonb[]) with ordinality as t (at, entry, n) order by n
    returning seq
)
select max(seq) from told
"""
#: A number for what the feed is not told of: damage, XP, somebody without a name yet.
NEXT = "select nextval(pg_get_serial_sequence('stats.live_feed', 'seq'))"
#: Entries of the feed that say that something else is played, or by others.
SCENES = frozenset({"loaded", "round_start", "round_end", "join", "leave", "side"})
PRUNE = """
delete from stats.live_feed
where server_id = $1 and (
    at < $2 or seq <= (select seq from stats.live_feed where server_id = $1 order by seq desc offset $3 limit 1)
)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What came of a batch: events that were new, and those that were known already."""

    taken: int
    known: int


async def take_batch(db: Db, bus: Events, server: Server, batch: Batch, now: datetime) -> Taken:
    """Take a batch of a server, in one transaction. Sending it again changes nothing."""
    async with db.transaction(durable=False, prologue=(LOCK,)) as tx:
        before = await tx.fetchrow(STATE, server.id)
        state = from_json(before["state"] if before else {})
        told, new = take(state, batch, int(now.timestamp() * 1000))
        if told:
            state.seq = await _tell(tx, server, told, now)
        elif new and is_seen(batch):
            state.seq = await tx.fetchval(NEXT)
        await tx.execute(WRITE, server.id, to_json(state), now)
        if new and is_seen(batch):
            await bus.signal(tx, LiveChanged(server=server.name, last=state.seq))
        if _is_another_scene(before, told, now):
            await bus.signal(tx, DataChanged(what="live"))
            await bus.signal(tx, NowPlayingChanged(server=server.name))
    return Taken(taken=new, known=len(batch.events) - new)


def _is_another_scene(before: Any, told: list[Told], now: datetime) -> bool:
    """Whether pages that say what is played, and by whom, are to be made anew: the server was not live, or told so."""
    was_live = before is not None and (now - before["updated_at"]).total_seconds() < RETENTION_S
    return not was_live or any(entry.type in SCENES for entry in told)


async def _tell(tx: Connection, server: Server, told: list[Told], now: datetime) -> int:
    """Put entries into the feed, and out of it what is old; answers the number of the last."""
    moments = [datetime.fromtimestamp(entry.at / 1000, UTC) for entry in told]
    last = await tx.fetchval(TELL, server.id, moments, [msgspec.to_builtins(entry) for entry in told])
    oldest = datetime.fromtimestamp(now.timestamp() - RETENTION_S, UTC)
    await tx.execute(PRUNE, server.id, oldest, RING)
    return int(last)
