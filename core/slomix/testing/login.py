"""People who are logged in, for tests: with a tier and rights, without Discord."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

from slomix.people import logins, tiers
from slomix.people.audit import Who
from slomix.web.cookies import HINT, SESSION

if TYPE_CHECKING:
    import httpx2

    from slomix.people.tiers import Tier
    from slomix.runtime import Runtime

WHO = Who(actor="cli:test")
LASTS = timedelta(days=1)
CLEAR = (
    "delete from slomix.tier where discord_id = $1",
    "delete from slomix.capability_grant where discord_id = $1",
)


async def log_in(
    runtime: Runtime, discord_id: int, *, name: str, tier: Tier, rights: Iterable[str], roles: Iterable[int] = ()
) -> str:
    """Log a Discord account in, with exactly this tier and these rights granted; answers what its cookie holds."""
    user = logins.DiscordUser(discord_id=discord_id, name=name, roles=tuple(roles))
    async with runtime.db.transaction() as tx:
        for statement in CLEAR:
            await tx.execute(statement, discord_id)
        if tier in ("admin", "moderator"):
            await tiers.give(tx, WHO, discord_id, "admin" if tier == "admin" else "moderator", name)
        for right in rights:
            await tiers.grant(tx, WHO, discord_id, right, name)
        session_id = await logins.begin(tx, user, agent="a test", now=runtime.clock.now(), lasts=LASTS)
    if tier == "owner":
        runtime.people.owner = discord_id
    elif runtime.people.owner == discord_id:
        runtime.people.owner = None
    return session_id


def give_cookies(client: httpx2.AsyncClient, session_id: str) -> None:
    """Let a client send what the browser of a logged-in person sends."""
    secure = client.base_url.scheme == "https"
    client.cookies.set(f"__Host-{SESSION}" if secure else SESSION, session_id, domain=client.base_url.host)
    client.cookies.set(HINT, "1", domain=client.base_url.host)
