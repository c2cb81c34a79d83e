"""What people said: reads and writes, and the notice at the answer that makes it enough."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from slomix_availability.api import AvailabilityChanged, Day, Status

if TYPE_CHECKING:
    from slomix.context import Db, PluginContext
    from slomix.storage.database import Connection

POLL_POST = "availability.poll"
ENOUGH_POST = "availability.enough"
REMINDER_POST = "availability.reminder"
DIRECT_POST = "availability.direct"

_ANSWER = """
insert into availability.answer (day, person, status, answered_at) values ($1, $2, $3, $4)
on conflict (day, person) do update set status = excluded.status, answered_at = excluded.answered_at
where answer.status <> excluded.status
"""
_CLEAR = "delete from availability.answer where day = $1 and person = $2"
_PEOPLE = "select person, status from availability.answer where day = $1 order by answered_at, person"
# Who said what with the player that each is, None for a Discord account that is linked to none.
_SAID = """
select a.day, a.status, p.id as player_id, coalesce(p.display, '') as name, coalesce(p.display_raw, '') as name_raw
from availability.answer a
left join slomix.account c on c.discord_id = a.person
left join slomix.player p on p.id = c.player_id
where a.day >= $1 and a.day < $1 + $2::integer
order by a.day, a.answered_at, a.person
"""
_OWN = "select day, status from availability.answer where person = $1 and day >= $2 and day < $2 + $3::integer"
_COUNTS = """
select d.day::date as day,
    count(*) filter (where a.status = 'available') as available,
    count(*) filter (where a.status = 'maybe') as maybe,
    count(*) filter (where a.status = 'looking') as looking,
    count(*) filter (where a.status = 'not_playing') as not_playing
from generate_series($1::date, $1::date + ($2::integer - 1), interval '1 day') as d (day)
left join availability.answer a on a.day = d.day::date
group by d.day order by d.day
"""
# Two answers at once must not both find one too few, so the count is taken by one after the other.
_LOCK_DAY = "select pg_advisory_xact_lock(hashtextextended('availability ' || $1::text, 0))"
_ENOUGH = """
insert into availability.poll (day, opened_at, enough_at) values ($1, $2, $2)
on conflict (day) do update set enough_at = excluded.enough_at where poll.enough_at is null
returning true
"""
_WISH_OF = "select person, enough, reminders, threshold from availability.wish where person = $1"
_WISHES = "select person, enough, reminders, threshold from availability.wish order by person"
_WISH = """
insert into availability.wish (person, enough, reminders, threshold) values ($1, $2, $3, $4)
on conflict (person) do update set
    enough = excluded.enough, reminders = excluded.reminders, threshold = excluded.threshold
