"""What every command of stats works with: the reads, who is meant, which session, and what there is to choose from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from discord import app_commands
from discord.ext import commands

from slomix.bot.answers import Answer
from slomix.bot.sources import Source
from slomix_stats.api import PlayerProfile, Scope, StatsInsightV1, StatsLiveV1, StatsReaderV1
from slomix_stats.api.scope import ScopeSide
from slomix_stats.community.challenges import Challenges
from slomix_stats.community.votes import Votes
from slomix_stats.decisions import Decisions
from slomix_stats.discord.dates import parse_day
from slomix_stats.discord.looks import no_such_player, no_such_session, nothing_yet, who_are_you
from slomix_stats.discord.people import find_player

if TYPE_CHECKING:
    from slomix.context import PluginContext

_MENTION = re.compile(r"<@!?(\d+)>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """`public_url` is where people reach the pages, for links."""

    ctx: PluginContext
    reader: StatsReaderV1
    insight: StatsInsightV1
    live: StatsLiveV1
    decisions: Decisions
    votes: Votes
    challenges: Challenges
    public_url: str | None

    async def someone(self, source: Source, answer: Answer, typed: str | None) -> PlayerProfile | None:
        """The player of a name, GUID, id or mention; without one the caller. None: the answer is given already."""
        if not typed or not typed.strip():
            own = await self.ctx.people.player_of(source.user.id)
            if own is None:
                await answer.send(who_are_you(), ephemeral=True)
                return None
            typed = own
        if mention := _MENTION.fullmatch(typed.strip()):
            typed = await self.ctx.people.player_of(int(mention[1])) or typed
        found = await find_player(self.reader, typed.strip())
        if isinstance(found, PlayerProfile):
            return found
        await answer.send(no_such_player(typed, found), ephemeral=True)
        return None

    async def session_id(self, answer: Answer, typed: str | None) -> str | None:
        """The id of a session that was chosen or whose day was typed; without one the latest. None: answered."""
        page = await self.reader.sessions(limit=1)
        if not page.sessions:
            await answer.send(nothing_yet(), ephemeral=True)
            return None
        if not typed or not typed.strip():
            return page.sessions[0].session_id
        found = await self.reader.session(typed.strip())
        if found is not None:
            return found.session.session_id
        day = parse_day(typed, page.sessions[0].ended_at.date())
        on_day = await self._on(day) if day else None
        if on_day is None:
            await answer.send(no_such_session(), ephemeral=True)
        return on_day

    async def _on(self, day: date) -> str | None:
        """The session that began on a day of its server's clock."""
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        page = await self.reader.sessions(limit=100, since=noon - timedelta(days=2), until=noon + timedelta(days=2))
        return next((line.session_id for line in page.sessions if line.started_at.date() == day), None)


def scope_of(
    period: str | None = None,
    map: str | None = None,  # noqa: A002
    side: ScopeSide | None = None,
    format: str | None = None,  # noqa: A002
    rounds: int | None = None,
) -> Scope:
    """A scope of the options that were given."""
    return Scope(period=(period or "all").strip(), map=map or None, side=side, format=format or None, min_rounds=rounds)


class HasDesk(Protocol):
    """A cog or a group of commands."""

    desk: Desk


class Part(commands.Cog):
    """Base of the parts that make up `/stats` itself."""

    desk: Desk


class PartGroup(app_commands.Group):
    """Base of the groups below `/stats`."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
