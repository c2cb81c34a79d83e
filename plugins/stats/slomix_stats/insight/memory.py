"""Answers that are kept until something was settled or published, so that a page asked for twice is worked out once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from slomix.clock import Clock
from slomix.context import PluginContext, Reads

T = TypeVar("T")

#: Kept answers per process, and how old one may get: names and the length of "the last 7 days" have no version.
MOST = 512
OLDEST = timedelta(seconds=60)

_VERSION = """
select (select coalesce(max(seq), 0) from slomix.event) as events, (select max(version) from stats.settled) as settled
"""


def memory_of(ctx: PluginContext) -> Memory:
    """A memory for the pages of this program; it keeps nothing where the core keeps no pages."""
    most = MOST if ctx.core.web.kept_answers_mib else 0
    return Memory(ctx.db, ctx.clock, known=ctx.events.version, most=most)


class Memory:
    """Answers by their question, as of one version of the data.

    `known` gives the version where this process knows it (a page is answered while the live feed listens). Otherwise
    the database is asked: whoever answers an event must not be told of what was before it. `most` answers are kept.
    """

    def __init__(
        self, db: Reads, clock: Clock, *, known: Callable[[], Hashable | None] = lambda: None, most: int = MOST
    ) -> None:
        self._db = db
        self._clock = clock
        self._known = known
        self._most = most
        self._kept: OrderedDict[Hashable, tuple[Any, datetime, Any]] = OrderedDict()

    async def of(self, question: Hashable, answer: Callable[[], Awaitable[T]]) -> T:
        """The kept answer, or `answer()`. What is answered must never be changed by who gets it.

        The version is read before the answer is worked out: an answer may be newer than its version, never older.
        """
        if not self._most:
            return await answer()
        version = self._known() or await self._read()
        now = self._clock.now()
        kept = self._kept.get(question)
        if kept is not None and kept[0] == version and now - kept[1] < OLDEST:
            self._kept.move_to_end(question)
            return kept[2]  # type: ignore[no-any-return]
        found = await answer()
        self._kept[question] = version, now, found
        self._kept.move_to_end(question)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return found

    async def _read(self) -> Hashable:
        """The version as the database has it."""
        row = await self._db.fetchrow(_VERSION)
        return None if row is None else ("database", *row.values())
