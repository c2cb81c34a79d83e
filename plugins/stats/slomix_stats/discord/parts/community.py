"""`/stats community …`: votes after a session, and what a week is about."""

from __future__ import annotations

from datetime import timedelta

import discord
from discord import app_commands

from slomix.bot.answers import answering
from slomix.bot.manners import manners
from slomix.bot.permissions import requires
from slomix.bot.sources import Source
from slomix_stats.api.scope import BadScope
from slomix_stats.api.votes import VoteError
from slomix_stats.community.challenges import CHALLENGE, LONGEST_TITLE, Challenge, week_before, week_of
from slomix_stats.discord import suggest
from slomix_stats.discord.ballot import ballot
from slomix_stats.discord.desk import PartGroup
from slomix_stats.discord.looks import HOLD, NEUTRAL
from slomix_stats.discord.text import cell, number, prose, table


class CommunityGroup(PartGroup, name="community", description="Votes and challenges"):
    """The vote of a session and the challenge of a week."""

    @app_commands.command(name="vote", description="Vote for the most valuable player of an evening")
    @app_commands.describe(player="Any name or GUID", session="Which evening; the latest if you leave it out")
    @app_commands.autocomplete(player=suggest.players, session=suggest.sessions)
    async def vote(self, source: Source, player: str, session: str | None = None) -> None:
        async with answering(source) as answer:
            session_id = await self.desk.session_id(answer, session)
            who = await self.desk.someone(source, answer, player) if session_id else None
            if session_id is None or who is None:
                return
            try:
                await self.desk.votes.vote(session_id, source.user.id, who.player_id)
            except VoteError as error:
                await answer.send(discord.Embed(description=str(error), colour=NEUTRAL), ephemeral=True)
                return
            said = discord.Embed(description=f"Your vote is for {prose(who.name)}.", colour=HOLD)
            await answer.send(said, ephemeral=True)

    @app_commands.command(name="votes", description="How the vote of an evening stands")
    @app_commands.describe(session="Which evening; the latest if you leave it out")
    @app_commands.autocomplete(session=suggest.sessions)
    async def votes(self, source: Source, session: str | None = None) -> None:
        async with answering(source) as answer:
            session_id = await self.desk.session_id(answer, session)
            if session_id is None:
                return
            candidates = await self.desk.votes.candidates(session_id)
            told = ballot(session_id, candidates, open_=await self.desk.votes.is_open(session_id))
            await answer.send(told.embed, view=told.view)

    @app_commands.command(name="challenge", description="What this week is about, and who leads")
    async def challenge(self, source: Source) -> None:
        async with answering(source) as answer:
            week = week_of(self.desk.ctx.clock.now().date())
            now, before = await self.desk.challenges.of(week), await self.desk.challenges.of(week_before(week))
            embed = discord.Embed(title="The challenge of the week", colour=HOLD)
            if now is None:
                embed.description = "Nobody set one. Those who may: `/stats community set`."
            for challenge, words in ((now, "this week"), (before, "last week")):
                if challenge is not None:
                    embed.add_field(
                        name=f"{prose(challenge.title)}, {words}", value=await self._standing(challenge), inline=False
                    )
            await answer.send(embed)

    async def _standing(self, challenge: Challenge) -> str:
        board = await self.desk.challenges.standing(challenge)
        if not board.rows:
            return "Nobody played yet."
        rows = [(f"{row.rank} {cell(row.who.name)}", number(row.value)) for row in board.rows]
        return table(("", board.metric.title), rows)

    @app_commands.command(name="set", description="Say what a week is about", extras=manners(anywhere=True))
    @app_commands.describe(
        metric="The number that decides", title="What to call it", next_week="For the week after this one"
    )
    @app_commands.autocomplete(metric=suggest.metrics)
    @requires(CHALLENGE)
    async def set_(
        self,
        source: Source,
        metric: str,
        title: app_commands.Range[str, 0, LONGEST_TITLE] = "",
        next_week: bool = False,
    ) -> None:
        async with answering(source) as answer:
            day = self.desk.ctx.clock.now().date() + timedelta(days=7 if next_week else 0)
            try:
                challenge = await self.desk.challenges.set(week_of(day), metric, title, f"discord:{source.user.id}")
            except BadScope as error:
                await answer.send(discord.Embed(description=str(error), colour=NEUTRAL), ephemeral=True)
                return
            text = f"{challenge.week} is about {prose(challenge.title)}."
            await answer.send(discord.Embed(description=text, colour=HOLD))
