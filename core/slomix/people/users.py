"""Everybody with an account here: who logged in, is linked to a player, or may do something."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from slomix.context import Reads
    from slomix.people.tiers import Tier

USERS = """
with known as (
    select discord_id from slomix.web_user
    union select discord_id from slomix.account
    union select discord_id from slomix.tier
    union select discord_id from slomix.capability_grant
    union select $2::bigint where $2::bigint is not null
), told as (
    select k.discord_id,
        coalesce(
            u.name, t.name, a.name,
            (select max(g.name) from slomix.capability_grant g where g.discord_id = k.discord_id), k.discord_id::text
        ) as name,
        case when k.discord_id = $2 then 'owner' else coalesce(t.tier, 'everyone') end as tier,
        array(
            select g.capability from slomix.capability_grant g where g.discord_id = k.discord_id order by 1
        ) as rights,
        a.player_id, p.display as player, u.first_login_at, u.last_login_at,
        (select count(*) from slomix.web_session s where s.discord_id = k.discord_id and s.expires_at > $3) as sessions
    from known k
    left join slomix.web_user u on u.discord_id = k.discord_id
    left join slomix.account a on a.discord_id = k.discord_id
    left join slomix.tier t on t.discord_id = k.discord_id
    left join slomix.player p on p.id = a.player_id
)
select * from told
where $1 = '' or strpos(lower(name), $1) > 0 or strpos(lower(coalesce(player, '')), $1) > 0
    or discord_id::text = $1
order by array_position(array['owner', 'admin', 'moderator', 'everyone'], tier), cardinality(rights) desc,
    last_login_at desc nulls last, discord_id
limit $4 offset $5
"""
NAME = """
select name from (
    select 1 as place, name from slomix.web_user where discord_id = $1
    union all select 2, name from slomix.tier where discord_id = $1
    union all select 3, name from slomix.account where discord_id = $1
    union all select 4, max(name) from slomix.capability_grant where discord_id = $1
) t where name is not null order by place limit 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A Discord account as admins see it. `rights` are those granted by name; `sessions` counts browsers logged in."""

    discord_id: int
    name: str
    tier: Tier
    rights: tuple[str, ...]
    player_id: str | None
    player: str | None
    first_login_at: datetime | None
    last_login_at: datetime | None
    sessions: int


async def users(
    db: Reads, owner: int | None, now: datetime, *, text: str = "", limit: int = 50, offset: int = 0
) -> list[User]:
    """Accounts, those who may most first; `text` is part of a name or a Discord id."""
    rows = await db.fetch(USERS, text.strip().lower(), owner, now, limit, offset)
    return [User(**{**dict(row), "rights": tuple(row["rights"])}) for row in rows]


async def name_of(db: Reads, discord_id: int) -> str:
    """What an account is called, its id where nothing is known of it."""
    found: str | None = await db.fetchval(NAME, discord_id)
    return found or str(discord_id)
