"""Reads what happens now: `StatsLiveV1`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from slomix.names import clean_name
from slomix_stats.api.live import FeedEntry, Live, LivePlayer, LiveServer
from slomix_stats.live.state import Told, from_json
from slomix_stats.live.statuses import Statuses
from slomix_stats.live.store import RETENTION_S

if TYPE_CHECKING:
    from slomix.clock import Clock
    from slomix.context import Db

# Not from a replica: the tables are not logged, so a standby does not have them. One statement, so that the number
# fits what is read with it.
LIVE = """
with known as (
    select greatest(
        (select max(seq) from stats.live_feed), (select max((state->>'seq')::bigint) from stats.live), 0
    ) as last
)
select known.last, (
    select jsonb_agg(
        jsonb_build_array(s.name, l.state - 'senders' - 'recent', l.updated_at) order by lower(s.name), s.name
    )
    from stats.live l join slomix.server s on s.id = l.server_id
    where l.updated_at > $2 and ($3::text is null or s.name = $3)
) as servers, (
    select jsonb_agg(jsonb_build_array(f.seq, f.name, f.at, f.entry) order by f.seq) from (
        select f.seq, s.name, f.at, f.entry from stats.live_feed f join slomix.server s on s.id = f.server_id
        where f.seq > case when $1 <= known.last then $1 else 0 end and f.at > $2
            and ($3::text is null or s.name = $3)
        order by f.seq desc limit $4
    ) f
) as feed
from known
"""


class _Server(msgspec.Struct, array_like=True):
    name: str
    state: Any
    updated_at: datetime


class _Entry(msgspec.Struct, array_like=True):
    seq: int
    server: str
    at: datetime
    told: Told


class LiveReader(Statuses):
    """Implements `slomix_stats.api.StatsLiveV1`."""

    def __init__(self, db: Db, clock: Clock, addresses: Mapping[str, str]) -> None:
        super().__init__(db, clock, addresses)

    async def live(self, *, server: str | None = None, since: int = 0, limit: int = 200) -> Live:
        """The servers that were heard of lately, with the latest `limit` entries of the feed after `since`.

        A `since` from before a crash, which begins the numbers anew, starts at the beginning.
        """
        now = self._clock.now()
        row = await self._db.fetchrow(LIVE, since, now - timedelta(seconds=RETENTION_S), server, limit)
        assert row is not None
        return Live(
            servers=tuple(_server(each, now) for each in msgspec.convert(row["servers"] or [], list[_Server])),
            feed=tuple(_entry(each) for each in msgspec.convert(row["feed"] or [], list[_Entry])),
            last=row["last"],
        )


def _server(found: _Server, now: datetime) -> LiveServer:
    state = from_json(found.state)
    started = None if state.started_at is None else datetime.fromtimestamp(state.started_at / 1000, UTC)
    playing = state.phase == "playing" and started is not None
    return LiveServer(
        server=found.name,
        seq=state.seq,
        map=state.map,
        round=state.round,
        phase=state.phase,
        started_at=started,
        clock_s=int((now - started).total_seconds()) if playing and started is not None else None,
        axis_kills=state.kills.get(1, 0),
        allies_kills=state.kills.get(2, 0),
        axis_xp=state.xp.get(1),
        allies_xp=state.xp.get(2),
        players=tuple(
            LivePlayer(
                slot=slot,
                name=clean_name(player.name) or f"#{slot}",
                name_raw=player.name,
                side=player.side,
                kills=player.kills,
                deaths=player.deaths,
                damage_given=player.damage_given,
                damage_received=player.damage_received,
                xp=player.xp,
            )
            for slot, player in sorted(state.players.items())
        ),
        updated_at=found.updated_at,
    )


def _entry(found: _Entry) -> FeedEntry:
    told = found.told
    return FeedEntry(
        seq=found.seq,
        server=found.server,
        at=found.at,
        type=told.type,
        actor=told.actor,
        target=told.target,
        side=told.side,
        what=told.what,
    )
