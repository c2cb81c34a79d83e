"""The challenge of a week: a number, a title, and the leaderboard of that week by it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from slomix.events import DataChanged
from slomix_stats.api import Board, Scope

if TYPE_CHECKING:
    from slomix.context import PluginContext
    from slomix_stats.api import StatsInsightV1

LONGEST_TITLE = 80
#: The right to say what a week is about; admins have it, others can be granted it.
CHALLENGE = "stats.challenge"

_ONE = "select week, metric, title from stats.challenge where week = $1"
_SET = """
insert into stats.challenge (week, metric, title, set_by, set_at) values ($1, $2, $3, $4, $5)
on conflict (week) do update set
    metric = excluded.metric, title = excluded.title, set_by = excluded.set_by, set_at = excluded.set_at
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """What a week (`2026-W47`) is about."""

    week: str
    metric: str
    title: str


def week_of(day: date) -> str:
    """The ISO week of a day: `2026-W47`."""
    year, number, _ = day.isocalendar()
    return f"{year}-W{number:02}"


def week_before(week: str) -> str:
    """The week before one."""
    return week_of(date.fromisocalendar(int(week[:4]), int(week[6:]), 1) - timedelta(days=7))


class Challenges:
    """Sets challenges and tells how they stand."""

    def __init__(self, ctx: PluginContext, insight: StatsInsightV1) -> None:
        self._ctx = ctx
        self._insight = insight

    async def of(self, week: str) -> Challenge | None:
        """The challenge of a week, where somebody set one."""
        row = await self._ctx.db.fetchrow(_ONE, week)
        return Challenge(**dict(row)) if row else None

    async def set(self, week: str, metric: str, title: str, set_by: str) -> Challenge:
        """Say what a week is about. Raises `BadScope` for a number that there is not."""
        info = self._insight.metric(metric)
        challenge = Challenge(week=week, metric=info.name, title=(title.strip() or info.title)[:LONGEST_TITLE])
        async with self._ctx.db.transaction() as tx:
            await tx.execute(_SET, week, challenge.metric, challenge.title, set_by, self._ctx.clock.now())
            await self._ctx.events.signal(tx, DataChanged(what="challenge"))
        return challenge

    async def standing(self, challenge: Challenge, *, limit: int = 10) -> Board:
        """The leaderboard of the week; one round is enough to be on it."""
        return await self._insight.board(challenge.metric, Scope(period=challenge.week, min_rounds=1), limit=limit)
