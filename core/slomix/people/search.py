"""Finding people: by player id, GUID, Discord account or name."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from slomix.errors import SlomixError
from slomix.names import clean_name
from slomix.nouns import Person

if TYPE_CHECKING:
    from slomix.context import Reads

_DISCORD = re.compile(r"(?:discord:(\d{1,19})|(?:<@!?)?(\d{15,19})>?)", re.ASCII)
#: What a column of ids holds.
_LARGEST_ID = (1 << 63) - 1
_GUID = re.compile(r"[0-9A-Za-z]{8}(?:[0-9A-Fa-f]{24})?")

#: How much of a name has to be right, as difflib measures it.
NEARLY = 0.6

Listed = Literal["all", "linked", "unlinked", "active"]

#: One player as people see it. Bots are nobody.
_LINE = """
select
    p.id as player_id, p.display as name, p.last_seen,
    array(select g.guid from slomix.player_guid g where g.player_id = p.id order by g.key) as guids,
    array(
        select n.name from slomix.player_name n where n.player_id = p.id
        group by n.name order by max(n.last_seen) desc, n.name limit 10
    ) as aliases,
    a.discord_id
from slomix.player p
left join slomix.account a on a.player_id = p.id
"""
_BY_ID = "where p.id = any($1) order by p.display"
_BY_GUID = """
where p.id in (select player_id from slomix.player_guid where guid = $1 or key = $1) order by p.last_seen desc
"""
_BY_NAME = """
join lateral (
    select min(
        case when t.name = $1 then 0 when starts_with(t.name, $1) then 1 else 2 end
    ) as rank
    from (
        select lower(p.display) as name
        union all
        select lower(n.name) from slomix.player_name n where n.player_id = p.id
    ) t
    where strpos(t.name, $1) > 0
) found on found.rank is not null
where not p.is_bot
order by found.rank, p.last_seen desc
limit $2
"""
_LIST = """
where not p.is_bot
    and case $1
        when 'linked' then a.discord_id is not null
        when 'unlinked' then a.discord_id is null
        when 'active' then p.last_seen > $2::timestamptz - interval '30 days'
        else true
    end
order by p.last_seen desc, p.id
limit $3 offset $4
"""
BY_ID, BY_GUID, BY_NAME, LIST = _LINE + _BY_ID, _LINE + _BY_GUID, _LINE + _BY_NAME, _LINE + _LIST
# Of a name that several had, the one who had it last.
NAMES = """
select distinct on (lower(n.name)) lower(n.name) as name, n.player_id
from slomix.player_name n join slomix.player p on p.id = n.player_id
where not p.is_bot
order by lower(n.name), n.last_seen desc, n.player_id
"""
ALIAS = "select player_id from slomix.player_alias where id = $1"
OF_ACCOUNT = "select player_id from slomix.account where discord_id = $1"
PERSON = """
select
    array(select key from slomix.player_guid where player_id = $1 order by key) as keys,
    array(select distinct guid from slomix.player_guid where player_id = $1 order by guid) as guids,
    array(
        select raw from slomix.player_name where player_id = $1
        union
        select name from slomix.player_name where player_id = $1
        union
        select name_raw from slomix.round_player where player_id = $1
        union
        select unnest(array[display, display_raw, name, name_raw, custom_name, chosen_name, linked_name])
        from slomix.player where id = $1
    ) as names,
    array(select id from slomix.player_alias where player_id = $1 order by id) as old_ids,
    (select discord_id from slomix.account where player_id = $1) as discord_id
"""


class PeopleError(SlomixError):
    """What was asked of somebody's identity can not be done; the sentence says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPlayer:
    """A player as people search for one. `aliases` are the ten most recent names."""

    player_id: str
    name: str
    last_seen: datetime
    guids: tuple[str, ...]
    aliases: tuple[str, ...]
    discord_id: int | None


def account_of(text: str) -> int | None:
    """The Discord account that a text names (`discord:…`, a mention, the bare number); None where it is none."""
    named = _DISCORD.fullmatch(text.strip())
    number = int(named[1] or named[2]) if named else _LARGEST_ID + 1
    return number if number <= _LARGEST_ID else None


async def find(db: Reads, text: str, *, limit: int = 5) -> list[FoundPlayer]:
    """Players by player id, GUID (8 or 32 characters), Discord account or part of a name, the best match first."""
    text = text.strip()
    if not text:
        return []
    if (account := account_of(text)) is not None:
        player_id = await db.fetchval(OF_ACCOUNT, account)
        return await by_ids(db, [player_id] if player_id else [])
    if _GUID.fullmatch(text) and (found := _lines(await db.fetch(BY_GUID, text[:8].upper()))):
        return found
    if exact := await by_ids(db, [await current_id(db, text)]):
        return exact
    wanted = clean_name(text).lower()
    return _lines(await db.fetch(BY_NAME, wanted, limit)) or await _like(db, wanted, limit)


async def _like(db: Reads, wanted: str, limit: int) -> list[FoundPlayer]:
    """Players with a name that is nearly the one that was typed, the nearest first."""
    names: dict[str, str] = {row["name"]: row["player_id"] for row in await db.fetch(NAMES)}
    near = difflib.get_close_matches(wanted, names, n=limit, cutoff=NEARLY)
    order = list(dict.fromkeys(names[name] for name in near))
    found = {each.player_id: each for each in await by_ids(db, order)}
    return [found[player_id] for player_id in order]


async def the_one(db: Reads, text: str) -> FoundPlayer:
    """The one player that a text means. Raises `PeopleError` that lists the candidates where it is not clear."""
    found = await find(db, text, limit=6)
    if not found:
        raise PeopleError(f"Nobody is called {text!r}; give a GUID, a player id or part of a name.")
    meant = [each for each in found if text.strip().lower() == each.name.lower()] or found
    if len(meant) > 1:
        listed = "; ".join(f"{each.name} ({', '.join(each.guids) or each.player_id})" for each in meant[:5])
        raise PeopleError(f"{text!r} may be one of several players, name one by its GUID: {listed}.")
    return meant[0]


async def by_ids(db: Reads, player_ids: Sequence[str]) -> list[FoundPlayer]:
    """Players by their ids; those that are not there are left out."""
    return _lines(await db.fetch(BY_ID, list(player_ids))) if player_ids else []


async def list_players(
    db: Reads, which: Listed, now: datetime, *, limit: int = 20, offset: int = 0
) -> list[FoundPlayer]:
    """All players, those seen last first; `active` were seen within 30 days."""
    return _lines(await db.fetch(LIST, which, now, limit, offset))


async def current_id(db: Reads, player_id: str) -> str:
    """The id of today for an id that may have been merged into another."""
    return await db.fetchval(ALIAS, player_id) or player_id


async def person(db: Reads, player_id: str) -> Person:
    """Everything by which rows may mention a player."""
    row: Any = await db.fetchrow(PERSON, player_id)
    return Person(
        player_id=player_id,
        keys=tuple(row["keys"]),
        guids=tuple(row["guids"]),
        names=tuple(sorted(name for name in row["names"] if name)),
        old_ids=tuple(row["old_ids"]),
        discord_id=row["discord_id"],
    )


def _lines(rows: Sequence[Any]) -> list[FoundPlayer]:
    return [
        FoundPlayer(**{**dict(row), "guids": tuple(row["guids"]), "aliases": tuple(row["aliases"])}) for row in rows
    ]
