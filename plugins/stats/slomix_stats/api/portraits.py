"""Answers for the page of one player, and lists of players."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from slomix_stats.api.boards import RecordRow
from slomix_stats.api.insight import EVERYTHING
from slomix_stats.api.people import Achievements, Bands, FormLine, RoleForm
from slomix_stats.api.reader import PlayerLine, PlayerProfile, PlayerSession, RoundLine
from slomix_stats.api.scope import Confidence, PlayerNumbers, Scope, ScopeUsed, Who

PlayerSort = Literal["seen", "name", "rounds", "time", "dpm", "kd"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayerRow:
    """One player of the list: lifetime sums. `dpm` and `kd` are 0 without a counted round."""

    who: Who
    first_seen: datetime
    last_seen: datetime
    rounds: int
    time_played_s: int
    dpm: float
    kd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayerList:
    """A part of the list. `players` is how many there are in all, `offset` where this part begins."""

    sort: PlayerSort
    players: int
    offset: int
    rows: tuple[PlayerRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayerSessionPage:
    """A player's sessions, newest first. `next` is the cursor of the following page, or None."""

    sessions: tuple[PlayerSession, ...]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayerRound:
    """A round and what a player did in it."""

    round: RoundLine
    line: PlayerLine


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayerMap:
    """One map of a player. `delta_percent` is the map's DPM against the player's own over all maps of the scope; it and
    the `verdict` are None with fewer rounds than it takes. A role that was never played has 0 rounds."""

    map: str
    rounds: int
    dpm: float
    kd: float
    delta_percent: float | None
    verdict: Literal["strong", "usual", "weak"] | None
    attack: RoleForm
    defence: RoleForm


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayerMaps:
    """A player's maps, most played first, and both roles over all of them, as in `MapAffinity` and `AttackDefence`."""

    who: Who
    scope: ScopeUsed
    rounds: int
    needed: int
    dpm: float
    maps: tuple[PlayerMap, ...]
    attack: RoleForm
    defence: RoleForm
    preference: Literal["attack", "defence", "balanced"] | None
    strength_percent: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnBest:
    """A player's best round of a metric on a map."""

    metric: str
    value: float
    map: str
    at: datetime
    round_id: str
    match_id: str
    session_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPlace:
    """A place of a player in the record book: which record, and the row of it."""

    metric: str
    over: Literal["round", "match"]
    row: RecordRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Mate:
    """Somebody in whose team a player was. `won`, `lost`, `drawn` of the `matches` together. `delta_percent`: DPM in
    them against the player's usual one."""

    who: Who
    matches: int
    won: int
    lost: int
    drawn: int
    dpm: float
    delta_percent: float
    confidence: Confidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Mates:
    """A player's team mates, most matches together first."""

    who: Who
    scope: ScopeUsed
    usual_dpm: float
    mates: tuple[Mate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Portrait:
    """Everything about one player at once. `numbers` and `bands` are over the whole scope, `maps` over its period,
    `held` (the first five places of records) over its map; all else over all time. `form` is None without sessions to
    compare with; `bests` are the best rounds by metric, each on its map. `linked`: they said that this player is
    theirs."""

    who: Who
    linked: bool
    profile: PlayerProfile
    scope: ScopeUsed
    numbers: PlayerNumbers
    bands: Bands
    form: FormLine | None
    maps: PlayerMaps
    achievements: Achievements
    bests: tuple[OwnBest, ...]
    held: tuple[RecordPlace, ...]


class StatsPlayersV1(Protocol):
    """Reads for pages about players. `player` is a player id, also one that was merged into another, or an 8-character
    GUID. None: there is no such player. `BadScope` (a sentence for people) where a part of the scope is unknown."""

    async def listed(
        self, text: str = "", *, sort: PlayerSort = "seen", limit: int = 50, offset: int = 0
    ) -> PlayerList:
        """People (no bots): those with `text` in a name or at the beginning of a GUID, without it everybody. By a ratio
        those with fewer than 10 rounds come last."""
        ...

    async def portrait(self, player: str, scope: Scope = EVERYTHING) -> Portrait | None: ...

    async def sessions(self, player: str, *, limit: int = 20, before: str | None = None) -> PlayerSessionPage | None:
        """`before` is the cursor of an earlier page."""
        ...

    async def rounds(self, player: str, sessions: Sequence[str]) -> tuple[PlayerRound, ...]:
        """The player's rounds of these sessions, newest first, those that count for nothing among them."""
        ...

    async def mates(self, player: str, scope: Scope = EVERYTHING, *, limit: int = 10) -> Mates | None:
        """Over a period; the other parts of the scope are refused."""
        ...
