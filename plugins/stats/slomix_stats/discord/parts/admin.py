"""`/stats admin …`: decisions about rounds, teams and rosters, and weapons as they were counted."""

from __future__ import annotations

import discord
from discord import app_commands

from slomix.bot.answers import answering
from slomix.bot.manners import manners
from slomix.bot.permissions import requires
from slomix.bot.sources import Source
from slomix_stats.decisions import DECIDE, By
from slomix_stats.derive.model import Letter
from slomix_stats.discord import suggest
from slomix_stats.discord.checks import decisions_embed, weapon_sums_embed
from slomix_stats.discord.desk import PartGroup
from slomix_stats.discord.looks import HOLD
from slomix_stats.discord.text import prose

REASON = "Why; kept with the decision"
SESSION = "Which evening; the latest if you leave it out"


class AdminGroup(PartGroup, name="admin", description="Decisions about rounds and teams, for those who may"):
    """For admins, and for whom they grant `stats.decide`."""

    @app_commands.command(name="names", description="Name the teams of an evening", extras=manners(anywhere=True))
    @app_commands.describe(
        first="Team A", second="Team B", session=SESSION, segment="Of one line-up only", reason=REASON
    )
    @app_commands.autocomplete(first=suggest.teams, second=suggest.teams, session=suggest.sessions)
    @requires(DECIDE)
    async def names(  # noqa: PLR0917 - they are the options of the command
        self, source: Source, first: str, second: str, session: str | None = None,
        segment: app_commands.Range[int, 1, 50] | None = None, reason: str = "",
    ) -> None:  # fmt: skip
        async with answering(source) as answer:
            session_id = await self.desk.session_id(answer, session)
            if session_id is None:
                return
            number = await self.desk.decisions.name_teams(session_id, first, second, _by(source, reason), segment)
            await answer.send(_done(f"A is {prose(first)}, B is {prose(second)}", [number]))

    @app_commands.command(
        name="move", description="Put a player into the other team of an evening", extras=manners(anywhere=True)
    )
    @app_commands.describe(player="Any name or GUID", team="A or B", session=SESSION, reason=REASON)
    @app_commands.choices(team=[app_commands.Choice(name=letter, value=letter) for letter in "AB"])
    @app_commands.autocomplete(player=suggest.players, session=suggest.sessions)
    @requires(DECIDE)
    async def move(self, source: Source, player: str, team: str, session: str | None = None, reason: str = "") -> None:
        async with answering(source) as answer:
            session_id = await self.desk.session_id(answer, session)
            who = await self.desk.someone(source, answer, player) if session_id else None
            if session_id is None or who is None:
                return
            letter: Letter = "A" if team == "A" else "B"
            numbers = await self.desk.decisions.move(session_id, who.player_id, letter, _by(source, reason))
            await answer.send(_done(f"{prose(who.name)} played for {letter} on {len(numbers)} maps", numbers))

    @app_commands.command(
        name="judge", description="Let a round count, or not, whatever the rules say", extras=manners(anywhere=True)
    )
    @app_commands.describe(round="Which one", counts="Whether it counts", reason=REASON)
    @app_commands.autocomplete(round=suggest.rounds)
    @requires(DECIDE)
    async def judge(self, source: Source, round: str, counts: bool, reason: str = "") -> None:  # noqa: A002
        async with answering(source) as answer:
            number = await self.desk.decisions.judge(round, counts, _by(source, reason))
            await answer.send(_done(f"The round {'counts' if counts else 'does not count'}", [number]))

    @app_commands.command(name="undo", description="Take a decision back", extras=manners(anywhere=True))
    @app_commands.describe(decision="Its number")
    @requires(DECIDE)
    async def undo(self, source: Source, decision: app_commands.Range[int, 1]) -> None:
        async with answering(source) as answer:
            await self.desk.decisions.undo(decision)
            await answer.send(discord.Embed(description=f"Decision {decision} is taken back.", colour=HOLD))

    @app_commands.command(
        name="decisions", description="What was decided, by whom and why", extras=manners(anywhere=True)
    )
    @requires(DECIDE)
    async def decisions(self, source: Source) -> None:
        async with answering(source) as answer:
            embed, more = decisions_embed(
                await self.desk.decisions.latest(limit=11, offset=answer.page * 10), answer.page
            )
            await answer.send(embed, more=more)

    @app_commands.command(
        name="weapons", description="Weapons of an evening as they were counted", extras=manners(anywhere=True)
    )
    @app_commands.describe(session=SESSION)
    @app_commands.autocomplete(session=suggest.sessions)
    @requires(DECIDE)
    async def weapons(self, source: Source, session: str | None = None) -> None:
        async with answering(source) as answer:
            session_id = await self.desk.session_id(answer, session)
            found = await self.desk.insight.session_insight(session_id) if session_id else None
            if found is not None:
                await answer.send(weapon_sums_embed(found, self.desk.public_url))


def _by(source: Source, reason: str) -> By:
    return By(who=f"discord:{source.user.id}", reason=" ".join(reason.split())[:300])


def _done(what: str, numbers: list[int]) -> discord.Embed:
    undo = f"/stats admin undo {numbers[0]}" if len(numbers) == 1 else f"decisions {numbers[0]} to {numbers[-1]}"
    return discord.Embed(description=f"{what}.", colour=HOLD).set_footer(text=undo)
