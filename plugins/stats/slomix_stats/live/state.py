"""From events to what a server looks like now: pure. `apply` changes the state and says what goes into the feed."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

from slomix.names import clean_name
from slomix.nouns import SIDES, Side
from slomix_stats.api.live import LiveName, Phase
from slomix_stats.live import events as e

#: Two reports of one kill, one from each log, are at most so far apart.
SAME_KILL_MS = 1500
#: Lines of one log may be written a little out of order; what goes back further is a restart.
_BACKWARDS_MS = 1000
#: Senders that are remembered; a game host has one, and a new one after its disk was wiped.
_SENDERS = 8


class PlayerState(Struct, kw_only=True, omit_defaults=True):
    """Somebody on the server. `name` has its colour codes; `position` is the last x, y (never published)."""

    name: str = ""
    team: int = 0
    kills: int = 0
    deaths: int = 0
    damage_given: int = 0
    damage_received: int = 0
    xp: int | None = None
    position: tuple[float, float] | None = None

    @property
    def side(self) -> Side | None:
        """His side; None while it is unknown."""
        return SIDES.get(self.team)

    def clear(self) -> None:
        """A new round: only who he is stays."""
        self.kills = self.deaths = self.damage_given = self.damage_received = 0
        self.xp = self.position = None


class RecentKill(Struct, frozen=True, array_like=True):
    """A kill that the other log may still tell of."""

    at: int
    killer: int
    victim: int
    script: bool


class LiveState(Struct, kw_only=True, omit_defaults=True):
    """A server now. Times are milliseconds since 1970; `senders` maps a sender to its last number that was taken.

    `seq` is the number, among those of the feed, of the last change that people see.
    """

    map: str | None = None
    round: int = 1
    phase: Phase = "warmup"
    started_at: int | None = None
    level_ms: int = 0
    ended: bool = False
    kills: dict[int, int] = {}
    xp: dict[int, int] = {}
    players: dict[int, PlayerState] = {}
    recent: list[RecentKill] = []
    senders: dict[str, int] = {}
    seq: int = 0


class Told(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the feed keeps of an event (`slomix_stats.api.FeedEntry` without number and server)."""

    at: int
    type: str
    actor: LiveName | None = None
    target: LiveName | None = None
    side: Side | None = None
    what: str | None = None


def take(state: LiveState, batch: e.Batch, now_ms: int) -> tuple[list[Told], int]:
    """Take the events of a batch that are new; answers what the feed is told, and how many were new.

    Times are moved by what the sender's clock differs from ours.
    """
    last, skew = state.senders.get(batch.sender, -1), now_ms - batch.sent
    told: list[Told] = []
    new = 0
    for event in batch.events:
        if event.n <= last:
            continue
        last, new = event.n, new + 1
        entry = apply(state, event, min(max(event.at + skew, 0), now_ms))
        if entry is not None:
            told.append(entry)
    state.senders.pop(batch.sender, None)
    state.senders[batch.sender] = last
    while len(state.senders) > _SENDERS:
        del state.senders[next(iter(state.senders))]
    return told, new


def is_seen(batch: e.Batch) -> bool:
    """Whether anything of a batch may change what people see: places and packs are not shown."""
    return any(not isinstance(event, e.Move | e.Pack) for event in batch.events)


def apply(state: LiveState, event: e.LiveEvent, at: int) -> Told | None:
    """Take one event that happened at `at`."""
    if event.level_ms is not None:
        if event.level_ms < state.level_ms - _BACKWARDS_MS and not isinstance(event, e.Loaded):
            _new_level(state, state.map, at)
        state.level_ms = event.level_ms
    match event:
        case e.Loaded() | e.OnMap():
            return _loaded(state, event, at)
        case e.RoundStart():
            _clear(state, at)
            state.phase = "playing"
        case e.RoundEnd():
            return _round_end(state, event, at)
        case e.Kill():
            return _kill(state, event, at)
        case e.Connect() | e.Disconnect() | e.Player():
            return _roster(state, event, at)
        case e.Tally() | e.Score() | e.TeamXp() | e.Move() | e.Pack():
            _numbers(state, event)
            return None
    return _told(state, event, at)


def _loaded(state: LiveState, event: e.Loaded | e.OnMap, at: int) -> Told | None:
    if isinstance(event, e.OnMap) and event.map == state.map:
        return None
    begins = isinstance(event, e.Loaded) or state.map is not None
    if begins:
        _new_level(state, event.map or state.map, at)
    state.map = event.map or state.map
    return Told(at=at, type="loaded", what=state.map)


