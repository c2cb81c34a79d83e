"""What a number is over (`Scope`), what it is called (`MetricInfo`), and the number with its sample (`Number`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from slomix.errors import SlomixError

#: Which half of the play: a side of the map, or a role (the defenders' side is the map's own).
ScopeSide = Literal["axis", "allies", "attack", "defence"]


class BadScope(SlomixError):
    """A scope or a metric that there is not. The sentence names what is allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which rounds a number is over. Only rounds that count for lifetimes (`valid`) are ever in it.

    `period`: `all`, `season` (the present one), `2026-Q4`, `month` (the present one), `2026-11`, `2026-W47` (ISO
    week), `7d` / `30d` / `90d` (any number of days up to now), or `2026-11-01..2026-11-07` (both included), in UTC.
    `format`: `3v3` and the like, of the line-up segment. `min_rounds`: None means what the metric asks for.
    """

    period: str = "all"
    map: str | None = None
    side: ScopeSide | None = None
    format: str | None = None
    min_rounds: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeUsed:
    """A scope with its period resolved: `since` included, `until` not; None is without an end."""

    period: str
    since: datetime | None
    until: datetime | None
    map: str | None
    side: ScopeSide | None
    format: str | None
    min_rounds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricInfo:
    """The definition of a number. `unit` is what stands behind it (`""`, `%`, `s`, `dmg/min` …).

    `formula` is over names of sums (columns of `stats.player_round`), summed over the scope before anything is divided.
    `needs` are the sums that old files may lack: only rounds that know all of them are in the sample. `min_rounds` is
    the sample that a place on a leaderboard of all time takes, `floor` what else it takes (`{"bullet_shots": 1000}`).
    Not `ranked`: there is no leaderboard of it (a best of one round is a record).
    """

    name: str
    title: str
    unit: str
    formula: str
    description: str
    source: str
    version: int
    decimals: int
    higher_is_better: bool
    rate: bool
    min_rounds: int
    ranked: bool = True
    aliases: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    floor: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A metric's value. `rounds` of the `of` rounds in the scope knew all the inputs; None: none of them did.

    `inputs` are the sums that the formula was given, so that everybody can work it out.
    """

    metric: str
    value: float | None
    rounds: int
    of: int
    inputs: dict[str, float | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """A player. `name_raw` holds the colour codes."""

    player_id: str
    guid: str
    name: str
    name_raw: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayerNumbers:
    """Every metric of one player over a scope (or a session), in the order of the registry."""

    who: Who
    rounds: int
    time_played_s: int
    numbers: tuple[Number, ...]

    def get(self, metric: str) -> float | None:
        """The value of a metric by its name; None where it is unknown."""
        return next((number.value for number in self.numbers if number.metric == metric), None)


#: How much a comparison is worth: at least 5, 3 or 1 matches; none is no comparison.
Confidence = Literal["high", "medium", "low", "none"]
