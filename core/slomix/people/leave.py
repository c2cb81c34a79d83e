"""Sick leave: somebody plays under another GUID for a while. It stays a player of its own until it is merged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from slomix.people.audit import Who, note
from slomix.people.search import PeopleError

if TYPE_CHECKING:
    from slomix.context import Reads
    from slomix.storage.database import Connection

START = "insert into slomix.sick_leave (player_id, key) values ($1, $2) returning id"
OPEN = "select id, key, started_at from slomix.sick_leave where player_id = $1 and ended_at is null"
END = "update slomix.sick_leave set ended_at = now() where player_id = $1 and ended_at is null returning id, key"
MERGED = """
update slomix.sick_leave set merged_at = now(), ended_at = coalesce(ended_at, now()) where player_id = $1 and key = $2
"""
PERIODS = """
select
    l.key as guid, l.started_at, l.ended_at, l.merged_at,
    (
        select count(*) from slomix.round_player p join slomix.round r on r.id = p.round_id
        where p.key = l.key and r.ended_at >= l.started_at and (l.ended_at is null or r.ended_at <= l.ended_at)
    ) as rounds
from slomix.sick_leave l where l.player_id = $1
order by l.started_at desc
"""
HOLDER = """
select g.player_id, a.discord_id
from slomix.player_guid g left join slomix.account a on a.player_id = g.player_id
where g.key = $1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """One sick leave. `rounds` are those played under the other GUID meanwhile."""

    guid: str
    started_at: datetime
    ended_at: datetime | None
    merged_at: datetime | None
    rounds: int


async def start(tx: Connection, who: Who, player_id: str, guid: str) -> None:
    """Open a period. Raises `PeopleError` where one is open, or the GUID is the player's own or somebody else's."""
    guid = guid.strip().upper()[:8]
    if len(guid) != 8 or not guid.isalnum():
        raise PeopleError(f"{guid!r} is no GUID; it has 8 characters.")
    if await tx.fetchrow(OPEN, player_id) is not None:
        raise PeopleError("A sick leave is open already; end it first.")
    await _refuse_strangers(tx, player_id, guid)
    await tx.execute(START, player_id, guid)
    await note(tx, who, "leave.start", f"player:{player_id}", {"guid": guid})


async def end(tx: Connection, who: Who, player_id: str) -> str:
    """Close the open period; answers its GUID. Raises `PeopleError` where none is open."""
    row = await tx.fetchrow(END, player_id)
    if row is None:
        raise PeopleError("No sick leave is open.")
    await note(tx, who, "leave.end", f"player:{player_id}", {"guid": row["key"]})
    return str(row["key"])


async def to_merge(tx: Connection, player_id: str, guid: str) -> str:
    """The player of a GUID that was one of this player's sick leaves. Raises `PeopleError` where it was not."""
    guid = guid.strip().upper()[:8]
    if guid not in {period.guid for period in await periods(tx, player_id)}:
        raise PeopleError(f"{guid} was no GUID of a sick leave; open one with it first.")
    other = await _refuse_strangers(tx, player_id, guid)
    if other is None:
        raise PeopleError(f"Nobody has played with {guid} yet.")
    return other


async def merged(tx: Connection, player_id: str, guid: str) -> None:
    """Note that the GUID of a sick leave is the player's own now."""
    await tx.execute(MERGED, player_id, guid.strip().upper()[:8])


async def periods(db: Reads, player_id: str) -> list[Period]:
    """All sick leaves of a player, the newest first."""
    return [Period(**dict(row)) for row in await db.fetch(PERIODS, player_id)]


async def _refuse_strangers(tx: Connection, player_id: str, guid: str) -> str | None:
    """The player who has this GUID, None if nobody has."""
    row: Any = await tx.fetchrow(HOLDER, guid)
    if row is None:
        return None
    if row["player_id"] == player_id:
        raise PeopleError(f"{guid} is the player's own GUID.")
    if row["discord_id"] is not None:
        raise PeopleError(f"{guid} belongs to another Discord account.")
    return str(row["player_id"])
