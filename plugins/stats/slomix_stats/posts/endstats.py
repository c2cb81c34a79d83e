"""The awards of a round as the game server gave them, posted once they and the round are there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from slomix.contrib import Handler, Parser, Post
from slomix.events import RoundImported

if TYPE_CHECKING:
    import discord

    from slomix.context import Delivery, PluginContext
    from slomix.storage.database import Connection

ENDSTATS_POST = "stats.endstats"

Store = Callable[["Connection", Any, Any], Awaitable[Sequence[str] | None]]

# The one that counts of a round, by its artifact or by its round.
_OF_ARTIFACT = """
select i.round_id, r.ended_at from stats.input i join slomix.round r on r.id = i.round_id
where i.artifact = $1 and i.counts
"""
_OF_ROUND = "select artifact from stats.input where round_id = $1 and kind = 'endstats' and counts"
_AWARDS = """
select a.award, a.category, a.player, a.text from stats.award a join stats.input i on i.artifact = a.artifact
where i.round_id = $1 and i.kind = 'endstats' and i.counts order by a.place
"""
_DUELS = """
select v.subject, v.opponent, v.kills, v.deaths from stats.versus v join stats.input i on i.artifact = v.artifact
where i.round_id = $1 and i.kind = 'endstats' and i.counts and v.subject is not null and v.kills > v.deaths
order by v.kills - v.deaths desc, v.place limit 3
"""
_ROUND = "select map, number from slomix.round where id = $1"


def posts(ctx: PluginContext) -> Iterable[Post]:
    """One message per round; its subject is the round's id."""

    async def render(round_id: str) -> discord.Embed | None:
        from slomix_stats.discord.summaries import endstats_embed

        awards = await ctx.db.fetch(_AWARDS, round_id)
        row = await ctx.db.fetchrow(_ROUND, round_id)
        if row is None or not awards:
            return None
        return endstats_embed(row["map"], row["number"], awards, await ctx.db.fetch(_DUELS, round_id))

    yield Post(name=ENDSTATS_POST, render=render)


def telling(ctx: PluginContext, parsers: Iterable[Parser]) -> Iterator[Parser]:
    """The same parsers; the one of endstats asks for the message of their round, too."""
    for parser in parsers:
        yield replace(parser, store=_told(ctx, parser.store)) if parser.name == "endstats" else parser


def _told(ctx: PluginContext, store: Store) -> Store:
    longest = timedelta(minutes=ctx.core.discord.post_max_age)

    async def store_and_tell(tx: Connection, record: Any, arrival: Any) -> Sequence[str] | None:
        changed = await store(tx, record, arrival)
        row = await tx.fetchrow(_OF_ARTIFACT, arrival.artifact) if _wanted(ctx) else None
        if row is not None and ctx.clock.now() - row["ended_at"] <= longest:
            await ctx.posts.request(tx, ENDSTATS_POST, row["round_id"])
        return changed

    return store_and_tell


def handlers(ctx: PluginContext) -> Iterable[Handler]:
    """Endstats that waited for their round."""
    longest = timedelta(minutes=ctx.core.discord.post_max_age)

    async def post_endstats(event: RoundImported, delivery: Delivery) -> None:
        assert delivery.tx is not None
        if await delivery.tx.fetchval(_OF_ROUND, event.round_id):
            await ctx.posts.request(delivery.tx, ENDSTATS_POST, event.round_id)

    def is_fresh(event: RoundImported, now: datetime) -> bool:
        return _wanted(ctx) and now - event.ended_at <= longest

    yield Handler(event=RoundImported, run=post_endstats, when=is_fresh)


def _wanted(ctx: PluginContext) -> bool:
    return bool(ctx.settings.endstats_post) and ctx.core.discord.channel is not None
