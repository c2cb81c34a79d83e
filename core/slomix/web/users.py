"""Who may do what, for the pages of admins. The rules are those of Discord's commands, and are asked here.

Every function takes the request and raises `LoginNeeded` or `Forbidden` for whom it is not. What can not be done is a
`Conflict` with the reason. Every change is a line of the audit log, with `reason`.
"""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request

from slomix.people import logins
from slomix.people.audit import Entry, note
from slomix.people.tiers import Granted
from slomix.people.users import User
from slomix.web.account import refusals
from slomix.web.auth import auth_of, require_tier
from slomix.web.problems import BadRequest

__all__ = [
    "Entry",
    "Right",
    "User",
    "end_sessions",
    "give_tier",
    "grant",
    "log",
    "revoke",
    "rights",
    "take_tier",
    "undo",
    "users",
]

MOST_LINES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """A right that a plugin declares. `roles` are those of the guild that give it, by the settings."""

    name: str
    summary: str
    plugin: str
    everybody: bool
    roles: tuple[int, ...]


async def users(request: Request, *, text: str = "", limit: int = 50, offset: int = 0) -> list[User]:
    """Admins: everybody with an account here, those who may most first; `text` is part of a name, or an id."""
    await require_tier(request, "admin")
    return await auth_of(request).people.users(text=text, limit=min(limit, MOST_LINES), offset=offset)


async def rights(request: Request) -> list[Right]:
    """Admins: what can be granted, by plugin."""
    await require_tier(request, "admin")
    auth = auth_of(request)
    mapped = auth.settings.web.login.roles
    return [
        Right(
            name=each.record.name,
            summary=each.record.summary,
            plugin=each.plugin,
            everybody=each.record.default == "everyone",
            roles=tuple(role for role, given in mapped.items() if each.record.name in given),
        )
        for each in auth.declared()
    ]


async def grant(request: Request, discord_id: int, capability: str, reason: str = "") -> None:
    """Admins: give somebody a right. Raises `BadRequest` for one that no plugin declares."""
    me = await require_tier(request, "admin")
    auth = auth_of(request)
    if capability not in {each.record.name for each in auth.declared()}:
        raise BadRequest(f"No plugin declares the right {capability[:100]!r}.")
    with refusals():
        await auth.people.grant(me.who(reason), discord_id, capability, await auth.people.name_of(discord_id))


async def revoke(request: Request, discord_id: int, capability: str, reason: str = "") -> None:
    """Admins: take a granted right back; it is gone with the next request."""
    me = await require_tier(request, "admin")
    with refusals():
        await auth_of(request).people.revoke(me.who(reason), discord_id, capability)


async def give_tier(request: Request, discord_id: int, tier: Granted, reason: str = "") -> None:
    """The owner: make somebody admin or moderator."""
    me = await require_tier(request, "owner")
    people = auth_of(request).people
    with refusals():
        await people.give_tier(me.who(reason), discord_id, tier, await people.name_of(discord_id))


async def take_tier(request: Request, discord_id: int, reason: str = "") -> None:
    """The owner: take somebody's tier; it is gone with the next request."""
    me = await require_tier(request, "owner")
    with refusals():
        await auth_of(request).people.take_tier(me.who(reason), discord_id)


async def end_sessions(request: Request, discord_id: int, reason: str = "") -> int:
    """Admins: log somebody out of all browsers; answers how many there were."""
    me = await require_tier(request, "admin")
    async with auth_of(request).db.transaction() as tx:
        ended = await logins.end_all(tx, discord_id)
        if ended:
            await note(tx, me.who(reason), "login.end", f"discord:{discord_id}", {"sessions": ended})
    return ended


async def log(
    request: Request, *, subject: str | None = None, action: str | None = None, limit: int = 50
) -> list[Entry]:
    """The owner: the audit log, the newest first; of a subject (`player:…`), or of actions that begin with a word."""
    await require_tier(request, "owner")
    return await auth_of(request).people.log(subject=subject, action=action, limit=min(limit, MOST_LINES))


async def undo(request: Request, number: int, reason: str = "") -> None:
    """Admins: take an entry of the log back (a link, a name, a merge, a split)."""
    me = await require_tier(request, "admin")
    with refusals():
        await auth_of(request).people.undo(me.who(reason), number)
