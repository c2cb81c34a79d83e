"""Rounds, matches, sessions, players and the plain leaderboard: what happened, before anybody asks what it means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

from slomix.nouns import MatchStatus, Side
from slomix_stats.api.findings import DataQuality, SessionFindings

Outcome = Literal["hold", "objective"]
Letter = Literal["A", "B"]
Result = Literal["first", "second", "draw", "unscored"]
LeaderboardMetric = Literal["kills", "kd", "dpm", "accuracy", "headshots", "revives", "xp", "rounds"]


def opposite(letter: Letter) -> Letter:
    """The other team."""
    return "B" if letter == "A" else "A"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayerLine:
    """One player's sums over some rounds. `dpm` = damage given * 60 / time played. Accuracy: bullets only, percent.

    `name_raw` holds the colour codes of the name. `side` only where the scope is one round.
    """

    player_id: str
    guid: str
    name: str
    name_raw: str
    side: Side | None
    rounds: int
    time_played_s: int
    kills: int
    deaths: int
    kd: float
    damage_given: int
    damage_received: int
    team_damage_given: int
    dpm: float
    hits: int
    shots: int
    accuracy: float | None
    headshot_hits: int
    headshot_accuracy: float | None
    gibs: int
    self_kills: int
    team_kills: int
    revives_given: int | None
    times_revived: int | None
    xp: int | None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WeaponLine:
    """One weapon of a player over some rounds. `accuracy` in percent, at most 100; None without shots, and for what
    fires no single bullets."""

    weapon: str
    kills: int
    deaths: int
    hits: int
    shots: int
    headshot_hits: int
    accuracy: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundLine:
    """One round without its players. `seconds` is the true duration, `ended_early` a surrender or early end.

    `status` is what became of it (`completed`, `cancelled` and `substitution` for one that was started again,
    `unfinished`, `orphan_r2`, `aborted`), `invalid_reason` why its numbers count for nothing; None: they count.
    """

    round_id: str
    match_id: str
    session_id: str
    server: str
    map: str
    number: int
    ended_at: datetime
    limit_s: int | None
    target_s: int | None
    seconds: float | None
    defender: Side | None
    winner: Side | None
    outcome: Outcome | None
    ended_early: bool
    aborted: bool
    flags: tuple[str, ...]
    status: str | None = None
    invalid_reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundDetail:
    """One round with its players, most damage per minute first."""

    round: RoundLine
    players: tuple[PlayerLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchLine:
    """One play of a map. Points are on the scale of 2 per map: 2:0, 0:2, 1:1; None where not scored.

    `result` is `first` when the attackers of round 1 won. `attackers_r1` is the team of `segment` that attacked in
    round 1, None where the map belongs to no team; then `points_a` and `points_b` are None too.
    """

    match_id: str
    session_id: str
    server: str
    map: str
    ended_at: datetime
    status: MatchStatus
    r1: RoundLine | None
    r2: RoundLine | None
    points_r1_attackers: int | None
    points_r2_attackers: int | None
    result: Result = "unscored"
    segment: int | None = None
    attackers_r1: Letter | None = None
    roster_changed: bool = False
    points_a: int | None = None
    points_b: int | None = None

    @property
    def unscored_because(self) -> str | None:
        """Why the map has no result: why a round of it counts for nothing, what became of the match or of its round 1,
        or `unknown`; None where it has one."""
        if self.points_r1_attackers is not None:
            return None
        reasons = [line.invalid_reason for line in (self.r1, self.r2) if line is not None and line.invalid_reason]
        if reasons:
            return reasons[0]
        if self.r1 is not None and self.r1.status == "substitution":
            return self.r1.status
        return "unknown" if self.status == "complete" else self.status


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentLine:
    """A part of an evening that two teams played. Teams are player ids, in the order in which they came; points are on
    the scale of 2 per map."""

    number: int
    name_a: str
    name_b: str
    colour_a: str | None
    colour_b: str | None
    team_a: tuple[str, ...]
    team_b: tuple[str, ...]
    points_a: int
    points_b: int
    format: str
    confidence: str

    @property
    def letters(self) -> dict[str, Letter]:
        """The team of each player."""
        teams: tuple[tuple[Letter, tuple[str, ...]], ...] = (("A", self.team_a), ("B", self.team_b))
        return {player: letter for letter, team in teams for player in team}


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchDetail:
    """A match with the players of each round, and their sums over the rounds of it that count."""

    match: MatchLine
    r1_players: tuple[PlayerLine, ...]
    r2_players: tuple[PlayerLine, ...]
    totals: tuple[PlayerLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionScore:
    """What one pair of teams of an evening made of it, on the scale of 2 points per map."""

    number: int
    name_a: str
    name_b: str
    points_a: int
    points_b: int
    format: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionLine:
    """One evening on one server. Rounds and players are all that were there, those that count for nothing too.
    `scores` are those of the pairs of teams that finished a map, one after the other."""

    session_id: str
    server: str
    started_at: datetime
    ended_at: datetime
    rounds: int
    matches: int
    players: int
    maps: tuple[str, ...]
    scores: tuple[SessionScore, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionDetail:
    """One evening with its matches in the order of time, its players, most damage per minute first, and the teams that
    played it, one pair after the other. Numbers of players are over the rounds that count."""

    session: SessionLine
    matches: tuple[MatchLine, ...]
    players: tuple[PlayerLine, ...]
    segments: tuple[SegmentLine, ...] = ()

    @property
    def letters(self) -> dict[str, Letter]:
        """The team of each player in the last segment that he played."""
        found: dict[str, Letter] = {}
        for segment in self.segments:
            found |= segment.letters
        return found

    def scored(self, segment: SegmentLine) -> int:
        """How many maps make the score of a segment."""
        return sum(match.segment == segment.number and match.points_a is not None for match in self.matches)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPage:
    """Sessions, newest first. `next` is the cursor of the following page, or None."""

    sessions: tuple[SessionLine, ...]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DayLine:
    """What was played on a day (that of the server on which its sessions began)."""

    day: date
    sessions: int
    rounds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionsAround:
    """The neighbours of a session in time; None at either end."""

    older: SessionLine | None
    newer: SessionLine | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundAward:
    """An award as the game server gave it. `player_id` is None while it can not be told who was meant by `player`."""

    award: str
    category: str | None
    player: str
    player_id: str | None
    value: float | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundDuel:
    """How often one player of a round killed another, and was killed by them."""

    subject: str
    subject_id: str | None
    opponent: str
    opponent_id: str | None
    kills: int
    deaths: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundEndstats:
    """Awards and duels of a round, in the order of the file."""

    awards: tuple[RoundAward, ...]
    duels: tuple[RoundDuel, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NameSeen:
    """A name of a player."""

    name: str
    name_raw: str
    first_seen: datetime
    last_seen: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayerSession:
    """A player's evening."""

    session: SessionLine
    line: PlayerLine


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayerProfile:
    """A player's lifetime: sums, weapons (most kills first), names (latest first), last sessions (latest first)."""

    player_id: str
    guids: tuple[str, ...]
    name: str
    name_raw: str
    first_seen: datetime
    last_seen: datetime
    lifetime: PlayerLine
    weapons: tuple[WeaponLine, ...]
    names: tuple[NameSeen, ...]
    sessions: tuple[PlayerSession, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayerHit:
    """A search result."""

    player_id: str
    guid: str
    name: str
    last_seen: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaderboardRow:
    """One place. `value` is the metric, `rounds` the sample."""

    rank: int
    player_id: str
    guid: str
    name: str
    name_raw: str
    value: float
    rounds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaderboard:
    """Best players by one metric over all time, of those with at least `min_rounds` rounds."""

    metric: LeaderboardMetric
    min_rounds: int
    rows: tuple[LeaderboardRow, ...]


class StatsReaderV1(Protocol):
    """Typed reads of stats. Ids that were superseded are followed; None where there is no such thing."""

    async def sessions(
        self,
        *,
        limit: int = 20,
        before: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        text: str | None = None,
    ) -> SessionPage:
        """Sessions, newest first; `before` is the cursor of an earlier page. `since` included, `until` not: the end.
        `text`: only those with it in the name of a map, a team or a player who was there."""
        ...

    async def session_days(self, since: date) -> tuple[DayLine, ...]:
        """Days on which something was played, oldest first."""
        ...

    async def sessions_around(self, session_id: str) -> SessionsAround:
        """The sessions before and after one, of any server, by its present id."""
        ...

    async def session(self, session_id: str) -> SessionDetail | None: ...

    async def latest_session(self) -> SessionDetail | None: ...

    async def session_rounds(self, session_id: str) -> tuple[RoundDetail, ...]:
        """Every round of a session with its players, in the order of time; empty where there is no such session."""
        ...

    async def quality(self) -> DataQuality:
        """What checks noticed in all stored rounds."""
        ...

    async def findings(self, session_id: str) -> SessionFindings:
        """What the checks found in a session, by its present id; nothing where there is no such session."""
        ...

    async def match(self, match_id: str) -> MatchDetail | None: ...

    async def round(self, round_id: str) -> RoundDetail | None: ...

    async def weapons(self, round_ids: Sequence[str]) -> dict[str, tuple[WeaponLine, ...]]:
        """Weapons of every player of these rounds together, most kills first, by player id."""
        ...

    async def endstats(self, round_id: str) -> RoundEndstats:
        """What the game server told of a round besides its numbers, by its present id; empty where it told nothing."""
        ...

    async def player(self, id_or_guid: str) -> PlayerProfile | None: ...

    async def find_players(self, text: str, *, limit: int = 25) -> tuple[PlayerHit, ...]:
        """Players by the beginning of any of their names or of a GUID, else by a part of a name; latest first."""
        ...

    async def leaderboard(self, metric: LeaderboardMetric, *, limit: int = 10, offset: int = 0) -> Leaderboard: ...
