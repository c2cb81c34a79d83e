"""The loop that turns the ledger's rows into messages: each exactly once, edited when what it tells changes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any

import aiohttp
import asyncpg
import discord
import structlog

from slomix.bot.embeds import fit, is_marked, mark
from slomix.bot.posts import NOTIFY_CHANNEL, DuePost, PostLedger
from slomix.bot.wakeup import Wakeup
from slomix.contrib import PostContent
from slomix.errors import DatabaseUnavailable

if TYPE_CHECKING:
    from slomix.contrib import Post
    from slomix.storage.database import Database

log = structlog.get_logger("slomix.bot")

#: A post leaves when it is asked for or when its delay is over; this is for a notice that got lost.
PATROL_SECONDS = 60.0
SHORTEST_PAUSE_SECONDS = 0.05
TROUBLE_SECONDS = 2.0
UNKNOWN_MESSAGE = 10008
NO_DIRECT_MESSAGES = 50007
#: How far the clocks of Discord and of the database may differ when looking for a message that may have been sent.
CLOCK_SLACK = timedelta(minutes=5)
LOOK_BACK = 200
NETWORK = (OSError, aiohttp.ClientError, TimeoutError)


class Poster:
    """Sends and edits posts, in `channel_id` where they name no place of their own.

    Only one runs at a time (the bot's advisory lock).
    """

    def __init__(
        self, db: Database, ledger: PostLedger, client: discord.Client, posts: Mapping[str, Post], channel_id: int
    ) -> None:
        self._ledger = ledger
        self._client = client
        self._posts = posts
        self._channel_id = channel_id
        self._wakeup = Wakeup(db, NOTIFY_CHANNEL)

    async def run(self) -> None:
        """Post until cancelled. Trouble with the database or Discord delays, it does not end the loop."""
        listening = asyncio.create_task(self._wakeup.run(), name="listen for posts")
        try:
            released = False
            while True:
                try:
                    if not released:
                        await self._ledger.release()
                        released = True
                    while await self.post_next():
                        pass
                    await self._wakeup.wait(await self._pause())
                except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, DatabaseUnavailable) as error:
                    # what was under way is claimed still: nobody but us would take it before its time is over
                    released = False
                    log.warning("posts wait for the database", error=str(error))
                    await asyncio.sleep(TROUBLE_SECONDS)
                except Exception:
                    log.exception("the poster stumbled", retry_in_s=TROUBLE_SECONDS)
                    await asyncio.sleep(TROUBLE_SECONDS)
        finally:
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening

    async def _pause(self) -> float:
        """Seconds until something is due; never none at all, so that a row that is locked makes no busy loop."""
        due = await self._ledger.next_due(self._posts)
        return PATROL_SECONDS if due is None else min(max(due, SHORTEST_PAUSE_SECONDS), PATROL_SECONDS)

    async def post_next(self) -> bool:
        """Bring one due post up to date; False when there was none."""
        due = await self._ledger.claim(self._posts)
        if due is None:
            return False
        try:
            told = await self._posts[due.post].render(due.subject)
        except Exception as error:
            log.exception("a post could not be rendered", post=due.post, subject=due.subject)
            await self._ledger.retry(due, f"render: {type(error).__name__}: {error}")
            return True
        try:
            if told is not None:
                await self._show(due, told if isinstance(told, PostContent) else PostContent(embed=told))
            await self._ledger.done(due, told=told is not None)
        except discord.HTTPException as error:
            await self._refused(due, error)
        except NETWORK as error:
            await self._later(due, f"{type(error).__name__}: {error}")
        return True

    async def _show(self, due: DuePost, told: PostContent) -> None:
        embed = mark(fit(told.embed), due.nonce)
        if due.message_id is not None and due.channel_id is not None:
            message = self._channel(due.channel_id).get_partial_message(due.message_id)
            await message.edit(embed=embed, attachments=_files(told), view=told.view)
            log.info("post edited", post=due.post, subject=due.subject)
            return
        channel = await self._target(told)
        found = await self._sent_before(due, channel) if due.attempts > 1 else None
        if found is not None:
            await self._ledger.keep_message(due, channel.id, found.id)
            await found.edit(embed=embed, attachments=_files(told), view=told.view)
            log.info("post found in the channel", post=due.post, subject=due.subject)
            return
        more: dict[str, Any] = {"view": told.view} if told.view is not None else {}
        sent = await channel.send(embed=embed, files=_files(told), nonce=due.nonce, **more)
        await self._ledger.keep_message(due, channel.id, sent.id)
        log.info("posted", post=due.post, subject=due.subject)

    async def _sent_before(self, due: DuePost, channel: discord.PartialMessageable) -> discord.Message | None:
        """The message of an attempt that ended before it could be written down."""
        async for message in channel.history(limit=LOOK_BACK, after=due.requested_at - CLOCK_SLACK):
            own = self._client.user is not None and message.author.id == self._client.user.id
            if own and is_marked(message, due.nonce):
                return message
        return None

    async def _target(self, told: PostContent) -> discord.PartialMessageable:
        """Where a new message goes."""
        if told.person is not None:
            return self._channel((await self._client.create_dm(discord.Object(told.person))).id)
        return self._channel(told.channel or self._channel_id)

    def _channel(self, channel_id: int) -> discord.PartialMessageable:
        return self._client.get_partial_messageable(channel_id)

    async def _refused(self, due: DuePost, error: discord.HTTPException) -> None:
        """Discord answered with an error."""
        if error.code == UNKNOWN_MESSAGE:
            await self._ledger.failed(due, "the message was deleted in Discord, so it is not posted again")
            log.info("post was deleted in Discord", post=due.post, subject=due.subject)
        elif error.code == NO_DIRECT_MESSAGES:
            await self._ledger.failed(due, "this person takes no direct messages")
            log.info("a person takes no direct messages", post=due.post)
        elif error.status == 400:
            await self._ledger.failed(due, f"Discord refuses it: {error.text}")
            log.error("Discord refuses a post", post=due.post, subject=due.subject, error=error.text)
        else:
            await self._later(due, f"HTTP {error.status}: {error.text}")

    async def _later(self, due: DuePost, error: str) -> None:
        delay = await self._ledger.retry(due, error)
        log.warning("post waits", post=due.post, subject=due.subject, error=error, retry_in_s=delay)


def _files(told: PostContent) -> list[discord.File]:
    """The pictures, fresh: discord.py reads a file once."""
    return [discord.File(BytesIO(picture), filename=name) for name, picture in told.pictures.items()]
