"""What greatshot tells in Discord by itself: a night's best moments, as a message and in the digest."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from slomix.contrib import DigestBlock, DigestText, Post
from slomix_greatshot.store.reads import Shelves

if TYPE_CHECKING:
    import discord

    from slomix.context import PluginContext

NIGHT_POST = "greatshot.night"
_TOLD = 5
_IN_DIGEST = 3


def posts(ctx: PluginContext, shelves: Shelves) -> Iterable[Post]:
    """The subject is a session; the message is edited when another demo of it comes."""

    async def night(subject: str) -> discord.Embed | None:
        from slomix_greatshot.discord.embeds import night_embed

        found = await shelves.night(subject, limit=_TOLD)
        return night_embed(found, ctx.core.web.public_url, subject) if found else None

    yield Post(name=NIGHT_POST, render=night)


def digest_blocks(ctx: PluginContext, shelves: Shelves) -> Iterable[DigestBlock]:
    """After the numbers of stats."""

    async def best(session_id: str) -> DigestText | None:
        from slomix_greatshot.discord.embeds import moments

        found = await shelves.night(session_id, limit=_IN_DIGEST)
        return DigestText(title="Best moments", text=moments(found, ctx.core.web.public_url)) if found else None

    yield DigestBlock(name="greatshot.best", render=best, order=60)
