"""The people of this community, for commands, the bot and plugins: each call is one transaction."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from slomix.nouns import Person, Stranger
from slomix.people import accounts, data, leave, search, tiers
from slomix.people import users as known
from slomix.people.audit import Entry, Who, entries
from slomix.people.forgetting import Forgetter
from slomix.people.joining import Joiner
from slomix.people.moving import Settle
from slomix.people.search import FoundPlayer, PeopleError

if TYPE_CHECKING:
    from slomix.clock import Clock
    from slomix.context import Db, Events
    from slomix.contrib import Parser, People
    from slomix.events import Event
    from slomix.host.host import Contributed
    from slomix.storage.database import Connection


@dataclass(frozen=True, slots=True)
class Takers:
    """What plugins have to do with people: known when all of them have declared it. `parsers` by ledger name."""

    plugins: Sequence[Contributed[People]]
    parsers: dict[str, Parser]
    settle: Settle


class PeopleService:
    """Implements `slomix.context.People`. `owner` is the setting slomix.discord.owner."""

    def __init__(self, db: Db, events: Events, clock: Clock, owner: int | None, takers: Callable[[], Takers]) -> None:
        self.db = db
        self.owner = owner
        self._events = events
        self._clock = clock
        self._takers = takers

    # ---- reads ------------------------------------------------------------------------

    async def find(self, text: str, *, limit: int = 5) -> list[FoundPlayer]:
        """Players by id, GUID, Discord account or part of a name, the best match first."""
        return await search.find(self.db, text, limit=limit)

    async def the_one(self, text: str) -> FoundPlayer:
        """The one player that a text means; `PeopleError` lists the candidates where it is not clear."""
        return await search.the_one(self.db, text)

    async def list_players(self, which: search.Listed, *, limit: int = 20, offset: int = 0) -> list[FoundPlayer]:
        """All players, those seen last first."""
        return await search.list_players(self.db, which, self._clock.now(), limit=limit, offset=offset)

    async def player_of(self, discord_id: int) -> str | None:
        """The id of the player that a Discord account is."""
        return await accounts.player_of(self.db, discord_id)

    async def claimed_at(self, discord_id: int) -> datetime | None:
        """When a Discord account last claimed a player or a further one; None where it never did."""
        return await accounts.claimed_at(self.db, discord_id)

    async def display_name(self, player_id: str) -> str:
        """What a player is called: custom name, chosen alias, Discord name, most recent alias, short GUID."""
        found = await search.by_ids(self.db, [await search.current_id(self.db, player_id)])
        return found[0].name if found else player_id

    async def suggest(self, name: str, *, limit: int = 3) -> list[FoundPlayer]:
        """Players of nobody who may be a Discord account of this name, the best match first."""
        found = await search.find(self.db, name, limit=limit * 3)
        return [each for each in found if each.discord_id is None][:limit]

    async def aliases(self, player_id: str) -> list[Any]:
        """Every name of a player, the most recent first."""
        return await accounts.aliases(self.db, player_id)

    async def leaves(self, player_id: str) -> list[leave.Period]:
        """The sick leaves of a player, the newest first."""
        return await leave.periods(self.db, player_id)

    async def tier_of(self, discord_id: int) -> tiers.Tier:
        """The tier of a Discord account."""
        return await tiers.tier_of(self.db, discord_id, self.owner)

    async def may(self, discord_id: int, capability: str, default: str = "admin") -> bool:
        """Whether a Discord account has a right that a plugin declared with this `default`."""
        return await tiers.may(self.db, discord_id, self.owner, capability, default)

    async def holders(self) -> list[tiers.Holder]:
        """Everybody with a tier or rights of their own."""
        return await tiers.holders(self.db)

    async def users(self, *, text: str = "", limit: int = 50, offset: int = 0) -> list[known.User]:
        """Everybody with an account here, those who may most first."""
        return await known.users(self.db, self.owner, self._clock.now(), text=text, limit=limit, offset=offset)

    async def name_of(self, discord_id: int) -> str:
        """What a Discord account is called."""
        return await known.name_of(self.db, discord_id)

    async def log(self, **which: Any) -> list[Entry]:
        """The audit log, the newest first; arguments as `slomix.people.audit.entries` has them."""
        return await entries(self.db, **which)

    async def person(self, text: str) -> Person:
        """Whom a text means, with everything by which rows may mention them. A Discord account needs no player."""
        account = search.account_of(text) if text.startswith("discord:") else None
        if account is not None and not await search.find(self.db, text):
            return Person(player_id=None, discord_id=account)
        return await search.person(self.db, (await self.the_one(text)).player_id)

    # ---- changes ----------------------------------------------------------------------

    @asynccontextmanager
    async def _changing(self) -> AsyncIterator[tuple[Connection, list[Event]]]:
        """A transaction, and the events to publish in it."""
        async with self.db.transaction() as tx:
            happened: list[Event] = []
            yield tx, happened
            await self._events.publish(tx, *happened)

    async def link(self, who: Who, discord_id: int, player_id: str, name: str) -> None:
        """Say that a Discord account is a player."""
        async with self._changing() as (tx, happened):
            happened.extend(await accounts.link(tx, who, discord_id, player_id, name))

    async def claim(self, who: Who, discord_id: int, player_id: str, name: str) -> str:
        """Somebody says which player they are; answers their player. Who has one gets the GUIDs of the other with it.

        Raises `PeopleError` where the player is somebody else's, or the two played side by side.
        """
        mine = await self.player_of(discord_id)
        if mine is not None and mine != player_id:
            await self.merge(replace(who, reason=who.reason or "both are theirs"), player_id, mine)
            return mine
        await self.link(who, discord_id, player_id, name)
        return player_id

    async def unlink(self, who: Who, discord_id: int) -> None:
        """Take that back."""
        async with self._changing() as (tx, happened):
            happened.extend(await accounts.unlink(tx, who, discord_id))

    async def rename(self, who: Who, player_id: str, *, custom: str | None = None, alias: str | None = None) -> None:
        """Choose what a player is called; neither means the usual name."""
        async with self._changing() as (tx, happened):
            happened.extend(await accounts.rename(tx, who, player_id, custom=custom, alias=alias))

    async def merge(self, who: Who, source: str, target: str, *, together: bool = False) -> None:
        """Everything of `source` becomes `target`'s."""
        async with self._changing() as (tx, happened):
            happened.extend(await self._joiner().merge(tx, who, source, target, together=together))

    async def split(self, who: Who, player_id: str, keys: Sequence[str]) -> str:
        """Make GUIDs of a player a player of their own; answers its id."""
        async with self._changing() as (tx, happened):
            split = await self._joiner().split(tx, who, player_id, keys)
            happened.append(split)
        return split.player_id

    async def undo(self, who: Who, number: int) -> None:
        """Take an entry of the audit log back."""
        async with self._changing() as (tx, happened):
            happened.extend(await self._joiner().undo(tx, who, number))

    async def start_leave(self, who: Who, player_id: str, guid: str) -> None:
        """Open a sick leave."""
        async with self._changing() as (tx, _):
            await leave.start(tx, who, player_id, guid)

    async def end_leave(self, who: Who, player_id: str) -> str:
        """Close it; answers its GUID."""
        async with self._changing() as (tx, _):
            return await leave.end(tx, who, player_id)

    async def merge_leave(self, who: Who, player_id: str, guid: str) -> None:
        """Make the GUID of a sick leave the player's own."""
        async with self._changing() as (tx, happened):
            other = await leave.to_merge(tx, player_id, guid)
            happened.extend(await self._joiner().merge(tx, who, other, player_id))
            await leave.merged(tx, player_id, guid)

    async def give_tier(self, who: Who, discord_id: int, tier: tiers.Granted, name: str) -> None:
        """Make a Discord account an admin or moderator."""
        async with self._changing() as (tx, _):
            if discord_id == self.owner:
                raise PeopleError("The owner is above all tiers already.")
            await tiers.give(tx, who, discord_id, tier, name)

    async def take_tier(self, who: Who, discord_id: int) -> None:
        """Take that back."""
        async with self._changing() as (tx, _):
            await tiers.take(tx, who, discord_id)

    async def grant(self, who: Who, discord_id: int, capability: str, name: str) -> None:
        """Grant a right to a Discord account."""
        async with self._changing() as (tx, _):
            await tiers.grant(tx, who, discord_id, capability, name)

    async def revoke(self, who: Who, discord_id: int, capability: str) -> None:
        """Take a granted right back."""
        async with self._changing() as (tx, _):
            await tiers.revoke(tx, who, discord_id, capability)

    async def export(self, person: Person) -> dict[str, Any]:
        """Everything that is kept about a person, as JSON values (times as datetimes)."""
        async with self.db.transaction() as tx:
            return await data.export(tx, self._takers().plugins, person)

    async def forget(self, who: Who, person: Person) -> Stranger:
        """Have nothing mention a person any more; answers who stands in their place."""
        takers = self._takers()
        async with self._changing() as (tx, happened):
            forgetter = Forgetter(takers.plugins, takers.parsers, takers.settle)
            stranger, events = await forgetter.forget(tx, who, person)
            happened.extend(events)
        return stranger

    def _joiner(self) -> Joiner:
        takers = self._takers()
        return Joiner(takers.plugins, takers.settle)
