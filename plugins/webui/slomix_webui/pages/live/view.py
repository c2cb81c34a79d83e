"""What the live page shows, and what its channel tells: made by the same pure functions, so that they agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from slomix_stats.api import (
    Live,
    LivePlayer,
    LiveServer,
    Phase,
    ServerHistory,
    ServerSample,
    ServerStatus,
    SessionLine,
)
from slomix_webui.pages.live.feed import LiveLine, lines

#: The sides of those who play.
FIGHTING = frozenset({"axis", "allies"})
#: Points of the small chart of a server's players.
MOST_POINTS = 48


@dataclass(frozen=True, slots=True, kw_only=True)
class Fighter:
    """Somebody who plays. `damage` and `received` are None where the server does not tell of damage."""

    slot: int
    name: str
    name_raw: str
    kills: int
    deaths: int
    damage: int | None
    received: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveRound:
    """A server where something is played. `clock_s`: seconds of the running round, None outside of one.

    `axis` and `allies` are ordered by kills; `others` are names of those who watch or have no side yet.
    """

    server: str
    map: str | None
    round: int
    phase: Phase
    started_at: datetime | None
    clock_s: int | None
    axis_kills: int
    allies_kills: int
    axis: tuple[Fighter, ...]
    allies: tuple[Fighter, ...]
    others: tuple[Fighter, ...]
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """What is live, and the news: the state of the channel (`rounds` are all), or what changed (only those with news).

    `live` are the names of all servers where something is played, in the order of the page.
    """

    live: tuple[str, ...]
    rounds: tuple[LiveRound, ...]
    feed: tuple[LiveLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerLine:
    """A game server: what it answered when it was asked, and how many played in the last day, oldest first.

    `status` is None for a server that is known by its agent only; `map` is then what the agent said.
    """

    server: str
    live: bool
    map: str | None
    status: ServerStatus | None
    course: tuple[float | None, ...] = ()
    peak: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveView:
    """The page. `feed` is newest first and of `kinds` only; `night` is the one that is being played (None
    before its first round is over), while nothing is live the last one.

    `told`: some server's agent was heard of within ten minutes, so that silence means that nobody plays.
    """

    live: tuple[str, ...]
    rounds: tuple[LiveRound, ...]
    feed: tuple[LiveLine, ...]
    kinds: tuple[str, ...]
    servers: tuple[ServerLine, ...]
    night: SessionLine | None
    told: bool
    last: int


def is_live(server: LiveServer) -> bool:
    """Whether something is played: a round runs, or somebody stands on a side. The one answer to it everywhere."""
    return server.phase == "playing" or any(player.side in FIGHTING for player in server.players)


def live_rounds(servers: Sequence[LiveServer], zone: tzinfo) -> tuple[LiveRound, ...]:
    """The servers where something is played, those with the most players first; times in `zone`."""
    found = [live_round(each, zone) for each in servers if is_live(each)]
    return tuple(sorted(found, key=lambda each: (-len(each.axis) - len(each.allies), each.server)))


def live_round(server: LiveServer, zone: tzinfo) -> LiveRound:
    """One of them."""
    told_of_damage = any(each.damage_given or each.damage_received for each in server.players)
    people = sorted(server.players, key=lambda each: (-each.kills, each.deaths, -each.damage_given, each.name.lower()))

    def those(*sides: str | None) -> tuple[Fighter, ...]:
        return tuple(_fighter(each, told_of_damage) for each in people if each.side in sides)

    return LiveRound(
        server=server.server,
        map=server.map,
        round=server.round,
        phase=server.phase,
        started_at=server.started_at.astimezone(zone) if server.started_at else None,
        clock_s=server.clock_s,
        axis_kills=server.axis_kills,
        allies_kills=server.allies_kills,
        axis=those("axis"),
        allies=those("allies"),
        others=those("spectator", None),
        seq=server.seq,
    )


def now(live: Live, zone: tzinfo) -> Now:
    """The state of the channel."""
    rounds = live_rounds(live.servers, zone)
    return Now(live=tuple(each.server for each in rounds), rounds=rounds, feed=lines(live.feed, zone))


def changes(live: Live, since: int, zone: tzinfo) -> Now:
    """What the channel tells those who know everything up to `since`."""
    rounds = live_rounds(live.servers, zone)
    changed = tuple(each for each in rounds if each.seq > since)
    return Now(live=tuple(each.server for each in rounds), rounds=changed, feed=lines(live.feed, zone))


def server_lines(
    asked: Sequence[ServerStatus], live: Live, histories: Sequence[ServerHistory | None]
) -> tuple[ServerLine, ...]:
    """Every server that was asked, then those that only their agent tells of."""
    told = {each.server: each for each in live.servers}
    made = []
    for status, history in zip(asked, histories, strict=True):
        running = told.pop(status.server, None)
        course = points(history.samples if history else ())
        made.append(
            ServerLine(
                server=status.server,
                live=running is not None and is_live(running),
                map=running.map if running is not None else status.map if status.online else None,
                status=status,
                course=course,
                peak=max((int(each) for each in course if each is not None), default=None),
            )
        )
    made += [ServerLine(server=each.server, live=is_live(each), map=each.map, status=None) for each in told.values()]
    return tuple(made)


def points(samples: Sequence[ServerSample]) -> tuple[float | None, ...]:
    """The course of a server's players in at most `MOST_POINTS`: of each stretch the most; None where it was silent."""
    if not samples:
        return ()
    size = -(-len(samples) // MOST_POINTS)
    stretches = [samples[first : first + size] for first in range(0, len(samples), size)]
    return tuple(
        max((float(each.humans) for each in stretch if each.humans is not None), default=None) for stretch in stretches
    )


def _fighter(player: LivePlayer, told_of_damage: bool) -> Fighter:
    return Fighter(
        slot=player.slot,
        name=player.name,
        name_raw=player.name_raw,
        kills=player.kills,
        deaths=player.deaths,
        damage=player.damage_given if told_of_damage else None,
        received=player.damage_received if told_of_damage else None,
    )
