"""The digest of a session: one message made of blocks from whichever plugins have something to tell."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import structlog

from slomix.contrib import DigestBlock, DigestText, Handler, Post
from slomix.events import SessionClosed

if TYPE_CHECKING:
    import discord

    from slomix.context import Db, Delivery, Posts
    from slomix.host.host import Contributed
    from slomix.settings import CoreSettings

log = structlog.get_logger("slomix.bot")

DIGEST_POST = "slomix.digest"
#: A block that is late is left out: the others must not wait for it.
BLOCK_SECONDS = 10.0

SESSION = """
select s.started_at, s.ended_at, s.rounds, s.players, v.name as server
from slomix.session s join slomix.server v on v.id = s.server_id
where s.id = $1
"""


def digest_handlers(core: CoreSettings, posts: Posts) -> Iterable[Handler]:
    """Asks for the digest of a session that is over, where the settings want one."""
    longest = timedelta(minutes=core.discord.post_max_age + core.sessions.gap_minutes)

    async def digest(event: SessionClosed, delivery: Delivery) -> None:
        assert delivery.tx is not None
        await posts.request(delivery.tx, DIGEST_POST, event.session_id)

    def wanted(event: SessionClosed, now: datetime) -> bool:
        settings = core.discord
        return (
            settings.digest
            and settings.channel is not None
            and event.rounds >= settings.digest_min_rounds
            and now - event.ended_at <= longest
        )

    yield Handler(event=SessionClosed, run=digest, when=wanted)


def digest_post(db: Db, core: CoreSettings, blocks: Sequence[Contributed[DigestBlock]]) -> Post:
    """The post; its subject is a session's id. None where no plugin has anything to tell."""

    async def render(session_id: str) -> discord.Embed | None:
        import discord

        row = await db.fetchrow(SESSION, session_id)
        told = [text for text in await _told(blocks, session_id) if text is not None] if row else []
        if row is None or not told:
            return None
        ended = row["ended_at"].astimezone(ZoneInfo(core.timezone))
        embed = discord.Embed(
            title=f"{row['server']}: {ended:%A}, {ended.day} {ended:%B}",
            description=f"{row['rounds']} rounds, {row['players']} players",
            url=f"{core.web.public_url.rstrip('/')}/sessions/{session_id}" if core.web.public_url else None,
            timestamp=row["ended_at"],
        )
        for text in told:
            embed.add_field(name=text.title, value=text.text, inline=False)
        return embed

    return Post(name=DIGEST_POST, render=render)


async def _told(blocks: Sequence[Contributed[DigestBlock]], session_id: str) -> list[DigestText | None]:
    ordered = sorted(blocks, key=lambda block: block.record.order)
    return await asyncio.gather(*(_block(block, session_id) for block in ordered))


async def _block(block: Contributed[DigestBlock], session_id: str) -> DigestText | None:
    """What one plugin tells; nothing where it fails or takes too long."""
    try:
        async with asyncio.timeout(BLOCK_SECONDS):
            return await block.record.render(session_id)
    except Exception:
        log.exception("a block of the digest is missing", plugin=block.plugin, block=block.record.name)
        return None
