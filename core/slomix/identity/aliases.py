"""Ids that were superseded. Readers ask here before they say that there is no such thing.

A better sighting of a round leaves an alias. Ids of matches and sessions hold the digits of a round, so they need
none: the round tells in which match and session it is now.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from slomix.identity import ids

if TYPE_CHECKING:
    from slomix.context import Db

RESOLVE_ROUND = """
select coalesce(
    (select id from slomix.round where id = $1),
    (select round_id from slomix.round_alias where id = $1)
)
"""
RESOLVE_MATCH = """
select coalesce(
    (select id from slomix.match where id = $1),
    (select match_id from slomix.round where id = $2),
    (select r.match_id from slomix.round_alias a join slomix.round r on r.id = a.round_id where a.id = $2)
)
"""
RESOLVE_SESSION = """
select coalesce(
    (select id from slomix.session where id = $1),
    (select session_id from slomix.round where id = $2),
    (select r.session_id from slomix.round_alias a join slomix.round r on r.id = a.round_id where a.id = $2)
)
"""


async def resolve_round(db: Db, round_id: str) -> str | None:
    """The id that this round has now, or None."""
    found: str | None = await db.fetchval(RESOLVE_ROUND, round_id)
    return found


async def resolve_match(db: Db, match_id: str) -> str | None:
    """The id of the match that this one is now, or is part of now; None where there never was one."""
    found: str | None = await db.fetchval(RESOLVE_MATCH, match_id, ids.round_of(match_id))
    return found


async def resolve_session(db: Db, session_id: str) -> str | None:
    """The id of the session that this one is now, or was merged into; None where there never was one."""
    found: str | None = await db.fetchval(RESOLVE_SESSION, session_id, ids.round_of(session_id))
    return found