def _new_level(state: LiveState, map_name: str | None, at: int) -> None:
    """The same map after the end of a round is its next round; before it, a restart of the same one."""
    if map_name != state.map:
        state.round = 1
    elif state.ended:
        state.round = 3 - state.round
    state.ended = False
    state.phase = "warmup"
    _clear(state, at)
    state.started_at = None


def _clear(state: LiveState, at: int) -> None:
    state.started_at = at
    state.kills, state.xp, state.recent = {}, {}, []
    for player in state.players.values():
        player.clear()


def _round_end(state: LiveState, event: e.RoundEnd, at: int) -> Told | None:
    """The engine and the script both tell of it; the first one counts."""
    if state.ended:
        return None
    state.ended = True
    state.phase = "intermission"
    return Told(at=at, type="round_end", what=event.reason or None)


def _roster(state: LiveState, event: e.Connect | e.Disconnect | e.Player, at: int) -> Told | None:
    """Who is on the server. The feed is told of who comes (once he has a name), goes, and changes the side."""
    if isinstance(event, e.Connect):
        state.players.setdefault(event.slot, PlayerState())
        return None
    if isinstance(event, e.Disconnect):
        entry = Told(at=at, type="leave", actor=_name(state, event.slot))
        return entry if state.players.pop(event.slot, None) else None
    known = state.players.get(event.slot)
    player = state.players.setdefault(event.slot, PlayerState())
    joined, moved = known is None or not known.name, player.team != event.team
    player.name, player.team = event.name, event.team
    if joined or moved:
        kind = "join" if joined else "side"
        return Told(at=at, type=kind, actor=_name(state, event.slot), side=player.side)
    return None


def _kill(state: LiveState, event: e.Kill, at: int) -> Told | None:
    script = event.level_ms is None
    state.recent = [kill for kill in state.recent if abs(at - kill.at) <= SAME_KILL_MS]
    for kill in state.recent:
        if kill.script != script and (kill.killer, kill.victim) == (event.killer, event.victim):
            state.recent.remove(kill)
            return None
    state.recent.append(RecentKill(at, event.killer, event.victim, script))
    killer, victim = state.players.get(event.killer), state.players.get(event.victim)
    if victim is not None:
        victim.deaths += 1
    if killer is not None and killer is not victim and (victim is None or killer.team != victim.team):
        killer.kills += 1
        state.kills[killer.team] = state.kills.get(killer.team, 0) + 1
    return _told(state, event, at)


def _numbers(state: LiveState, event: e.LiveEvent) -> None:
    """Sums and places; the feed is not told."""
    match event:
        case e.TeamXp():
            state.xp = {1: event.axis, 2: event.allies}
        case e.Score() if player := state.players.get(event.slot):
            player.xp = event.xp
        case e.Tally() if player := state.players.get(event.slot):
            player.damage_given += event.damage_given
            player.damage_received += event.damage_received
        case e.Move():
            for slot, x, y, *_ in event.positions:
                if player := state.players.get(int(slot)):
                    player.position = (x, y)


def _told(state: LiveState, event: e.LiveEvent, at: int) -> Told:
    """The entry of an event that the feed shows as it is."""
    kind = str(event.__struct_config__.tag)
    match event:
        case e.Kill():
            return Told(
                at=at,
                type=kind,
                actor=_name(state, event.killer),
                target=_name(state, event.victim),
                what=event.weapon,
            )
        case e.Revive():
            return Told(at=at, type=kind, actor=_name(state, event.slot), target=_name(state, event.other))
        case e.Deed():
            return Told(at=at, type=event.deed, actor=_name(state, event.slot), what=event.what or None)
        case e.Objective():
            return Told(at=at, type=f"objective_{event.deed}", side=SIDES.get(event.team), what=event.what)
        case e.Vote():
            return Told(at=at, type=f"vote_{event.state}", what=event.text)
        case e.Announce() | e.Say():
            return Told(at=at, type=kind, what=event.text)
    return Told(at=at, type=kind)


def _name(state: LiveState, slot: int) -> LiveName | None:
    """Who is in a slot; None for the world."""
    if slot >= e.PLAYERS:
        return None
    player = state.players.get(slot)
    if player is None:
        return LiveName(slot=slot, name=f"#{slot}", name_raw=f"#{slot}", side=None)
    return LiveName(slot=slot, name=clean_name(player.name) or f"#{slot}", name_raw=player.name, side=player.side)


def to_json(state: LiveState) -> Any:
    """The state as it is stored."""
    return msgspec.to_builtins(state, str_keys=True)


def from_json(stored: Any) -> LiveState:
    """The stored state; a new one where it is of another version."""
    try:
        return msgspec.convert(stored, LiveState, str_keys=True)
    except msgspec.ValidationError:
        return LiveState()
