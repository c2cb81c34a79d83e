"""What happens on the game servers now, and who plays there: records and the protocol `StatsLiveV1`.

Players of a live round are known by their slot only: they carry no GUID, and their names identify nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal, Protocol

from slomix.events import Event
from slomix.nouns import Side

Phase = Literal["warmup", "playing", "intermission"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveChanged(Event):
    """Something happened on a server: `/stats/api/v1/live` has news. A signal: never stored. `last` is the cursor."""

    owner: ClassVar[str] = "stats"
    public: ClassVar[bool] = True

    server: str
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NowPlayingChanged(Event):
    """A server was heard of again, its map, round or phase is another one, or somebody came, went or changed sides.

    A signal, rare beside `LiveChanged`: what tells of a live round without its numbers is made anew by it.
    """

    owner: ClassVar[str] = "stats"
    public: ClassVar[bool] = True

    server: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveName:
    """Somebody in the feed, as he was called then. `name_raw` holds the colour codes."""

    slot: int
    name: str
    name_raw: str
    side: Side | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LivePlayer:
    """Somebody on the server. Numbers are of the running round; a kill of a team mate or of oneself is none."""

    slot: int
    name: str
    name_raw: str
    side: Side | None
    kills: int
    deaths: int
    damage_given: int
    damage_received: int
    xp: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveServer:
    """What runs on a server. `clock_s`: seconds since the round began, None outside of one.

    `round` 1 or 2 follows from what ended on this map before; kills and XP are of the sides, not of the teams. `seq`
    is the number of its last change: above the `last` of the answer before, there is news.
    """

    server: str
    map: str | None
    round: int
    phase: Phase
    started_at: datetime | None
    clock_s: int | None
    axis_kills: int
    allies_kills: int
    axis_xp: int | None
    allies_xp: int | None
    players: tuple[LivePlayer, ...]
    updated_at: datetime
    seq: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """Something that happened. `what` is the weapon, objective, item or text; who is told by `actor` and `target`."""

    seq: int
    server: str
    at: datetime
    type: str
    actor: LiveName | None
    target: LiveName | None
    side: Side | None
    what: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """Servers that were heard of within ten minutes, and the feed after `since`, oldest first. `last`: next `since`."""

    servers: tuple[LiveServer, ...]
    feed: tuple[FeedEntry, ...]
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerPlayer:
    """Somebody that a server names when asked. A ping of 0 is a bot's."""

    name: str
    name_raw: str
    score: int
    ping: int
    bot: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerStatus:
    """What a server said when it was asked last. `online` False: it did not answer; the rest is of `answered_at`.

    `address` is where it was asked; all that it says itself is None when it never answered.
    """

    server: str
    address: str
    online: bool
    asked_at: datetime | None
    answered_at: datetime | None
    hostname: str | None
    hostname_raw: str | None
    map: str | None
    gametype: str | None
    version: str | None
    max_players: int | None
    humans: int
    bots: int
    players: tuple[ServerPlayer, ...]
    trouble: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerStatuses:
    """All servers that are asked, by name."""

    servers: tuple[ServerStatus, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSample:
    """One moment of a server; None where it did not answer."""

    at: datetime
    map: str | None
    humans: int | None
    bots: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerHistory:
    """Players of a server over time, oldest first. `next` is the `since` of the following page, or None."""

    server: str
    samples: tuple[ServerSample, ...]
    next: datetime | None


class StatsLiveV1(Protocol):
    """What happens now. Servers are named as in Slomix (`slomix servers list`)."""

    async def live(self, *, server: str | None = None, since: int = 0, limit: int = 200) -> Live:
        """All live servers, or one, with the feed after number `since`."""
        ...

    async def servers(self) -> ServerStatuses:
        """Every server that has an address, with what it said last."""
        ...

    async def server_status(self, name: str) -> ServerStatus | None:
        """One of them; None when no address of it is known."""
        ...

    async def server_history(self, name: str, *, since: datetime, limit: int = 500) -> ServerHistory | None:
        """Players over time; None when there is no such server."""
        ...
