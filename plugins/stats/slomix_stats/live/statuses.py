"""What the servers answered when they were asked: asking, storing, reading."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import structlog

from slomix.names import clean_name
from slomix_stats.api.live import ServerHistory, ServerPlayer, ServerSample, ServerStatus, ServerStatuses
from slomix_stats.live.getstatus import Answer, NoAnswer, ask

if TYPE_CHECKING:
    from slomix.clock import Clock
    from slomix.context import Db

log = structlog.get_logger("slomix.stats")

#: How long it is remembered who was there.
HISTORY = timedelta(days=400)

READ = "select * from stats.server_status where server = any($1)"
ANSWERED = """
insert into stats.server_status (server, address, asked_at, answered_at, answer, trouble)
values ($1, $2, $3, $3, $4, null)
on conflict (server) do update set address = excluded.address, asked_at = excluded.asked_at,
    answered_at = excluded.answered_at, answer = excluded.answer, trouble = null
"""
SILENT = """
insert into stats.server_status (server, address, asked_at, trouble) values ($1, $2, $3, $4)
on conflict (server) do update set address = excluded.address, asked_at = excluded.asked_at, trouble = excluded.trouble
"""
SAMPLE = """
insert into stats.server_sample (server, at, map, humans, bots) values ($1, $2, $3, $4, $5) on conflict do nothing
"""
FORGET = "delete from stats.server_sample where server = $1 and at < $2"
HISTORY_OF = """
select at, map, humans, bots from stats.server_sample where server = $1 and at >= $2 order by at limit $3
"""

Ask = Callable[[str], Coroutine[Any, Any, Answer]]


class Statuses:
    """The part of `StatsLiveV1` that comes from asking; `addresses` are those of the servers by name."""

    def __init__(self, db: Db, clock: Clock, addresses: Mapping[str, str]) -> None:
        self._db = db
        self._clock = clock
        self._addresses = addresses

    async def poll(self, ask_one: Ask = ask) -> None:
        """Ask every server now, all at once, and keep what they say."""
        await asyncio.gather(*(self._ask(name, address, ask_one) for name, address in self._addresses.items()))

    async def servers(self) -> ServerStatuses:
        """Every server that has an address, by name."""
        rows = {row["server"]: row for row in await self._db.fetch(READ, list(self._addresses))}
        names = sorted(self._addresses, key=lambda name: (name.lower(), name))
        return ServerStatuses(servers=tuple(_status(name, self._addresses[name], rows.get(name)) for name in names))

    async def server_status(self, name: str) -> ServerStatus | None:
        """One of them; None when it has no address."""
        found = (await self.servers()).servers
        return next((status for status in found if status.server == name), None)

    async def server_history(self, name: str, *, since: datetime, limit: int = 500) -> ServerHistory | None:
        """Players over time, from `since` on; None when the server has no address."""
        if name not in self._addresses:
            return None
        rows = await self._db.fetch(HISTORY_OF, name, since, limit + 1)
        samples = tuple(ServerSample(**dict(row)) for row in rows[:limit])
        return ServerHistory(server=name, samples=samples, next=rows[limit]["at"] if len(rows) > limit else None)

    async def _ask(self, name: str, address: str, ask_one: Ask) -> None:
        asked = self._clock.now()
        try:
            answer = await ask_one(address)
        except NoAnswer as trouble:
            log.debug("a game server does not answer", server=name, address=address, reason=str(trouble))
            async with self._db.transaction(durable=False) as tx:
                await tx.execute(SILENT, name, address, asked, str(trouble))
                await tx.execute(SAMPLE, name, asked, None, None, None)
            return
        bots = sum(player.ping == 0 for player in answer.players)
        async with self._db.transaction(durable=False) as tx:
            await tx.execute(ANSWERED, name, address, asked, msgspec.to_builtins(answer))
            on_map = answer.variables.get("mapname")
            await tx.execute(SAMPLE, name, asked, on_map, len(answer.players) - bots, bots)
            await tx.execute(FORGET, name, asked - HISTORY)


def _status(name: str, address: str, row: Any) -> ServerStatus:
    stored = row["answer"] if row else None
    answer = msgspec.convert(stored, Answer) if stored else Answer(variables={}, players=[])
    said = answer.variables
    most = said.get("sv_maxclients", "")
    online = row is not None and row["trouble"] is None
    players = tuple(_player(seen) for seen in answer.players) if online else ()
    return ServerStatus(
        server=name,
        address=address,
        online=online,
        asked_at=row["asked_at"] if row else None,
        answered_at=row["answered_at"] if row else None,
        hostname=clean_name(said["sv_hostname"]) if "sv_hostname" in said else None,
        hostname_raw=said.get("sv_hostname"),
        map=said.get("mapname"),
        gametype=said.get("g_gametype"),
        version=said.get("version"),
        max_players=int(most) if most.isascii() and most.isdigit() and len(most) < 6 else None,
        humans=sum(not player.bot for player in players),
        bots=sum(player.bot for player in players),
        players=players,
        trouble=row["trouble"] if row else "it was not asked yet",
    )


def _player(seen: Any) -> ServerPlayer:
    return ServerPlayer(
        name=clean_name(seen.name), name_raw=seen.name, score=seen.score, ping=seen.ping, bot=seen.ping == 0
    )
