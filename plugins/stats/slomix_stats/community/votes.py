"""The vote for the most valuable player of a session: one vote each, changed at will, for a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from slomix.errors import SlomixError

if TYPE_CHECKING:
    from slomix.context import PluginContext

VOTE_POST = "stats.mvp_vote"
#: So long after the end of a session its vote is open.
OPEN = timedelta(hours=24)
#: As many as there are buttons below a message.
MOST_CANDIDATES = 20

_CANDIDATES = """
select s.player_id, p.display as name, coalesce(v.votes, 0) as votes
from stats.player_session s
join slomix.player p on p.id = s.player_id
left join (
    select player_id, count(*) as votes from stats.mvp_vote where session_id = $1 group by player_id
) v on v.player_id = s.player_id
where s.session_id = $1 and not p.is_bot
order by s.damage_given::float8 / greatest(s.time_played_s, 1) desc, s.player_id
limit $2
"""
_ENDED = "select ended_at from slomix.session where id = $1"
_PLAYED = "select true from stats.player_session where session_id = $1 and player_id = $2"
_VOTE = """
insert into stats.mvp_vote (session_id, voter, player_id, voted_at) values ($1, $2, $3, $4)
on conflict (session_id, voter) do update set player_id = excluded.player_id, voted_at = excluded.voted_at
"""


class VoteError(SlomixError):
    """Why a vote does not count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody who played in the session, and how many votes they have."""

    player_id: str
    name: str
    votes: int


class Votes:
    """Takes votes and counts them."""

    def __init__(self, ctx: PluginContext) -> None:
        self._ctx = ctx

    async def candidates(self, session_id: str) -> list[Candidate]:
        """Who can be voted for, most damage per minute first."""
        rows = await self._ctx.db.fetch(_CANDIDATES, session_id, MOST_CANDIDATES)
        return [Candidate(**dict(row)) for row in rows]

    async def is_open(self, session_id: str) -> bool:
        """Whether votes are taken still."""
        ended = await self._ctx.db.fetchval(_ENDED, session_id)
        return ended is not None and self._ctx.clock.now() - ended < OPEN

    async def vote(self, session_id: str, voter: int, player_id: str) -> None:
        """Take a vote, or change it. Raises `VoteError` with a sentence for the voter."""
        if not await self.is_open(session_id):
            raise VoteError("That vote is over; it was open for a day.")
        async with self._ctx.db.transaction() as tx:
            if not await tx.fetchval(_PLAYED, session_id, player_id):
                raise VoteError("That player was not in the session.")
            await tx.execute(_VOTE, session_id, voter, player_id, self._ctx.clock.now())
            await self._ctx.posts.refresh(tx, VOTE_POST, session_id)
