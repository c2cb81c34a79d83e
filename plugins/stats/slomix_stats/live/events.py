"""Live events as they come over the wire: typed, bounded, nothing else. Team chat has no type, so none is taken.

The agent on the game host makes them from log lines (`contrib/agent`). They know players by their slot.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

#: Most events and bytes of one batch.
MOST_EVENTS = 200
MOST_BYTES = 256 * 1024
#: Slots of players; the world, which kills too, is 1022.
PLAYERS = 64

Slot = Annotated[int, Meta(ge=0, le=1023)]
Count = Annotated[int, Meta(ge=0, le=10_000_000)]
Millis = Annotated[int, Meta(ge=0, le=1 << 53)]
Name = Annotated[str, Meta(max_length=64)]
Text = Annotated[str, Meta(max_length=256)]
#: Slot, x, y and, where known, the view angle.
Position = Annotated[list[float], Meta(min_length=3, max_length=4)]
#: As the game counts: 1 Axis, 2 Allies, 3 spectators.
TeamNumber = Annotated[int, Meta(ge=0, le=3)]


class LiveEvent(Struct, kw_only=True, forbid_unknown_fields=True, tag_field="type"):
    """`n` is its number at the sender and only grows; `at` is in milliseconds since 1970, by the sender's clock.

    `level_ms` is the time since the map was loaded, which only the log of the engine knows.
    """

    n: Millis
    at: Millis
    level_ms: Millis | None = None


class Loaded(LiveEvent, tag="loaded"):
    """A level began: a map was loaded, or restarted."""

    map: Name | None = None


class OnMap(LiveEvent, tag="map"):
    """The map that is on, told now and then."""

    map: Name


class RoundStart(LiveEvent, tag="round_start"):
    """The round began."""


class RoundEnd(LiveEvent, tag="round_end"):
    """The round is over; `reason` as the log has it."""

    reason: Text = ""


class Connect(LiveEvent, tag="connect"):
    """Somebody comes."""

    slot: Slot


class Disconnect(LiveEvent, tag="disconnect"):
    """Somebody goes."""

    slot: Slot


class Player(LiveEvent, tag="player"):
    """Somebody's name and side."""

    slot: Slot
    name: Name
    team: TeamNumber


class Kill(LiveEvent, tag="kill"):
    """One died. Both logs tell of most kills."""

    killer: Slot
    victim: Slot
    weapon: Name
    distance: float | None = None


class Revive(LiveEvent, tag="revive"):
    """A medic's needle."""

    slot: Slot
    other: Slot


class Deed(LiveEvent, tag="deed"):
    """Dynamite planted or defused, something repaired or destroyed, an item taken."""

    slot: Slot
    deed: Literal["plant", "defuse", "repair", "destroy", "item"]
    what: Text = ""


class Objective(LiveEvent, tag="objective"):
    """What the game announced of an objective."""

    team: TeamNumber
    deed: Literal["stole", "returned", "planted", "defused"]
    what: Text


class Announce(LiveEvent, tag="announce"):
    """A text of the map's script."""

    text: Text


class Score(LiveEvent, tag="score"):
    """Somebody's XP at the end of a round."""

    slot: Slot
    xp: Annotated[int, Meta(ge=-100_000, le=10_000_000)]


class TeamXp(LiveEvent, tag="team_xp"):
    """The XP of both sides at the end of a round."""

    axis: Count
    allies: Count


class Vote(LiveEvent, tag="vote"):
    """A vote was called, or passed."""

    state: Literal["called", "passed"]
    text: Text


class Say(LiveEvent, tag="say"):
    """Public chat, with the name in front as the log has it."""

    text: Text


class Pack(LiveEvent, tag="pack"):
    """A health or ammo pack was taken."""

    kind: Literal["health", "ammo"]
    slot: Slot
    other: Slot


class Tally(LiveEvent, tag="tally"):
    """What somebody did in the last ten seconds."""

    slot: Slot
    damage_given: Count
    damage_received: Count


class Move(LiveEvent, tag="move"):
    """Where everybody is."""

    positions: Annotated[list[Position], Meta(max_length=PLAYERS)]


AnyEvent = (
    Loaded
    | OnMap
    | RoundStart
    | RoundEnd
    | Connect
    | Disconnect
    | Player
    | Kill
    | Revive
    | Deed
    | Objective
    | Announce
    | Score
    | TeamXp
    | Vote
    | Say
    | Pack
    | Tally
    | Move
)


class Batch(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is sent at once. `sender` names a queue: one that was sent before is known by its numbers.

    `sent` is the sender's clock when it sent, so that a clock that is wrong does no harm.
    """

    sender: Annotated[str, Meta(pattern=r"^[0-9a-f]{32}$")]
    sent: Millis
    events: Annotated[list[AnyEvent], Meta(max_length=MOST_EVENTS)]


class BadBatch(Exception):
    """What was sent is no batch; the text says where it is wrong."""


_decoder = msgspec.json.Decoder(Batch)


def read_batch(body: bytes) -> Batch:
    """The batch, or `BadBatch`: all of it is refused when one event is unknown or out of bounds."""
    try:
        return _decoder.decode(body)
    except (msgspec.ValidationError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadBatch(str(error)[:200]) from None
