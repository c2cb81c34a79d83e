"""Who is logged in on the web: a row per browser, known by the hash of a random id; a row that is gone ends it."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from slomix.context import Reads
    from slomix.people.tiers import Tier
    from slomix.storage.database import Connection

#: One person's browsers; the oldest one is logged out when there are more.
MOST_SESSIONS = 20
#: Of the id in the cookie: 256 random bits, as `secrets.token_urlsafe` writes them.
ID = re.compile(r"[A-Za-z0-9_-]{43}")
#: Longest name and browser that are kept.
LONGEST_NAME, LONGEST_AGENT = 80, 120
#: How much of the hash tells the sessions of a person apart, in hexadecimal digits.
KEY_DIGITS = 16
#: A session that is used is noted as seen when the last note is older than this.
SEEN_EVERY = timedelta(minutes=5)

USER = """
insert into slomix.web_user as u (discord_id, name, avatar, first_login_at, last_login_at) values ($1, $2, $3, $4, $4)
on conflict (discord_id) do update set
    name = excluded.name, avatar = excluded.avatar, last_login_at = excluded.last_login_at
"""
BEGIN = """
insert into slomix.web_session (digest, discord_id, agent, roles, created_at, last_seen_at, expires_at)
values ($1, $2, $3, $4, $5, $5, $6)
"""
# Those that are over, whoever's they were, and of this person all but the newest.
TIDY = """
delete from slomix.web_session
where expires_at <= $2
    or digest in (
        select digest from slomix.web_session where discord_id = $1 order by created_at desc, digest offset $3
    )
"""
FIND = """
select s.discord_id, u.name, u.avatar, a.player_id, s.roles, s.last_seen_at, s.created_at,
    coalesce(t.tier, 'everyone') as tier,
    array(select g.capability from slomix.capability_grant g where g.discord_id = s.discord_id) as granted
from slomix.web_session s
join slomix.web_user u on u.discord_id = s.discord_id
left join slomix.account a on a.discord_id = s.discord_id
left join slomix.tier t on t.discord_id = s.discord_id
where s.digest = $1 and s.expires_at > $2
"""
SEEN = "update slomix.web_session set last_seen_at = $2 where digest = $1 and last_seen_at < $2"
END = "delete from slomix.web_session where digest = $1 returning true"
END_ONE = f"""
delete from slomix.web_session where discord_id = $1 and left(encode(digest, 'hex'), {KEY_DIGITS}) = $2 returning true
"""  # noqa: S608 # nosec B608 - a number of ours
END_ALL = "delete from slomix.web_session where discord_id = $1 returning true"
DEVICES = f"""
select left(encode(digest, 'hex'), {KEY_DIGITS}) as key, agent, created_at, last_seen_at, expires_at
from slomix.web_session where discord_id = $1 and expires_at > $2 order by last_seen_at desc, digest
"""  # noqa: S608 # nosec B608 - a number of ours


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscordUser:
    """Who Discord says it is. `roles` are those in the guild, empty where nobody asks for them."""

    discord_id: int
    name: str
    avatar: str | None = None
    roles: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """Who a session is of, as the tables say it now."""

    discord_id: int
    name: str
    avatar: str | None
    player_id: str | None
    tier: Tier
    granted: tuple[str, ...]
    roles: tuple[int, ...]
    created_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A browser in which somebody is logged in. `key` tells it from the person's others; `agent` as it names itself."""

    key: str
    agent: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    current: bool = False


def digest_of(session_id: str) -> bytes | None:
    """The hash under which a session is kept; None for what can be no id."""
    return sha256(session_id.encode()).digest() if ID.fullmatch(session_id) else None


def key_of(digest: bytes) -> str:
    """How a session is called among those of its person."""
    return digest.hex()[:KEY_DIGITS]


async def begin(
    tx: Connection, user: DiscordUser, *, agent: str, now: datetime, lasts: timedelta, instead: bytes | None = None
) -> str:
    """Log somebody in; answers the new id, which is kept nowhere. `instead`: the session of this browser so far."""
    session_id = secrets.token_urlsafe(32)
    digest = digest_of(session_id)
    if instead is not None:
        await tx.fetchval(END, instead)
    name = " ".join(user.name.split())[:LONGEST_NAME] or str(user.discord_id)
    await tx.execute(USER, user.discord_id, name, user.avatar, now)
    await tx.execute(BEGIN, digest, user.discord_id, _printable(agent), list(user.roles), now, now + lasts)
    await tx.execute(TIDY, user.discord_id, now, MOST_SESSIONS)
    return session_id


async def find(db: Reads, digest: bytes, now: datetime) -> Login | None:
    """Whose session this is, None where it is over or never was. One read."""
    row = await db.fetchrow(FIND, digest, now)
    if row is None:
        return None
    return Login(**{**dict(row), "granted": tuple(row["granted"]), "roles": tuple(row["roles"])})


async def seen(tx: Connection, digest: bytes, now: datetime) -> None:
    """Note that a session was used."""
    await tx.execute(SEEN, digest, now)


async def end(tx: Connection, digest: bytes) -> bool:
    """End a session; answers whether there was one."""
    return bool(await tx.fetchval(END, digest))


async def end_one(tx: Connection, discord_id: int, key: str) -> bool:
    """End one of a person's sessions; answers whether there was one."""
    return bool(await tx.fetchval(END_ONE, discord_id, key))


async def end_all(tx: Connection, discord_id: int) -> int:
    """End all sessions of a person; answers how many there were."""
    return len(await tx.fetch(END_ALL, discord_id))


async def devices(db: Reads, discord_id: int, now: datetime, current: bytes | None = None) -> list[Device]:
    """Where a person is logged in, the one that was used last first; `current` is the session that asks."""
    rows: Sequence[Any] = await db.fetch(DEVICES, discord_id, now)
    ours = key_of(current) if current is not None else ""
    return [Device(**dict(row), current=row["key"] == ours) for row in rows]


def _printable(agent: str) -> str:
    kept = "".join(character if character.isprintable() else " " for character in agent)
    return " ".join(kept.split())[:LONGEST_AGENT]
