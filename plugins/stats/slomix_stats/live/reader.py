"""Reads what happens now: `StatsLiveV1`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from slomix.names import clean_name
from slomix_stats.api.live import FeedEntry, Live, LivePlayer, LiveServer
from slomix_stats.live.state import LiveState, Told, from_json
from slomix_stats.live.statuses import Statuses
from slomix_stats.live.store import RETENTION_S

if TYPE_CHECKING:
    from slomix.clock import Clock
    from slomix.context import Db

# Not from a replica: the tables are not logged, so a standby does not have them.
SERVERS = """
select s.name, l.state, l.updated_at from stats.live l join slomix.server s on s.id = l.server_id
where l.updated_at > $1 and ($2::text is null or s.name = $2)
order by lower(s.name), s.name
"""
FEED = """
select f.seq, s.name, f.at, f.entry from stats.live_feed f join slomix.server s on s.id = f.server_id
where f.seq > $1 and f.at > $2 and ($3::text is null or s.name = $3)
order by f.seq desc limit $4
"""
LAST = "select coalesce(max(seq), 0) from stats.live_feed"


class LiveReader(Statuses):
    """Implements `slomix_stats.api.StatsLiveV1`."""

    def __init__(self, db: Db, clock: Clock, addresses: Mapping[str, str]) -> None:
        super().__init__(db, clock, addresses)

    async def live(self, *, server: str | None = None, since: int = 0, limit: int = 200) -> Live:
        """The servers that were heard of lately, with the latest `limit` entries of the feed after `since`.

        A `since` from before a crash, which begins the numbers anew, starts at the beginning.
        """
        now = self._clock.now()
        oldest = now - timedelta(seconds=RETENTION_S)
        last = await self._db.fetchval(LAST)
        rows = await self._db.fetch(FEED, since if since <= last else 0, oldest, server, limit)
        feed = tuple(_entry(row) for row in reversed(rows))
        states = await self._db.fetch(SERVERS, oldest, server)
        return Live(
            servers=tuple(_server(row["name"], from_json(row["state"]), row["updated_at"], now) for row in states),
            feed=feed,
            last=feed[-1].seq if feed else last,
        )


def _server(name: str, state: LiveState, updated_at: datetime, now: datetime) -> LiveServer:
    started = None if state.started_at is None else datetime.fromtimestamp(state.started_at / 1000, UTC)
    playing = state.phase == "playing" and started is not None
    return LiveServer(
        server=name,
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
        updated_at=updated_at,
    )


def _entry(row: Any) -> FeedEntry:
    told = msgspec.convert(row["entry"], Told)
    return FeedEntry(
        seq=row["seq"],
        server=row["name"],
        at=row["at"],
        type=told.type,
        actor=told.actor,
        target=told.target,
        side=told.side,
        what=told.what,
    )