"""
_OPEN = "insert into availability.poll (day, opened_at) values ($1, $2) on conflict do nothing returning true"
_OPENED = "select true from availability.poll where day = $1"
_REMIND = """
insert into availability.reminder (day, due, sent_at) values ($1, $2, $3) on conflict do nothing returning true
"""
_FORGET_OLD = "delete from availability.answer where day < $1"
_FORGET_OLD_POLLS = "delete from availability.poll where day < $1"
_ALL = "select day, person, status, answered_at from availability.answer order by day, person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Which direct messages a person wants; `threshold` None: when it is enough for an evening."""

    person: int
    enough: bool = False
    reminders: bool = False
    threshold: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What somebody said for a day; `player_id` None: the account is linked to no player."""

    day: date
    status: Status
    player_id: str | None
    name: str
    name_raw: str


class Answers:
    """Implements `api.Availability`, and what the commands, the buttons and the job do."""

    def __init__(self, ctx: PluginContext) -> None:
        self._ctx = ctx
        self._threshold: int = ctx.settings.threshold

    async def days(self, first: date, count: int) -> tuple[Day, ...]:
        """See `api.Availability`."""
        rows = await self._ctx.db.fetch(_COUNTS, first, count)
        return tuple(Day(**dict(row), threshold=self._threshold) for row in rows)

    async def people(self, day: date) -> dict[Status, list[int]]:
        """Discord users by what they said, in the order in which they said it."""
        found: dict[Status, list[int]] = {}
        for row in await self._ctx.db.fetch(_PEOPLE, day):
            found.setdefault(row["status"], []).append(row["person"])
        return found

    async def said(self, first: date, count: int) -> tuple[Said, ...]:
        """What everybody said for so many days from `first` on, in the order in which they said it."""
        return tuple(Said(**dict(row)) for row in await self._ctx.db.fetch(_SAID, first, count))

    async def own(self, person: int, first: date, count: int) -> dict[date, Status]:
        """What one Discord user said for so many days from `first` on."""
        return {row["day"]: row["status"] for row in await self._ctx.db.fetch(_OWN, person, first, count)}

    async def answer(self, day: date, person: int, status: Status | None) -> Day:
        """Write an answer down (None takes it back) and everything that follows: the poll, the notice, the event."""
        async with self._ctx.db.transaction() as tx:
            await tx.execute(_LOCK_DAY, day.isoformat())
            before = await self._counted(tx, day)
            if status is None:
                await tx.execute(_CLEAR, day, person)
            else:
                await tx.execute(_ANSWER, day, person, status, self._ctx.clock.now())
            now = await self._counted(tx, day)
            await self._ctx.posts.refresh(tx, POLL_POST, day.isoformat())
            await self._ctx.events.publish(
                tx, AvailabilityChanged(day=day, available=now.available, threshold=self._threshold)
            )
            if now.available > before.available:
                await self._tell_of_enough(tx, now)
        return now

    async def _counted(self, tx: Connection, day: date) -> Day:
        return Day(**dict(await tx.fetchrow(_COUNTS, day, 1) or {}), threshold=self._threshold)

    async def _tell_of_enough(self, tx: Connection, day: Day) -> None:
        subject = day.day.isoformat()
        if day.enough and await tx.fetchval(_ENOUGH, day.day, self._ctx.clock.now()):
            await self._ctx.posts.request(tx, ENOUGH_POST, subject)
        for row in await tx.fetch(_WISHES):
            if row["enough"] and day.available == (row["threshold"] or self._threshold):
                await self._ctx.posts.request(tx, DIRECT_POST, f"{subject}/enough/{row['person']}")

    async def wish(self, wish: Wish) -> None:
        """Write down which direct messages a person wants."""
        async with self._ctx.db.transaction() as tx:
            await tx.execute(_WISH, wish.person, wish.enough, wish.reminders, wish.threshold)

    async def wish_of(self, person: int) -> Wish:
        """What a person wants; nothing unless they said so."""
        row = await self._ctx.db.fetchrow(_WISH_OF, person)
        return Wish(**dict(row)) if row else Wish(person=person)

    async def open_poll(self, day: date) -> bool:
        """Ask for a day; False where it was asked for already."""
        async with self._ctx.db.transaction() as tx:
            if not await tx.fetchval(_OPEN, day, self._ctx.clock.now()):
                return False
            await self._ctx.posts.request(tx, POLL_POST, day.isoformat())
        return True

    async def remind(self, day: date, due: Any) -> bool:
        """Remind once: the channel, and those who wanted it and have not answered. False where it was done."""
        async with self._ctx.db.transaction() as tx:
            if not await tx.fetchval(_OPENED, day):
                return False
            if not await tx.fetchval(_REMIND, day, due, self._ctx.clock.now()):
                return False
            subject = f"{day.isoformat()}/{due:%H:%M}"
            await self._ctx.posts.request(tx, REMINDER_POST, subject)
            answered = {row["person"] for row in await tx.fetch(_PEOPLE, day)}
            for row in await tx.fetch(_WISHES):
                if row["reminders"] and row["person"] not in answered:
                    await self._ctx.posts.request(tx, DIRECT_POST, f"{day.isoformat()}/{due:%H:%M}/{row['person']}")
        return True

    async def forget_old(self, today: date, keep_days: int) -> None:
        """Delete what is older than so many days."""
        oldest = today - timedelta(days=keep_days)
        async with self._ctx.db.transaction() as tx:
            await tx.execute(_FORGET_OLD, oldest)
            await tx.execute(_FORGET_OLD_POLLS, oldest)


async def rows(db: Db) -> AsyncIterator[Mapping[str, Any]]:
    """Every answer, for `slomix export availability`."""
    async with db.transaction(read_only=True) as tx:
        async for row in tx.cursor(_ALL, prefetch=500):
            yield dict(row) | {"day": row["day"].isoformat(), "answered_at": row["answered_at"].isoformat()}
