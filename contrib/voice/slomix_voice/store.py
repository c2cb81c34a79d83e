"""The people in the channels and the evening that is on, in PostgreSQL, so that a bot that restarts goes on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from slomix_voice.api import GatheringEnded, GatheringStarted
from slomix_voice.gathering import Gathering, Rules, step, suggestion_due

if TYPE_CHECKING:
    from slomix.context import PluginContext

GATHERING_POST = "voice.gathering"
TEAMS_POST = "voice.teams"

_LOCK = "select pg_advisory_xact_lock(hashtextextended('voice gathering', 0))"
_LEFT = "delete from voice.presence where person <> all ($1::bigint[])"
_THERE = """
insert into voice.presence (person, channel, since)
select t.person, t.channel, $3 from unnest($1::bigint[], $2::bigint[]) as t (person, channel)
on conflict (person) do update set channel = excluded.channel
"""
_PRESENT = "select person, channel, since from voice.presence order by since, person"
_ON = "select id, most, few_since, suggested from voice.gathering where ended_at is null"
_BEGIN = "insert into voice.gathering (started_at, most) values ($1, $2) returning id"
_GO_ON = "update voice.gathering set most = $2, few_since = $3, suggested = $4 where id = $1"
_END = "update voice.gathering set ended_at = few_since where id = $1"
_ONE = "select started_at, ended_at, most from voice.gathering where id = $1"


class Channels:
    """Implements `api.Voice`, and takes what the bot sees."""

    def __init__(self, ctx: PluginContext, rules: Rules) -> None:
        self._ctx = ctx
        self._rules = rules

    async def present(self) -> Mapping[int, int]:
        """See `api.Voice`."""
        return {row["person"]: row["channel"] for row in await self._ctx.db.fetch(_PRESENT)}

    async def since(self) -> list[tuple[int, datetime]]:
        """Who is there, and since when; who came first is first."""
        return [(row["person"], row["since"]) for row in await self._ctx.db.fetch(_PRESENT)]

    async def gathering(self, number: int) -> tuple[datetime, datetime | None, int] | None:
        """Begin, end and the most people of an evening."""
        row = await self._ctx.db.fetchrow(_ONE, number)
        return (row["started_at"], row["ended_at"], row["most"]) if row else None

    async def seen(self, people: Mapping[int, int]) -> None:
        """Exactly these people are in the watched channels now: write it down, and what follows from it."""
        now = self._ctx.clock.now()
        async with self._ctx.db.transaction() as tx:
            await tx.execute(_LOCK)
            await tx.execute(_LEFT, list(people))
            await tx.execute(_THERE, list(people), list(people.values()), now)
            row = await tx.fetchrow(_ON)
            on = row and Gathering(most=row["most"], few_since=row["few_since"], suggested=tuple(row["suggested"]))
            change, then = step(on, len(people), now, self._rules)
            if change == "nothing":
                return
            if change == "begins":
                number = await tx.fetchval(_BEGIN, now, len(people))
                await self._ctx.events.publish(tx, GatheringStarted(gathering=number, people=len(people)))
                await self._ctx.posts.request(tx, GATHERING_POST, str(number))
            else:
                assert row is not None
                number = row["id"]
            assert then is not None
            if change == "ends":
                await tx.execute(_END, number)
                await self._ctx.events.publish(tx, GatheringEnded(gathering=number, most=then.most))
                await self._ctx.posts.refresh(tx, GATHERING_POST, str(number))
                return
            suggested = then.suggested
            if suggestion_due(then, len(people), self._rules):
                suggested = (*suggested, len(people))
                await self._ctx.posts.request(tx, TEAMS_POST, f"{number}/{len(people)}")
            await tx.execute(_GO_ON, number, then.most, then.few_since, list(suggested))
