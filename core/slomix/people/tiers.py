"""Who may do what: the owner (a setting), admins and moderators (a table), and rights that plugins declare."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from slomix.people.audit import Who, note
from slomix.people.search import PeopleError

if TYPE_CHECKING:
    from slomix.context import Reads
    from slomix.storage.database import Connection

Tier = Literal["owner", "admin", "moderator", "everyone"]
Granted = Literal["admin", "moderator"]
#: From the least to the most.
ORDER: tuple[Tier, ...] = ("everyone", "moderator", "admin", "owner")

TIER = "select tier from slomix.tier where discord_id = $1"
LIST = """
select t.discord_id, t.name, t.tier, t.granted_at,
       array(select capability from slomix.capability_grant g where g.discord_id = t.discord_id order by 1) as rights
from slomix.tier t
union all
select g.discord_id, max(g.name), 'everyone', min(g.granted_at), array_agg(g.capability order by g.capability)
from slomix.capability_grant g
where g.discord_id not in (select discord_id from slomix.tier)
group by g.discord_id
order by 3, 2
"""
GIVE = """
insert into slomix.tier (discord_id, tier, name) values ($1, $2, $3)
on conflict (discord_id) do update set tier = excluded.tier, name = excluded.name, granted_at = now()
where slomix.tier.tier <> excluded.tier
returning true
"""
TAKE = "delete from slomix.tier where discord_id = $1 returning tier"
GRANT = """
insert into slomix.capability_grant (discord_id, capability, name) values ($1, $2, $3) on conflict do nothing
returning true
"""
REVOKE = "delete from slomix.capability_grant where discord_id = $1 and capability = $2 returning true"
HAS = "select exists (select from slomix.capability_grant where discord_id = $1 and capability = $2)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A Discord account with a tier or rights of its own."""

    discord_id: int
    name: str
    tier: Tier
    granted_at: datetime
    rights: tuple[str, ...]


def reaches(tier: Tier, needed: Tier) -> bool:
    """Whether a tier is at least the one that is needed."""
    return ORDER.index(tier) >= ORDER.index(needed)


async def tier_of(db: Reads, discord_id: int, owner: int | None) -> Tier:
    """The tier of a Discord account; `owner` is the setting slomix.discord.owner."""
    if discord_id == owner:
        return "owner"
    found: Tier | None = await db.fetchval(TIER, discord_id)
    return found or "everyone"


async def may(db: Reads, discord_id: int, owner: int | None, capability: str, default: str = "admin") -> bool:
    """Whether a Discord account has a right: by grant, or since it reaches the right's `default` tier."""
    if default == "everyone" or reaches(await tier_of(db, discord_id, owner), "admin"):
        return True
    return bool(await db.fetchval(HAS, discord_id, capability))


async def holders(db: Reads) -> list[Holder]:
    """Everybody with a tier or rights of their own."""
    return [Holder(**{**dict(row), "rights": tuple(row["rights"])}) for row in await db.fetch(LIST)]


async def give(tx: Connection, who: Who, discord_id: int, tier: Granted, name: str) -> None:
    """Make a Discord account an admin or moderator. Raises `PeopleError` where it is one already."""
    if not await tx.fetchval(GIVE, discord_id, tier, name):
        raise PeopleError(f"{name} is {tier} already.")
    await note(tx, who, "tier.give", f"discord:{discord_id}", {"tier": tier, "name": name})


async def take(tx: Connection, who: Who, discord_id: int) -> None:
    """Take the tier of a Discord account. Raises `PeopleError` where it has none."""
    tier = await tx.fetchval(TAKE, discord_id)
    if tier is None:
        raise PeopleError("This Discord account is neither admin nor moderator.")
    await note(tx, who, "tier.take", f"discord:{discord_id}", {"tier": tier})


async def grant(tx: Connection, who: Who, discord_id: int, capability: str, name: str) -> None:
    """Grant a right to a Discord account. Raises `PeopleError` where it has it already."""
    if not await tx.fetchval(GRANT, discord_id, capability, name):
        raise PeopleError(f"{name} has the right {capability} already.")
    await note(tx, who, "right.grant", f"discord:{discord_id}", {"right": capability, "name": name})


async def revoke(tx: Connection, who: Who, discord_id: int, capability: str) -> None:
    """Take a granted right back. Raises `PeopleError` where it was not granted."""
    if not await tx.fetchval(REVOKE, discord_id, capability):
        raise PeopleError(f"This Discord account was not granted {capability}.")
    await note(tx, who, "right.revoke", f"discord:{discord_id}", {"right": capability})
