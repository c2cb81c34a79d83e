"""The shared nouns: who, where and when. Every plugin hangs its facts on these.

Times are aware datetimes; `*_s` are seconds. `None` means unknown, never zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

Side = Literal["axis", "allies", "spectator"]
MatchStatus = Literal["complete", "open", "abandoned_r1", "orphan_r2", "aborted"]

#: Side numbers of the game, as stats files and telemetry write them (0 means unknown).
SIDES: dict[int, Side] = {1: "axis", 2: "allies", 3: "spectator"}


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """One player of a sighting.

    `key` is what identifies the player: the 8-character GUID, or for a bot and for a missing GUID the GUID text
    plus a hash of the clean name, so that two bots are never one player. `continuity` is the engine's session
    counter (`sess.rounds`): a player who stayed has one more in round 2 than in round 1.
    """

    key: str
    guid: str
    name: str
    side: Side | None
    continuity: int | None = None
    is_bot: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundSighting:
    """What one artifact says of one physical round. Several files with different clocks may see the same one.

    `ended_local` is the server's wall clock without offset, as the file says it; a file that counts real time gives
    it with an offset, and core takes it (and `started_local`) to the server's clock. `exact` is true where this kind
    of file names the round's end for good (stats files); others are matched to it within a tolerance.
    `limit_s` is the time limit of the round, `target_s` what the next half has to beat. `aborted` is true when the
    file can not be one half of a match (see `stats.md` 1.2).
    """

    server_hint: str | None
    map: str
    number: int
    ended_local: datetime
    exact: bool
    started_local: datetime | None = None
    limit_s: int | None = None
    target_s: int | None = None
    defender: Side | None = None
    winner: Side | None = None
    aborted: bool = False
    roster: tuple[RosterEntry, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundMention:
    """What an artifact says of a round that it can not make: it adds to one that other files make.

    The parser's `store` gets an `Arrival` and finds the round itself, now or when the round comes.
    """

    server_hint: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundFacts:
    """A stored round as the pairing walk sees it. `local` is the server's wall clock, `ended_at` with offset."""

    round_id: str
    map: str
    number: int
    ended_at: datetime
    local: datetime
    limit_s: int | None = None
    target_s: int | None = None
    aborted: bool = False
    continuity: dict[str, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchFacts:
    """One play of a map: both halves, or the one that is there, with the reason in `status`."""

    match_id: str
    session_id: str
    map: str
    ended_at: datetime
    r1_round_id: str | None
    r2_round_id: str | None
    status: MatchStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFacts:
    """One evening: consecutive rounds of a server without a gap. `round_ids` in the order of time."""

    session_id: str
    started_at: datetime
    ended_at: datetime
    round_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundPlace:
    """Where a round stands after the walk. For the second half of a complete match `partner_id` is its round 1."""

    round_id: str
    number: int
    match_id: str
    session_id: str
    status: MatchStatus
    partner_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """What core hands to a parser's `store`, in the transaction that imports the artifact.

    `places` holds the imported round and every other round whose place changed by it (a late round 1 makes its
    round 2 a second half); all numbers that hang on the place must be derived anew for each of them. `matches` are
    the matches that are new or changed, `gone_matches` ids that exist no more. `players` maps a roster key to the
    player's id, for the imported round.
    """

    artifact: str
    name: str
    server_id: str
    server: str
    round_id: str
    revision: bool
    places: tuple[RoundPlace, ...]
    matches: tuple[MatchFacts, ...]
    gone_matches: tuple[str, ...]
    players: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What core hands to a parser's `store` for an artifact that only mentions a round (`RoundMention`).

    No round is imported while the transaction is open, and none that was imported before is missed. `server_id` and
    `server` are None where neither the sender nor the file says which server it came from.
    """

    artifact: str
    name: str
    server_id: str | None
    server: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody about whom data is kept. `player_id` is None for a Discord account that is no player's.

    `keys` and `guids` are those of the player, `names` every name as the game wrote it and as it is shown,
    `old_ids` player ids that were merged into this one.
    """

    player_id: str | None
    keys: tuple[str, ...] = ()
    guids: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    old_ids: tuple[str, ...] = ()
    discord_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranger:
    """Who stands where a forgotten person stood, so that the numbers of others stay as they were.

    `keys` maps each of the person's keys to the one that is written instead: 8 letters and digits that no real GUID
    has, key and GUID at once. `name` is written for every name.
    """

    person: Person
    player_id: str
    name: str
    keys: Mapping[str, str]

    def instead(self, value: Any) -> Any:
        """A JSON value in which whole texts (and names of fields) that mean the person are the stranger's."""
        if isinstance(value, str):
            # some files have the whole GUID, of which the game's scripts use the first eight characters
            return self.words().get(value) or (self.keys.get(value[:8].upper()) if len(value) == 32 else None) or value
        if isinstance(value, Mapping):
            return {self.instead(key): self.instead(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.instead(item) for item in value]
        return value

    def words(self) -> dict[str, str]:
        """Every text that means the person, with what is written instead."""
        person = self.person
        first = next(iter(self.keys.values()), self.name)
        return {
            **dict.fromkeys(person.names, self.name),
            **dict.fromkeys(person.guids, first),
            **self.keys,
            **dict.fromkeys((*person.old_ids, *([person.player_id] if person.player_id else ())), self.player_id),
            **({str(person.discord_id): "0"} if person.discord_id is not None else {}),
        }
