"""Answers about one player: form, style, affinities, mates and opponents, achievements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from slomix_stats.api.reader import SessionLine
from slomix_stats.api.scope import Confidence, ScopeUsed, Who

ConsistencyTier = Literal["consistent", "average", "streaky"]
Trend = Literal["improving", "stable", "declining"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Consistency:
    """How evenly somebody plays, over rounds of more than a minute. `score` = clamp(100 * (1 - stdev / mean)) of the
    rounds' DPM, 0 to 100; None with fewer than `needed` rounds. `trend` compares the spread of the last 5 with that of
    the 5 before. `dpm` are the rounds, oldest first, at most 50."""

    who: Who
    scope: ScopeUsed
    rounds: int
    needed: int
    mean_dpm: float | None
    stdev_dpm: float | None
    score: float | None
    tier: ConsistencyTier | None
    trend: Trend | None
    dpm: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MapForm:
    """One map of a player. `delta_percent` is the map's DPM against the player's own over all maps of the scope."""

    map: str
    rounds: int
    dpm: float
    kd: float
    delta_percent: float
    verdict: Literal["strong", "usual", "weak"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MapAffinity:
    """Maps of a player with at least `needed` rounds, best first."""

    who: Who
    scope: ScopeUsed
    rounds: int
    needed: int
    dpm: float
    maps: tuple[MapForm, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleForm:
    """One role of a player."""

    rounds: int
    time_played_s: int
    kills: int
    deaths: int
    dpm: float
    kd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AttackDefence:
    """Attack against defence. `strength_percent` = |difference| / mean of both DPMs * 100; below 10 is balanced.
    `preference` is None with fewer than `needed` rounds or a role never played."""

    who: Who
    scope: ScopeUsed
    needed: int
    attack: RoleForm
    defence: RoleForm
    preference: Literal["attack", "defence", "balanced"] | None
    strength_percent: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fatigue:
    """An evening in thirds. `change_percent` is late against early DPM; None with fewer than `needed` rounds."""

    who: Who
    session: SessionLine
    rounds: int
    needed: int
    early_dpm: float | None
    mid_dpm: float | None
    late_dpm: float | None
    change_percent: float | None
    verdict: Literal["warming up", "steady", "fatiguing"] | None
    dpm: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormLine:
    """Somebody against their own level: DPM of the last `recent` sessions against that of those before them."""

    who: Who
    rounds: int
    usual_rounds: int
    value: float
    usual: float
    delta_percent: float
    last_seen: datetime
    series: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """Form of everybody who played lately, most above their own level first. `series`: sessions, oldest first."""

    metric: str
    recent: int
    usual: int
    rows: tuple[FormLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Where a value stands among players with enough rounds: `better_than` percent of them (ties count half)."""

    metric: str
    value: float
    better_than: float
    band: Literal["elite", "great", "good", "average", "below average"]
    players: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bands:
    """The bands of a player. Without enough rounds of their own they have none, `needed` says how many it takes."""

    who: Who
    scope: ScopeUsed
    rounds: int
    needed: int
    bands: tuple[Band, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DuoSide:
    """One of two: DPM and K/D with the other in their team, against their own without."""

    who: Who
    dpm_together: float | None
    dpm_apart: float | None
    kd_together: float | None
    kd_apart: float | None
    synergy_percent: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Duo:
    """Two players in one team. `together`, `against`: matches; `won`, `lost`, `drawn` of those together.
    `synergy_percent` is the mean of both players' change of DPM when together, weighted by time."""

    first: DuoSide
    second: DuoSide
    scope: ScopeUsed
    together: int
    against: int
    won: int
    lost: int
    drawn: int
    synergy_percent: float | None
    confidence: Confidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """One opponent. `delta_percent`: DPM in matches against them, against the usual one; negative is suppressed.
    `kills`, `deaths`: who killed whom how often, over `versus_rounds` rounds that tell (endstats); None without any."""

    who: Who
    matches: int
    dpm: float
    delta_percent: float
    kills: int | None
    deaths: int | None
    versus_rounds: int
    confidence: Confidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Nemesis:
    """Opponents of a player. `method` is what the order is by: `versus` (kills and deaths between the two, where
    enough is known) or `dpm`. `nemeses`: worst first; `prey`: easiest first; `rivals`: met most often first."""

    who: Who
    scope: ScopeUsed
    method: Literal["versus", "dpm"]
    usual_dpm: float
    nemeses: tuple[Rival, ...]
    prey: tuple[Rival, ...]
    rivals: tuple[Rival, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """One step of a ladder: `metric` at `threshold`, with at least `min_rounds` rounds. `emoji` shows the tier."""

    ladder: str
    metric: str
    threshold: float
    title: str
    emoji: str
    tier: int
    min_rounds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """A milestone that somebody has reached, and in which round and session."""

    who: Who
    milestone: Milestone
    reached_at: datetime
    round_id: str
    session_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where somebody stands on a ladder. `next` None: all of it is done. `percent` towards `next`, 0 to 100."""

    ladder: str
    title: str
    value: float
    reached: Milestone | None
    next: Milestone | None
    percent: float
    rounds_missing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Achievements:
    """A player's achievements: what was reached (latest first), and every ladder with the way to its next step.
    `badges` is the highest step of each ladder, what stands behind the name."""

    who: Who
    reached: tuple[Reached, ...]
    progress: tuple[Progress, ...]
    badges: tuple[Milestone, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalBest:
    """A best of a player that fell in a session. `before` is the best until then; None for the first that counts."""

    who: Who
    metric: str
    value: float
    before: float | None
    round_id: str
    map: str
    at: datetime
