"""The vote for the most valuable player of a session: one vote each, changed at will, for a day."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from slomix.events import DataChanged
from slomix.signals import signal
from slomix_stats.api.votes import Candidate, VoteError, VoteResults
from slomix_stats.insight.sums import who_of

if TYPE_CHECKING:
    from slomix.context import PluginContext

VOTE_POST = "stats.mvp_vote"
#: So long after the end of a session its vote is open.
OPEN = timedelta(hours=24)
#: As many as there are buttons below a message.
MOST_CANDIDATES = 20

_CANDIDATES = """
select s.player_id, p.display as name, p.display_raw as name_raw, coalesce(v.votes, 0) as votes,
    coalesce((select g.guid from slomix.player_guid g where g.player_id = p.id order by g.key limit 1), '') as guid
from (
    select player_id, sum(damage_given)::float8 as damage, sum(time_played_s) as time_s
    from stats.player_session where session_id = $1 group by player_id
) s
join slomix.player p on p.id = s.player_id
left join (
    select player_id, count(*) as votes from stats.mvp_vote where session_id = $1 group by player_id
) v on v.player_id = s.player_id
where not p.is_bot
order by s.damage / greatest(s.time_s, 1) desc, s.player_id
limit $2
"""
_ENDED = "select ended_at from slomix.session where id = $1"
_VOTED = "select exists(select from stats.mvp_vote where session_id = $1)"
_PLAYED = "select true from stats.player_session where session_id = $1 and player_id = $2"
_CHOICE = "select player_id from stats.mvp_vote where session_id = $1 and voter = $2"
_VOTE = """
insert into stats.mvp_vote (session_id, voter, player_id, voted_at) values ($1, $2, $3, $4)
on conflict (session_id, voter) do update set player_id = excluded.player_id, voted_at = excluded.voted_at
"""


class Votes:
    """Takes votes and counts them. Implements `slomix_stats.api.StatsVotesV1`."""

    def __init__(self, ctx: PluginContext) -> None:
        self._ctx = ctx

    async def candidates(self, session_id: str) -> list[Candidate]:
        """Who can be voted for, most damage per minute first."""
        rows = await self._ctx.db.fetch(_CANDIDATES, session_id, MOST_CANDIDATES)
        return [Candidate(who=who_of(row), votes=row["votes"]) for row in rows]

    async def results(self, session_id: str) -> VoteResults | None:
        """Where the vote stands."""
        ended = await self._ctx.db.fetchval(_ENDED, session_id)
        if ended is None:
            return None
        open_ = self._ctx.clock.now() - ended < OPEN
        asked = open_ or await self._ctx.db.fetchval(_VOTED, session_id)
        return VoteResults(
            session_id=session_id,
            open=open_,
            until=ended + OPEN,
            candidates=tuple(await self.candidates(session_id)) if asked else (),
        )

    async def choice(self, session_id: str, voter: int) -> str | None:
        """Whom somebody votes for."""
        found: str | None = await self._ctx.db.fetchval(_CHOICE, session_id, voter)
        return found

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
            await signal(tx, DataChanged(what="votes"))
