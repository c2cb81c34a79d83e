"""Answers about everybody: leaderboards, records, maps, weapons, seasons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from slomix_stats.api.reader import SessionLine, WeaponLine
from slomix_stats.api.scope import MetricInfo, Number, ScopeUsed, Who


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRow:
    """One place; players with equal values share it. `number` holds the value with its sample and inputs."""

    rank: int
    who: Who
    value: float
    rounds: int
    number: Number


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Players by one metric. `players` is how many have a place at all, `next` the cursor of the following page."""

    metric: MetricInfo
    scope: ScopeUsed
    players: int
    rows: tuple[BoardRow, ...]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hall:
    """One category of the hall of fame: its first places."""

    metric: MetricInfo
    min_rounds: int
    rows: tuple[BoardRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HallOfFame:
    """The hall of fame of a period; `weapons` is the best of each weapon by kills."""

    scope: ScopeUsed
    halls: tuple[Hall, ...]
    weapons: tuple[WeaponHolder, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WeaponHolder:
    """Who has the most kills with a weapon."""

    weapon: str
    who: Who
    line: WeaponLine


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRow:
    """One place of a record: a player in one round, or in one match (then `round_id` is None)."""

    rank: int
    who: Who
    value: float
    map: str
    at: datetime
    session_id: str
    match_id: str
    round_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record with its first places. `over` is what it is the best of; `rule` says what is left out and why."""

    metric: MetricInfo
    over: Literal["round", "match"]
    rule: str
    rows: tuple[RecordRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordBook:
    """All records, of one map or of all."""

    map: str | None
    records: tuple[Record, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldPoint:
    """`held_percent` of the attacks on a map had not succeeded after `seconds`."""

    seconds: int
    held_percent: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FastAttack:
    """A fast attack: who attacked, how long it took (`seconds`)."""

    seconds: float
    at: datetime
    round_id: str
    match_id: str
    session_id: str
    players: tuple[Who, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MapLine:
    """One map. Rounds that were given up are in no time and no rate. Rates in percent, times in seconds."""

    map: str
    matches: int
    rounds: int
    players: int
    attacks: int
    held: int
    hold_percent: float | None
    seconds_mean: float | None
    attack_seconds_median: float | None
    fastest: FastAttack | None
    last_played: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Maps:
    """All maps, most played first."""

    maps: tuple[MapLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MapDetail:
    """One map: its fastest attacks, how long defences last, who plays it best (DPM)."""

    line: MapLine
    fastest: tuple[FastAttack, ...]
    hold_curve: tuple[HoldPoint, ...]
    best: tuple[BoardRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WeaponUse:
    """One weapon over everybody. `share_percent` of all kills; `best`: most kills first."""

    line: WeaponLine
    players: int
    share_percent: float
    best: tuple[WeaponHolder, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weapons:
    """All weapons, most kills first."""

    weapons: tuple[WeaponUse, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardWins:
    """How often somebody won an award of rounds."""

    who: Who
    wins: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardBoard:
    """One award of rounds (endstats): who won it most often."""

    award: str
    category: str | None
    rows: tuple[AwardWins, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardBoards:
    """Awards of rounds, as the game servers gave them: `rounds` had any. `all` is over every award together."""

    scope: ScopeUsed
    rounds: int
    all: tuple[AwardWins, ...]
    awards: tuple[AwardBoard, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeasonAward:
    """An award of a season. `text` says by what it was won."""

    key: str
    title: str
    who: Who
    value: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeasonLine:
    """A quarter: `2026-Q4`. `last_day` is in it; `days_left` is 0 when it is over."""

    season_id: str
    name: str
    first_day: date
    last_day: date
    days_left: int
    current: bool
    sessions: int
    rounds: int
    players: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Season:
    """A season with its leaders (first place of each category), those of all time, and its awards."""

    season: SeasonLine
    leaders: tuple[Hall, ...]
    all_time: tuple[Hall, ...]
    awards: tuple[SeasonAward, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeasonName:
    """A season by its name alone."""

    season_id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeChoices:
    """What a scope can be chosen from: seasons that were played in (and the present one), newest first, and maps, the
    most played first."""

    seasons: tuple[SeasonName, ...]
    maps: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seasons:
    """Seasons that were played in, newest first, and the present one."""

    seasons: tuple[SeasonLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OnThisDay:
    """Sessions of the same day and month in earlier years, newest first, at most 4 years."""

    day: date
    sessions: tuple[DayMemory, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayMemory:
    """One of them: who had the most damage per minute, and the score where it is known."""

    years_ago: int
    session: SessionLine
    best: Who | None
    best_dpm: float | None
    points_a: int | None
    points_b: int | None
