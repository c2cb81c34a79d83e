"""Answers about one session: everybody's numbers, styles and awards, teams and their records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from slomix_stats.api.people import Reached
from slomix_stats.api.reader import SessionLine, WeaponLine
from slomix_stats.api.scope import Confidence, MetricInfo, Number, PlayerNumbers, Who

Style = Literal["fragger", "slayer", "tank", "medic", "sniper", "rusher", "objective", "balanced"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Playstyle:
    """The style of a player in a session. `confidence` = best score / all scores; `scores` of those above 0."""

    who: Who
    style: Style
    title: str
    confidence: float
    scores: dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Award:
    """An award of a session. `source`: `rows` (computed from the rounds' numbers) or `endstats` (only they know).

    `pattern` is `text` with `{value}` for the value, for other languages; "" where the game server wrote the text.
    """

    key: str
    title: str
    emoji: str
    who: Who
    value: float
    text: str
    category: str
    source: Literal["rows", "endstats"]
    pattern: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundPoint:
    """A player's round in the order of the session; for graphs. `ordinal` counts from 1."""

    ordinal: int
    round_id: str
    map: str
    number: int
    dpm: float
    kills: int
    deaths: int
    damage_given: int
    damage_received: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPlayer:
    """One player of a session: numbers, weapons (most kills first), rounds one after the other.
    `team` is A or B of the segment they played most of; None where teams are not known."""

    numbers: PlayerNumbers
    team: Literal["A", "B"] | None
    style: Playstyle
    weapons: tuple[WeaponLine, ...]
    rounds: tuple[RoundPoint, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mvp:
    """Most kills of a team in a segment, with the numbers shown beside it."""

    segment: int
    team: Literal["A", "B"]
    who: Who
    kills: int
    deaths: int
    dpm: float
    gibs: int
    revives_given: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionInsight:
    """A session with everything that is counted in it. Players: most damage per minute first."""

    session: SessionLine
    players: tuple[SessionPlayer, ...]
    awards: tuple[Award, ...]
    mvps: tuple[Mvp, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionAwards:
    """`fun`: at most 10, one sentence each. `awards`: all categories of the session, from rows and from endstats."""

    session: SessionLine
    fun: tuple[Award, ...]
    awards: tuple[Award, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GridRow:
    """One metric of a player: over the session, on each match that they played (by its id), and in each role."""

    who: Who
    whole: Number
    matches: dict[str, float | None]
    attack: Number | None
    defence: Number | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionGrid:
    """One metric of everybody in a session, the best first; unknown values last."""

    session: SessionLine
    metric: MetricInfo
    rows: tuple[GridRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionForm:
    """Somebody's damage per minute in a session against their own level: that of the sessions before it, at most 20.

    `usual` and `delta_percent` are None for the first session of a player.
    """

    who: Who
    rounds: int
    value: float
    usual: float | None
    usual_sessions: int
    delta_percent: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionDuo:
    """Two players who were in one team in a session. `dpm` and `kd` are of both together, per player."""

    first: Who
    second: Who
    rounds: int
    matches: int
    won: int
    lost: int
    drawn: int
    dpm: float
    kd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSummary:
    """What is said first of a session: most kills of each team, everybody against their own level (most above it
    first), the fun awards, the milestones that were reached."""

    session: SessionLine
    mvps: tuple[Mvp, ...]
    form: tuple[SessionForm, ...]
    fun: tuple[Award, ...]
    reached: tuple[Reached, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """One line-up of a segment."""

    letter: Literal["A", "B"]
    name: str
    colour: str | None
    players: tuple[Who, ...]
    points: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap:
    """A substitution: `incoming` for `outgoing` (either may be None: left without a substitute, joined extra)."""

    team: Literal["A", "B"]
    outgoing: Who | None
    incoming: Who | None
    match_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamMap:
    """A map of a segment with its points; None where it was not scored or the teams were mixed."""

    match_id: str
    map: str
    result: str | None
    r1_seconds: float | None
    r2_seconds: float | None
    points_a: int | None
    points_b: int | None
    roster_changed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A stretch of a session with the same two line-ups."""

    number: int
    format: str
    confidence: str
    a: Team
    b: Team
    maps: tuple[TeamMap, ...]
    swaps: tuple[Swap, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionTeams:
    """Teams and score of a session, one segment after the other; the score is of a segment, never over two."""

    session: SessionLine
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineupChanges:
    """Who played on, came and left between two sessions."""

    session: SessionLine
    previous: SessionLine | None
    kept: tuple[Who, ...]
    added: tuple[Who, ...]
    removed: tuple[Who, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """One segment of two teams or line-ups, seen from the first."""

    session_id: str
    segment: int
    at: datetime
    name: str
    opponent: str
    points: int
    against: int
    result: Literal["won", "lost", "drawn"]
    maps: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamRecord:
    """What a team name has won and lost. `opponent` None: against everybody. Meetings newest first, at most 10."""

    name: str
    opponent: str | None
    days: int | None
    won: int
    lost: int
    drawn: int
    points: int
    points_against: int
    meetings: tuple[Meeting, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchupPlayer:
    """A player in the meetings of two line-ups: DPM there against the usual one."""

    who: Who
    team: Literal["A", "B"]
    matches: int
    dpm: float
    usual_dpm: float
    delta_percent: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Matchup:
    """Two line-ups that met. `a` and `b` as asked for; a meeting counts when all of `a` were in one team and all of
    `b` in the other (`exact`: with nobody else)."""

    a: tuple[Who, ...]
    b: tuple[Who, ...]
    exact: bool
    matches: int
    won_a: int
    won_b: int
    drawn: int
    points_a: int
    points_b: int
    sessions: int
    players: tuple[MatchupPlayer, ...]
    meetings: tuple[Meeting, ...]
    confidence: Confidence


@dataclass(frozen=True, slots=True, kw_only=True)
class EndstatsRound:
    """Whether a round has its endstats."""

    round_id: str
    map: str
    number: int
    awards: int
    versus: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EndstatsCoverage:
    """Endstats of a session's rounds, in the order of time."""

    session: SessionLine
    rounds: tuple[EndstatsRound, ...]
    covered: int
