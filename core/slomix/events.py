"""Events: facts that were made true by a transaction, published in that same transaction.

An event is a frozen dataclass of ids and small values, never of rows. It may only grow (new fields have defaults);
a new meaning is a new event. `slomix.bus` serialises it as JSON with the class's `key()` and `version`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Base of all events. A plugin's own live in its `api` module; `owner` is the plugin's name.

    `public` events are told to every browser at `/-/events`, with all their fields.
    """

    owner: ClassVar[str] = "slomix"
    version: ClassVar[int] = 1
    public: ClassVar[bool] = False

    @classmethod
    def key(cls) -> str:
        """The name on the wire and in the event table, such as `slomix.RoundImported`."""
        return f"{cls.owner}.{cls.__name__}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactRejected(Event):
    """A file was quarantined."""

    artifact: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundImported(Event):
    """A round was stored for the first time. `ended_at` is when it was played, not when it was imported."""

    public: ClassVar[bool] = True

    round_id: str
    match_id: str
    session_id: str
    server: str
    map: str
    number: int
    ended_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundRevised(Event):
    """Numbers of a stored round changed: its file was rewritten, or a late half changed what it belongs to."""

    public: ClassVar[bool] = True

    round_id: str
    match_id: str
    session_id: str
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchCompleted(Event):
    """Both halves of a stopwatch match are there."""

    public: ClassVar[bool] = True

    match_id: str
    session_id: str
    r1_round_id: str
    r2_round_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionOpened(Event):
    """A first round of an evening arrived."""

    public: ClassVar[bool] = True

    session_id: str
    server: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionClosed(Event):
    """Nobody played for longer than a pause may be: the evening is over. A late file closes it again."""

    public: ClassVar[bool] = True

    session_id: str
    server: str
    ended_at: datetime
    rounds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayerFirstSeen(Event):
    """A player played a first round here."""

    player_id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayerLinked(Event):
    """A Discord account and a player are one person now."""

    player_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayerUnlinked(Event):
    """A Discord account and a player are not one person any more."""

    player_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayerRenamed(Event):
    """The name to show of a player changed by somebody's choice."""

    player_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayersMerged(Event):
    """Two players are one: everything of `from_player_id` is `player_id`'s now."""

    player_id: str
    from_player_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayerSplit(Event):
    """Some GUIDs of `from_player_id` are a player of their own now, `player_id`."""

    player_id: str
    from_player_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonForgotten(Event):
    """Nothing mentions a person any more; `player_id` is who stands in their place."""

    player_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DataChanged(Event):
    """Something that pages show is different now and no other event tells it: kept answers are made anew.

    It is a signal, told with `Events.signal` or `slomix.signals.signal`, never published. `what` is a word for people.
    """

    what: str


CORE_EVENTS: tuple[type[Event], ...] = (
    ArtifactRejected,
    RoundImported,
    RoundRevised,
    MatchCompleted,
    SessionOpened,
    SessionClosed,
    PlayerFirstSeen,
    PlayerLinked,
    PlayerUnlinked,
    PlayerRenamed,
    PlayersMerged,
    PlayerSplit,
    PersonForgotten,
    DataChanged,
)
