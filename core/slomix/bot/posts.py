"""The post ledger: one row per message that Slomix keeps in a Discord channel. Nothing here imports discord."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from slomix.context import Db
    from slomix.storage.database import Connection

#: Where the bot listens for new requests.
NOTIFY_CHANNEL = "slomix_post"
#: A claim that was not finished is free again after this; also freed at once when a bot starts.
CLAIM_SECONDS = 120
LONGEST_DELAY_SECONDS = 600

REQUEST = """
insert into slomix.post (post, subject, nonce) values ($1, $2, $3)
on conflict (post, subject) do update set
    wanted = post.wanted + 1,
    retry_at = now(),
    state = case when post.message_id is null then 'wanted' else 'sent' end
"""
REFRESH = """
update slomix.post set
    wanted = wanted + 1,
    retry_at = now(),
    state = case when message_id is null then 'wanted' else 'sent' end
where post = $1 and subject = $2 and state <> 'failed'
returning 1
"""
NOTIFY = "select pg_notify($1, '')"
RELEASE = "update slomix.post set retry_at = now() where done < wanted and retry_at > now()"
CLAIM = """
update slomix.post set attempts = attempts + 1, retry_at = now() + make_interval(secs => $2)
where (post, subject) = (
    select due.post, due.subject from slomix.post as due
    where due.done < due.wanted and due.retry_at <= now() and due.state in ('wanted', 'sent') and due.post = any($1)
    order by due.requested_at, due.post, due.subject
    limit 1
    for update skip locked
)
returning post, subject, wanted, channel_id, message_id, nonce, attempts, requested_at
"""
KEEP_MESSAGE = """
update slomix.post set state = 'sent', channel_id = $3, message_id = $4, sent_at = coalesce(sent_at, now())
where post = $1 and subject = $2
"""
DONE = """
update slomix.post set done = $3, state = $4, attempts = 0, error = null, retry_at = now()
where post = $1 and subject = $2
"""
NEXT_DUE = """
select extract(epoch from min(retry_at) - now())::float8 from slomix.post
where done < wanted and state in ('wanted', 'sent') and post = any($1)
"""
RETRY = """
update slomix.post set error = $3, retry_at = now() + make_interval(secs => $4) where post = $1 and subject = $2
"""
FAILED = "update slomix.post set error = $3, state = 'failed', done = $4 where post = $1 and subject = $2"


def nonce_of(post: str, subject: str) -> str:
    """What Discord knows the message by while it is sent: 20 characters, the same for the same post and subject."""
    return hashlib.blake2b(f"{post}\0{subject}".encode(), digest_size=10).hexdigest()


class PostLedger:
    """Implements `context.Posts`: asks for messages; the bot sends and edits them after the commit."""

    def __init__(self, db: Db) -> None:
        self._db = db

    async def request(self, tx: Connection, post: str, subject: str) -> None:
        """Ask for the post of this subject to be there and up to date. `post` is the name of a `Post` record."""
        await tx.execute(REQUEST, post, subject, nonce_of(post, subject))
        await tx.execute(NOTIFY, NOTIFY_CHANNEL)

    async def refresh(self, tx: Connection, post: str, subject: str) -> None:
        """Ask for an edit if the post was asked for before; nothing otherwise."""
        if await tx.fetchval(REFRESH, post, subject):
            await tx.execute(NOTIFY, NOTIFY_CHANNEL)

    # ---- the bot's side -------------------------------------------------------------------

    async def release(self) -> None:
        """Free what a bot before this one left claimed, and try at once what was delayed."""
        async with self._db.transaction() as tx:
            await tx.execute(RELEASE)

    async def claim(self, posts: Collection[str]) -> DuePost | None:
        """Take the oldest post that is due, of these names; None when there is none."""
        async with self._db.transaction() as tx:
            row = await tx.fetchrow(CLAIM, list(posts), CLAIM_SECONDS)
        return None if row is None else DuePost(**row)

    async def next_due(self, posts: Collection[str]) -> float | None:
        """Seconds until the next post of these names is due (negative: it is already); None when nothing is wanted."""
        seconds: float | None = await self._db.fetchval(NEXT_DUE, list(posts))
        return seconds

    async def keep_message(self, due: DuePost, channel_id: int, message_id: int) -> None:
        """Write down which message it is."""
        async with self._db.transaction() as tx:
            await tx.execute(KEEP_MESSAGE, due.post, due.subject, channel_id, message_id)

    async def done(self, due: DuePost, *, told: bool) -> None:
        """The message shows what was wanted at the claim; `told` False: there was nothing to tell."""
        async with self._db.transaction() as tx:
            await tx.execute(DONE, due.post, due.subject, due.wanted, "sent" if told else "void")

    async def retry(self, due: DuePost, error: str) -> float:
        """Try again after a delay that grows with the attempts; answers the seconds."""
        delay = float(min(2**due.attempts, LONGEST_DELAY_SECONDS))
        async with self._db.transaction() as tx:
            await tx.execute(RETRY, due.post, due.subject, error, delay)
        return delay

    async def failed(self, due: DuePost, error: str) -> None:
        """Discord will never take it: leave it until it is asked for again."""
        async with self._db.transaction() as tx:
            await tx.execute(FAILED, due.post, due.subject, error, due.wanted)


@dataclass(frozen=True, slots=True)
class DuePost:
    """A claimed post. `attempts` counts this one; `message_id` is None until a message is known."""

    post: str
    subject: str
    wanted: int
    channel_id: int | None
    message_id: int | None
    nonce: str
    attempts: int
    requested_at: datetime
