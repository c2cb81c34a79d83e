"""What may be asked: the query parameters of the answers about the numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, cast

from msgspec import Meta

from slomix_stats.api import Scope, ScopeSide

#: Most rows of one answer, and the longest text.
MOST = 100
LONGEST = 64
_Text = Annotated[str, Meta(max_length=LONGEST)]
_Rows = Annotated[int, Meta(ge=1, le=MOST)]
_Rounds = Annotated[int, Meta(ge=1, le=1_000_000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeQuery:
    """The scope, the same for every answer."""

    period: _Text = "all"
    map: _Text | None = None
    side: _Text | None = None
    format: _Text | None = None
    min_rounds: _Rounds | None = None

    @property
    def scope(self) -> Scope:
        """As a record; a side that there is not is refused with the others, where the scope is looked at."""
        side = cast("ScopeSide | None", self.side)
        return Scope(period=self.period, map=self.map, side=side, format=self.format, min_rounds=self.min_rounds)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecentQuery(ScopeQuery):
    """The scope of questions about how somebody plays these days."""

    period: _Text = "90d"


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthQuery(ScopeQuery):
    """The scope of questions about the last weeks."""

    period: _Text = "30d"


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardQuery(ScopeQuery):
    """A page of a leaderboard."""

    limit: _Rows = 10
    cursor: Annotated[str, Meta(max_length=200)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SomeQuery(ScopeQuery):
    """A scope, and how many rows."""

    limit: _Rows = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class SeasonQuery(SomeQuery):
    """The scope of what is counted per season."""

    period: _Text = "season"


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareQuery(ScopeQuery):
    """Players with commas between them."""

    players: Annotated[str, Meta(min_length=1, max_length=400)]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchupQuery:
    """Two line-ups, players with commas between them."""

    a: Annotated[str, Meta(min_length=1, max_length=600)]
    b: Annotated[str, Meta(min_length=1, max_length=600)]
    exact: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsQuery:
    """Records of a map or of all."""

    map: _Text | None = None
    limit: Annotated[int, Meta(ge=1, le=50)] = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitQuery:
    """How many rows."""

    limit: _Rows = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricQuery:
    """Which number."""

    metric: _Text = "dpm"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionQuery:
    """Which evening."""

    session: _Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviousQuery:
    """Which evening to compare with."""

    previous: _Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DayQuery:
    """Which day."""

    day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NamesQuery:
    """Which team names."""

    q: _Text = ""
    limit: _Rows = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamQuery:
    """Against whom, and how long ago."""

    opponent: _Text | None = None
    days: Annotated[int, Meta(ge=1, le=36_500)] | None = None


Params = dict[str, tuple[Any, str]]

PERIOD: Params = {
    "period": (
        str,
        "all, season, 2026-Q4, month, 2026-11, 2026-W47, 7d (any number of days) or 2026-11-01..2026-11-07; UTC",
    ),
}
MAP: Params = {"map": (str, "only rounds on this map")}
SCOPE: Params = {
    **PERIOD,
    **MAP,
    "side": (ScopeSide, "only rounds on this side of the map, or in this role"),
    "format": (str, "only rounds of line-ups like 3v3"),
    "min_rounds": (int, "rounds that a place takes; without it the metric's own number, fewer in short periods"),
}
LIMIT: Params = {"limit": (int, f"how many, 1 to {MOST}")}
