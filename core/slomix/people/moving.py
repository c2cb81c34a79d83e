"""GUIDs from one player to another: what merges, splits and their undo have in common."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any

import asyncpg

from slomix.identity.place import LOCK_ROUNDS_OUT
from slomix.people.search import PeopleError
from slomix.storage.link import lend

if TYPE_CHECKING:
    from slomix.contrib import People
    from slomix.host.host import Contributed
    from slomix.storage.database import Connection

#: `await settle(tx, session_ids)` lets parsers derive anew what hangs on these evenings.
Settle = Callable[["Connection", Sequence[str]], Awaitable[None]]

MAKE = """
insert into slomix.player (id, first_seen, last_seen, name_raw, name, is_bot)
select $2, first_seen, last_seen, name_raw, name, is_bot from slomix.player where id = $1
"""
SESSIONS = """
select distinct r.session_id from slomix.round_player p join slomix.round r on r.id = p.round_id where p.key = any($1)
"""
MOVE = (
    "update slomix.player_guid set player_id = $2 where key = any($1)",
    "update slomix.round_player set player_id = $2 where key = any($1)",
)
COUNT_PEOPLE = """
update slomix.session s
set players = (
    select count(distinct p.player_id) from slomix.round r join slomix.round_player p on p.round_id = r.id
    where r.session_id = s.id
)
where s.id = any($1)
"""
# Names of the keys that went, as the rounds say it; what no round says stays with the player it was noted for.
NAMES_COME = """
insert into slomix.player_name as n (player_id, raw, name, first_seen, last_seen)
select $2, p.name_raw, o.name, min(r.ended_at), max(r.ended_at)
from slomix.round_player p
join slomix.round r on r.id = p.round_id
join slomix.player_name o on o.player_id = $1 and o.raw = p.name_raw
where p.key = any($3)
group by p.name_raw, o.name
on conflict (player_id, raw) do update set
    first_seen = least(n.first_seen, excluded.first_seen), last_seen = greatest(n.last_seen, excluded.last_seen)
"""
NAMES_GO = """
with played as (
    select p.name_raw, min(r.ended_at) as first_seen, max(r.ended_at) as last_seen
    from slomix.round_player p join slomix.round r on r.id = p.round_id
    where p.player_id = $1
    group by p.name_raw
), stay as (
    update slomix.player_name n set first_seen = s.first_seen, last_seen = s.last_seen
    from played s where n.player_id = $1 and n.raw = s.name_raw
)
delete from slomix.player_name n
where n.player_id = $1
    and n.raw in (select raw from slomix.player_name where player_id = $2)
    and n.raw not in (select name_raw from played)
"""
ALL_NAMES = """
insert into slomix.player_name as n (player_id, raw, name, first_seen, last_seen)
select $2, raw, name, first_seen, last_seen from slomix.player_name where player_id = $1
on conflict (player_id, raw) do update set
    first_seen = least(n.first_seen, excluded.first_seen), last_seen = greatest(n.last_seen, excluded.last_seen)
"""
DROP_NAMES = "delete from slomix.player_name where player_id = $1"
# The name is the one seen last; of two seen at the same moment the one that sorts last (as imports decide it).
DESCRIBE = """
update slomix.player p
set first_seen = t.first_seen, last_seen = t.last_seen, name_raw = t.raw, name = t.name
from (
    select distinct on (player_id)
        player_id, raw, name, min(first_seen) over who as first_seen, max(last_seen) over who as last_seen
    from slomix.player_name where player_id = any($1)
    window who as (partition by player_id)
    order by player_id, last_seen desc, raw desc
) t
where p.id = t.player_id
"""
CHECK_NOW = "set constraints all immediate"


async def lock_imports(tx: Connection) -> None:
    """Nobody imports a round until this transaction ends: who is who must not change under an import."""
    await tx.execute(LOCK_ROUNDS_OUT)


async def make_player(tx: Connection, like: str, player_id: str) -> None:
    """A player with this id, seen when and named as another one for the moment."""
    await tx.execute(MAKE, like, player_id)


async def move_keys(
    tx: Connection, plugins: Sequence[Contributed[People]], keys: Sequence[str], source: str, target: str
) -> list[str]:
    """Give keys of one player to another, in core and in every plugin; answers the evenings that they played.

    The transaction must hold `lock_imports`. Raises `PeopleError` that names the plugin whose rows stay behind.
    """
    sessions = [row["session_id"] for row in await tx.fetch(SESSIONS, list(keys))]
    for statement in MOVE:
        await tx.execute(statement, list(keys), target)
    for plugin in plugins:
        await asked(tx, plugin, "move", plugin.record.move(tx, tuple(keys), source, target))
    await tx.execute(COUNT_PEOPLE, sessions)
    return sessions


async def asked(tx: Connection, plugin: Contributed[People], what: str, work: Awaitable[Any]) -> Any:
    """What a plugin answers, with the transaction lent to it.

    Raises `PeopleError` with the plugin's name where it fails: half done is worse than not done.
    """
    try:
        async with lend(tx, plugin.plugin):
            return await work
    except asyncpg.PostgresConnectionError:
        raise
    except Exception as error:
        raise PeopleError(
            f"Nothing was changed: the plugin {plugin.plugin} failed to {what} its rows ({type(error).__name__}: "
            f"{error}). Mend it, or `slomix plugins disable {plugin.plugin}`."
        ) from error


async def look_behind(tx: Connection, statement: str = CHECK_NOW, *values: str) -> None:
    """Raise `PeopleError` where a plugin's row still leads to a player that is gone (or goes with the statement)."""
    try:
        await tx.execute(statement, *values)
    except asyncpg.ForeignKeyViolationError as error:
        raise PeopleError(
            f"Nothing was changed: {error.schema_name}.{error.table_name} still mentions the player; the plugin "
            f"{error.schema_name} has to give up such rows in register_people."
        ) from error
