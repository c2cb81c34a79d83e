"""The vote for the most valuable player of a session: the same one in Discord and on the web."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from slomix.errors import SlomixError
from slomix_stats.api.scope import Who


class VoteError(SlomixError):
    """Why a vote does not count, as a sentence for the voter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody who played in the session, and how many votes they have."""

    who: Who
    votes: int

    @property
    def player_id(self) -> str:
        """Whose it is."""
        return self.who.player_id

    @property
    def name(self) -> str:
        """What they are called."""
        return self.who.name


@dataclass(frozen=True, slots=True, kw_only=True)
class VoteResults:
    """Where the vote of a session stands. It is `open` until `until`. Candidates: most damage per minute first; nobody
    where it is over and no vote was given."""

    session_id: str
    open: bool
    until: datetime
    candidates: tuple[Candidate, ...]

    @property
    def votes(self) -> int:
        """How many people voted."""
        return sum(each.votes for each in self.candidates)


class StatsVotesV1(Protocol):
    """One vote per person and session, changed at will. A voter is a Discord user."""

    async def results(self, session_id: str) -> VoteResults | None:
        """The vote of a session, by its present id; None where there is no such session."""
        ...

    async def choice(self, session_id: str, voter: int) -> str | None:
        """The player whom somebody votes for."""
        ...

    async def vote(self, session_id: str, voter: int, player_id: str) -> None:
        """Take a vote, or change it. Raises `VoteError`."""
        ...
