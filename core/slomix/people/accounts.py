"""Discord accounts and the players they are; what a player is called."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from slomix.events import Event, PlayerLinked, PlayerRenamed, PlayerUnlinked
from slomix.names import clean_name
from slomix.people.audit import Who, note
from slomix.people.search import PeopleError

if TYPE_CHECKING:
    from slomix.context import Reads
    from slomix.storage.database import Connection

#: What the game allows, and what fits on every page.
LONGEST_NAME = 36

PLAYER = "select id, display, custom_name, chosen_name, is_bot from slomix.player where id = $1 for update"
ACCOUNT_OF = "select discord_id from slomix.account where player_id = $1"
PLAYER_OF = "select player_id from slomix.account where discord_id = $1"
LINK = "insert into slomix.account (discord_id, player_id, name) values ($1, $2, $3)"
# When somebody last said that a player, or a GUID more, is theirs.
CLAIMED = """
select greatest(
    (select linked_at from slomix.account where discord_id = $1),
    (select max(at) from slomix.audit where actor = $2 and action in ('person.link', 'person.merge'))
)
"""
UNLINK = "delete from slomix.account where discord_id = $1 returning player_id, name"
LINKED_NAME = "update slomix.player set linked_name = $2 where id = $1"
NAMES = "update slomix.player set custom_name = $2, chosen_name = $3 where id = $1"
ALIASES = """
select name, max(raw) as raw, min(first_seen) as first_seen, max(last_seen) as last_seen
from slomix.player_name where player_id = $1
group by name order by max(last_seen) desc, name
"""
ALIAS = """
select raw from slomix.player_name where player_id = $1 and (raw = $2 or lower(name) = lower($2))
order by last_seen desc, raw desc limit 1
"""
TAKEN = "select id from slomix.player where lower(display) = lower($1) and id <> $2 and not is_bot limit 1"


async def player_of(db: Reads, discord_id: int) -> str | None:
    """The player that a Discord account is."""
    found: str | None = await db.fetchval(PLAYER_OF, discord_id)
    return found


async def claimed_at(db: Reads, discord_id: int) -> datetime | None:
    """When a Discord account last claimed a player or a further one; None where it never did."""
    found: datetime | None = await db.fetchval(CLAIMED, discord_id, Who.on_discord(discord_id).actor)
    return found


async def link(
    tx: Connection, who: Who, discord_id: int, player_id: str, name: str, *, undoes: int | None = None
) -> list[Event]:
    """Say that a Discord account (`name` is what it is called there) is a player.

    Raises `PeopleError` where one of the two is linked already.
    """
    player = await _player(tx, player_id)
    if player["is_bot"]:
        raise PeopleError(f"{player['display']} is a bot and nobody's.")
    holder = await tx.fetchval(ACCOUNT_OF, player_id)
    if holder is not None:
        raise PeopleError(
            "This is your player already."
            if holder == discord_id
            else f"{player['display']} belongs to another Discord account; an admin can unlink it."
        )
    if await tx.fetchval(PLAYER_OF, discord_id) is not None:
        raise PeopleError("This Discord account has a player already; unlink it first, or merge the two players.")
    await tx.execute(LINK, discord_id, player_id, name)
    await tx.execute(LINKED_NAME, player_id, clean_name(name)[:LONGEST_NAME] or None)
    await note(tx, who, "person.link", f"player:{player_id}", {"discord": str(discord_id), "name": name}, undoes=undoes)
    return [PlayerLinked(player_id=player_id)]


async def unlink(tx: Connection, who: Who, discord_id: int, *, undoes: int | None = None) -> list[Event]:
    """Take the link of a Discord account back. Raises `PeopleError` where there is none."""
    row = await tx.fetchrow(UNLINK, discord_id)
    if row is None:
        raise PeopleError("This Discord account has no player.")
    await tx.execute(LINKED_NAME, row["player_id"], None)
    detail = {"discord": str(discord_id), "name": row["name"]}
    await note(tx, who, "person.unlink", f"player:{row['player_id']}", detail, undoes=undoes)
    return [PlayerUnlinked(player_id=row["player_id"])]


async def rename(
    tx: Connection,
    who: Who,
    player_id: str,
    *,
    custom: str | None = None,
    alias: str | None = None,
    undoes: int | None = None,
) -> list[Event]:
    """Choose what a player is called: a name of their own, one of the player's aliases, or neither (reset).

    Raises `PeopleError` for a name that is empty, too long, not one of the aliases, or another player's.
    """
    player = await _player(tx, player_id)
    chosen = None
    if custom is not None:
        custom = _allowed(custom)
        if await tx.fetchval(TAKEN, clean_name(custom), player_id):
            raise PeopleError(f"Somebody else is called {clean_name(custom)!r} already.")
    elif alias is not None:
        chosen = await tx.fetchval(ALIAS, player_id, alias)
        if chosen is None:
            raise PeopleError(f"{alias!r} is no alias of {player['display']}.")
    await tx.execute(NAMES, player_id, custom, chosen)
    before = {"custom": player["custom_name"], "alias": player["chosen_name"]}
    detail = {"custom": custom, "alias": chosen, "before": before}
    await note(tx, who, "person.rename", f"player:{player_id}", detail, undoes=undoes)
    return [PlayerRenamed(player_id=player_id)]


async def aliases(db: Reads, player_id: str) -> list[Any]:
    """Every name that a player had (name, raw, first_seen, last_seen), the most recent first."""
    return await db.fetch(ALIASES, player_id)


def _allowed(name: str) -> str:
    name = " ".join(name.split())
    shown = clean_name(name)
    if not shown or len(name) > LONGEST_NAME or not all(character.isprintable() for character in name):
        raise PeopleError(f"A name has 1 to {LONGEST_NAME} characters that can be seen.")
    return name


async def _player(tx: Connection, player_id: str) -> Any:
    row = await tx.fetchrow(PLAYER, player_id)
    if row is None:
        raise PeopleError(f"There is no player {player_id}.")
    return row
