"""The typed stream: what happened in a demo. Times are milliseconds of the server's clock."""

from __future__ import annotations

from typing import Literal

import msgspec

Place = tuple[float, float, float]
Kind = Literal["kill", "team_kill", "self_kill", "world_death", "team_change", "swap_places"]
HitName = Literal["none", "team", "head", "body"]
Channel = Literal["all", "team", "fireteam", "voice", "voice_team", "voice_fireteam", "server"]


class Happening(msgspec.Struct, frozen=True, gc=False, kw_only=True, tag_field="type", tag=str.lower):
    """Base class of all records."""

    time_ms: int


class GamestateBegan(Happening, frozen=True, gc=False, kw_only=True):
    """A segment: everything that was known before is void. `viewer_slot` is who recorded."""

    segment: int
    viewer_slot: int
    map: str
    mod: str
    version: str
    protocol: int
    broadcast: bool
    server: str


class Obituary(Happening, frozen=True, gc=False, kw_only=True):
    """A death, or a `team_change` that the game tells like one. `attacker_slot` None is the world.

    `headshot` None: the file cannot say. `attacker` and `victim` are numbers in the list of players.
    """

    attacker_slot: int | None
    victim_slot: int
    mod: int
    mod_name: str
    kind: Kind
    headshot: bool | None
    weapon: str | None
    attacker: int | None
    victim: int | None
    phase: int
    round: int | None
    segment: int
    attacker_at: Place | None = None
    victim_at: Place | None = None
    attacker_health: int | None = None
    victim_airborne: bool | None = None


class Bullet(Happening, frozen=True, gc=False, kw_only=True):
    """A bullet that struck: `target_slot` None is no player. In a client's demo, what was in view."""

    attacker_slot: int
    target_slot: int | None
    hit: HitName
    weapon: str | None
    at: Place


class Hit(Happening, frozen=True, gc=False, kw_only=True):
    """A hit that the shooter was told of (explosions, flames, blades; before 2.80 bullets, too)."""

    attacker_slot: int
    hit: HitName


class Revive(Happening, frozen=True, gc=False, kw_only=True):
    """`source`: the event, the flags of the player (no medic is known), or the medic's own gain."""

    medic_slot: int | None
    revived_slot: int
    source: Literal["event", "flags"]
    segment: int


class Objective(Happening, frozen=True, gc=False, kw_only=True):
    """A popup message about dynamite, construction, destruction, mines or an objective. `team` 1 is axis, 2 allies."""

    kind: str
    action: str
    team: int
    name: str | None


class Chat(Happening, frozen=True, gc=False, kw_only=True):
    """A line. `text` is as it was written, colours too; for a voice line the words that players see may be empty."""

    slot: int | None
    name: str
    channel: Channel
    text: str
    voice: str | None = None


class Notice(Happening, frozen=True, gc=False, kw_only=True):
    """What the server wrote: in the centre, as a popup, or on the console."""

    place: Literal["centre", "popup", "console"]
    text: str


class PlayerChange(Happening, frozen=True, gc=False, kw_only=True):
    """`player` is the number in the list of players; `slot` the one of the server."""

    slot: int
    player: int


class Joined(PlayerChange, frozen=True, gc=False, kw_only=True):
    """Somebody took a slot."""

    name: str
    team: int


class Left(PlayerChange, frozen=True, gc=False, kw_only=True):
    """Somebody left."""

    name: str


class Renamed(PlayerChange, frozen=True, gc=False, kw_only=True):
    """A new name, colours included."""

    before: str
    after: str


class TeamChanged(PlayerChange, frozen=True, gc=False, kw_only=True):
    """0 none, 1 axis, 2 allies, 3 spectator."""

    before: int
    after: int


class ClassChanged(PlayerChange, frozen=True, gc=False, kw_only=True):
    """0 soldier, 1 medic, 2 engineer, 3 field ops, 4 covert ops."""

    before: int
    after: int


class Paused(Happening, frozen=True, gc=False, kw_only=True):
    """The match stood still from here."""


class Unpaused(Happening, frozen=True, gc=False, kw_only=True):
    """It went on."""

    paused_ms: int


class Restarted(Happening, frozen=True, gc=False, kw_only=True):
    """`map_restart`."""


class PhaseChanged(Happening, frozen=True, gc=False, kw_only=True):
    """0 playing, 1 countdown, 2 warmup, 3 intermission, 4 waiting, 5 reset."""

    before: int
    after: int


class RoundStarted(Happening, frozen=True, gc=False, kw_only=True):
    """`partial`: the recording began in mid-round; then the time is when the round began all the same."""

    round: int
    stopwatch: int
    partial: bool


class RoundEnded(Happening, frozen=True, gc=False, kw_only=True):
    """`winner` 1 axis, 2 allies, 0 nobody."""

    round: int
    winner: int


class ScoreRow(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One player of the score table."""

    slot: int
    xp: int
    ping: int
    minutes: int
    bot: bool


class Scores(Happening, frozen=True, gc=False, kw_only=True):
    """The score table as the server sent it."""

    axis: int
    allies: int
    rows: tuple[ScoreRow, ...]


class WeaponRow(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A weapon's counts, as the server keeps them."""

    weapon: str
    hits: int
    shots: int
    kills: int
    deaths: int
    headshots: int


class WeaponStats(Happening, frozen=True, gc=False, kw_only=True):
    """A player's counts, as the server keeps them."""

    slot: int
    rounds: int
    weapons: tuple[WeaponRow, ...]
    damage_given: int | None = None
    damage_received: int | None = None
    team_damage_given: int | None = None
    team_damage_received: int | None = None
    gibs: int | None = None
    assists: int | None = None
    self_kills: int | None = None
    team_kills: int | None = None
    team_gibs: int | None = None


class Gained(Happening, frozen=True, gc=False, kw_only=True):
    """Experience of whoever recorded, and for what."""

    skill: int
    points: float
    reason: str


class Command(Happening, frozen=True, gc=False, kw_only=True):
    """A server command as it stands in the file; only where it was asked for."""

    number: int
    text: str
