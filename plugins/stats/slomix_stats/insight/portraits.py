"""The class behind `StatsPlayersV1`: everything about a player in one go."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from slomix.clock import Clock
from slomix.context import Db
from slomix_stats.api.insight import EVERYTHING
from slomix_stats.api.people import Bands
from slomix_stats.api.portraits import Mates, PlayerList, PlayerRound, PlayerSessionPage, PlayerSort, Portrait
from slomix_stats.api.scope import BadScope, Scope, ScopeUsed, Who
from slomix_stats.insight import boards, lookup, own, people, records
from slomix_stats.insight.answers import BAND_ROUNDS
from slomix_stats.insight.memory import Memory
from slomix_stats.insight.scopes import resolve
from slomix_stats.insight.sums import PlayerSums, player_sums
from slomix_stats.metrics.catalogue import find_metric
from slomix_stats.reader import directory
from slomix_stats.reader.players import profile as read_profile

#: What form is told in.
FORM_METRIC = "dpm"
#: Places of a record that are told of who holds them.
HELD_PLACES = 5


class StatsPlayers:
    """Implements `slomix_stats.api.StatsPlayersV1`. `least`: fewest rounds for a place in a short period."""

    def __init__(self, db: Db, clock: Clock, *, least: int = 3, memory: Memory | None = None) -> None:
        self._db = db
        self._clock = clock
        self._least = least
        self._memory = memory or Memory(db, clock)

    async def listed(
        self, text: str = "", *, sort: PlayerSort = "seen", limit: int = 50, offset: int = 0
    ) -> PlayerList:
        return await directory.listed(self._db, _storable(text), sort, limit, offset)

    async def sessions(self, player: str, *, limit: int = 20, before: str | None = None) -> PlayerSessionPage | None:
        who = await self._who(player)
        if who is None:
            return None
        cursor = None if before is None else _storable(before)
        return await directory.sessions(self._db, who.player_id, limit, cursor)

    async def rounds(self, player: str, sessions: Sequence[str]) -> tuple[PlayerRound, ...]:
        who = await self._who(player)
        return () if who is None else await directory.rounds(self._db, who.player_id, sessions)

    async def mates(self, player: str, scope: Scope = EVERYTHING, *, limit: int = 10) -> Mates | None:
        if scope.map is not None or scope.side is not None or scope.format is not None:
            raise BadScope("This is known for a period only; leave map, side and format out.")
        who, used = await self._who(player), await self._used(scope)
        if who is None:
            return None
        question = ("mates", who.player_id, scope, limit)
        return await self._memory.of(question, lambda: own.mates(self._db, who, used, limit))

    async def portrait(self, player: str, scope: Scope = EVERYTHING) -> Portrait | None:
        who, used = await self._who(player), await self._used(scope)
        if who is None:
            return None
        return await self._memory.of(("portrait", who, scope), lambda: self._portrait(who, scope, used))

    async def _portrait(self, who: Who, scope: Scope, used: ScopeUsed) -> Portrait | None:
        """Read side by side: none of these needs another."""
        period = await self._used(Scope(period=scope.period))
        ((sums, bands), form, book), (profile, maps, achievements, bests, linked) = await asyncio.gather(
            asyncio.gather(
                self._sums_and_bands(who, scope, used),
                people.own_form(self._db, find_metric(FORM_METRIC), who),
                records.records(self._db, scope.map, HELD_PLACES, who.player_id),
            ),
            asyncio.gather(
                read_profile(self._db, who.player_id),
                own.player_maps(self._db, who, period),
                records.achievements(self._db, who),
                own.bests(self._db, who),
                own.is_linked(self._db, who),
            ),
        )
        if profile is None:
            return None  # forgotten a moment ago
        return Portrait(
            who=who,
            linked=linked,
            profile=profile,
            scope=used,
            numbers=boards.numbers_of(sums),
            bands=bands,
            form=form,
            maps=maps,
            achievements=achievements,
            bests=bests,
            held=own.held(book),
        )

    async def _sums_and_bands(self, who: Who, scope: Scope, used: ScopeUsed) -> tuple[PlayerSums, Bands]:
        """A player's own sums among everybody's; alone and without bands where it is too much to add up for all."""
        placed = await self._used(replace(scope, min_rounds=scope.min_rounds or BAND_ROUNDS))

        async def everybody() -> tuple[boards.Rankings, dict[str, PlayerSums]]:
            found = await player_sums(self._db, placed)
            return boards.rankings(placed, found), {each.who.player_id: each for each in found}

        ranks: boards.Rankings = {}
        try:
            ranks, players = await self._memory.of(("ranks", scope), everybody)
        except BadScope:
            players = {each.who.player_id: each for each in await player_sums(self._db, used, players=[who.player_id])}
        sums = players.get(who.player_id, PlayerSums(who=who, sums={"rounds": 0.0}))
        return sums, boards.bands_of(sums, placed, ranks)

    async def _who(self, id_or_guid: str) -> Who | None:
        return await self._memory.of(("who", id_or_guid), lambda: lookup.find_who(self._db, id_or_guid))

    async def _used(self, scope: Scope) -> ScopeUsed:
        maps = await lookup.played_maps(self._db) if scope.map is not None else ()
        return resolve(scope, now=self._clock.now(), maps=maps, least=self._least, metric=None)


def _storable(text: str) -> str:
    return text.replace("\0", "\ufffd")
