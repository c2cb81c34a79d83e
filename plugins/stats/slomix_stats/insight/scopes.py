"""From what was asked for to what is read: periods become moments, everything is checked against what there is."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import get_args

from slomix_stats.api.scope import BadScope, Scope, ScopeSide, ScopeUsed
from slomix_stats.metrics.periods import span
from slomix_stats.metrics.registry import TOTAL_ROUNDS, Metric

#: A longer period asks for as many rounds as all time does.
BOUNDED = timedelta(days=100)
#: Together with a map, a side or a format, a period is at most a season: there are no sums of such parts.
LONGEST = timedelta(days=92)
SIDES: tuple[str, ...] = get_args(ScopeSide)
MOST_ROUNDS = 1_000_000

_FORMAT = re.compile(r"\d{1,2}v\d{1,2}")


def resolve(scope: Scope, *, now: datetime, maps: Collection[str], least: int, metric: Metric | None) -> ScopeUsed:
    """The scope with moments for its period. `least` is the fewest rounds for a place in a short period; `metric`
    None: no place is asked for. Raises `BadScope` that names what is allowed."""
    found = span(scope.period, now)
    if scope.map is not None and scope.map not in maps:
        raise BadScope(f"Nobody played the map {scope.map[:40]!r}. Played: {', '.join(sorted(maps)) or 'none yet'}.")
    if scope.side is not None and scope.side not in SIDES:
        raise BadScope(f"There is no side {str(scope.side)[:40]!r}. Allowed: {', '.join(SIDES)}.")
    if scope.format is not None and not _FORMAT.fullmatch(scope.format):
        raise BadScope(f"There is no format {scope.format[:40]!r}. A format is like 3v3.")
    if scope.min_rounds is not None and not 1 <= scope.min_rounds <= MOST_ROUNDS:
        raise BadScope(f"min_rounds is a number from 1 to {MOST_ROUNDS}.")
    used = ScopeUsed(
        period=scope.period,
        since=found.since,
        until=found.until,
        map=scope.map,
        side=scope.side,
        format=scope.format,
        min_rounds=1,
    )
    rounds = scope.min_rounds or (1 if metric is None else _usual(used, metric, least))
    return ScopeUsed(**{name: getattr(used, name) for name in _FIELDS}, min_rounds=rounds)


_FIELDS = ("period", "since", "until", "map", "side", "format")


def is_part(scope: ScopeUsed) -> bool:
    """Whether it is only some rounds of the sessions."""
    return scope.map is not None or scope.side is not None


def is_ever(scope: ScopeUsed) -> bool:
    """Whether it is all time."""
    return scope.since is None and scope.until is None


def _usual(scope: ScopeUsed, metric: Metric, least: int) -> int:
    """Rounds for a place where nobody said how many: those of the metric over all time, fewer in shorter periods."""
    if scope.since is not None and scope.until is not None and scope.until - scope.since <= BOUNDED:
        return least
    if is_part(scope) or scope.format is not None:
        return max(least, TOTAL_ROUNDS)
    return metric.info.min_rounds


def floor_share(scope: ScopeUsed, metric: Metric) -> float:
    """How much of the metric's floor is asked for: as much as of its rounds, at most all."""
    return min(1.0, scope.min_rounds / metric.info.min_rounds)
