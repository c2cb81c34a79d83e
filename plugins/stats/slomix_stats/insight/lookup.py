"""Which player, session and map is meant."""

# ruff: noqa: S608 - SQL is put together from this package's constants; every value is a parameter

from __future__ import annotations

from collections.abc import Sequence

from slomix.context import Db, Reads
from slomix.identity.aliases import resolve_session
from slomix_stats.api.reader import SessionLine
from slomix_stats.api.scope import Who
from slomix_stats.insight.sums import who_of
from slomix_stats.reader.lines import SESSION_COLUMNS, session_line

_GUID = "coalesce((select g.guid from slomix.player_guid g where g.player_id = p.id order by g.key limit 1), '')"

_PLAYER = (
    f"select p.id as player_id, {_GUID} as guid, p.display as name, p.display_raw as name_raw from slomix.player p"
)

# Every bot has the same GUID, so a GUID may be of several players: the one seen last is meant.
_WHO = f"""
{_PLAYER}
where p.id in (
    select $1::text
    union select a.player_id from slomix.player_alias a where a.id = $1
    union select g.player_id from slomix.player_guid g where g.guid = $2
)
order by p.id = $1 desc, p.last_seen desc
limit 1
"""

_WHOS = f"{_PLAYER} where p.id = any($1::text[])"

_SESSION = f"select {SESSION_COLUMNS} from slomix.session e join slomix.server v on v.id = e.server_id"
# One is asked for most, and for one the plan is another.
_LINE = f"{_SESSION} where e.id = $1"
_LINES = f"{_SESSION} where e.id = any($1::text[]) order by e.ended_at desc, e.id desc"

_LATEST = "select id from slomix.session order by ended_at desc, id desc limit 1"

_LATEST_OF = """
select session_id from stats.player_session where player_id = $1 order by ended_at desc, session_id desc limit 1
"""

_MAPS = "select map from stats.map_total where rounds > 0"


async def find_who(db: Reads, id_or_guid: str) -> Who | None:
    """A player by id or by 8-character GUID, in either case."""
    wanted = id_or_guid.replace("\0", "\ufffd")
    row = await db.fetchrow(_WHO, wanted, wanted.upper())
    return None if row is None else who_of(row)


async def whos(db: Reads, ids: Sequence[str]) -> dict[str, Who]:
    """Players by their ids."""
    return {row["player_id"]: who_of(row) for row in await db.fetch(_WHOS, list(dict.fromkeys(ids)))}


async def find_session(db: Db, session_id: str | None) -> SessionLine | None:
    """A session by its present or an earlier id; without one the latest."""
    wanted = await db.fetchval(_LATEST) if session_id is None else session_id.replace("\0", "\ufffd")
    if wanted is None:
        return None
    row = await db.fetchrow(_LINE, wanted)
    if row is None and (current := await resolve_session(db, wanted)) is not None:
        row = await db.fetchrow(_LINE, current)
    return None if row is None else session_line(row)


async def latest_session_of(db: Reads, player_id: str) -> str | None:
    """The session that a player was in last."""
    found: str | None = await db.fetchval(_LATEST_OF, player_id)
    return found


async def lines(db: Reads, session_ids: Sequence[str]) -> tuple[SessionLine, ...]:
    """Sessions by their ids, newest first."""
    return tuple(session_line(row) for row in await db.fetch(_LINES, list(session_ids)))


async def played_maps(db: Reads) -> frozenset[str]:
    """Maps that somebody has a counted round on."""
    return frozenset(row["map"] for row in await db.fetch(_MAPS))
