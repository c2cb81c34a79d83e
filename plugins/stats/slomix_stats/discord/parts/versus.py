"""`/stats versus …`: players and line-ups with and against each other."""

from __future__ import annotations

import discord
from discord import app_commands

from slomix.bot.answers import Answer, answering
from slomix.bot.manners import manners
from slomix.bot.sources import Source
from slomix_stats.discord import suggest
from slomix_stats.discord.desk import PartGroup
from slomix_stats.discord.looks import NEUTRAL
from slomix_stats.discord.meetings import duo_embed, matchup_embed, nemesis_embed

LINEUP = "Players with commas between them"
MOST = 12


class VersusGroup(PartGroup, name="versus", description="With and against each other"):
    """Meetings."""

    @app_commands.command(name="lineups", description="The record of two line-ups", extras=manners(3, 20))
    @app_commands.describe(first=LINEUP, second=LINEUP, exact="Only maps with nobody else in the teams")
    @app_commands.autocomplete(first=suggest.several, second=suggest.several)
    async def lineups(self, source: Source, first: str, second: str, exact: bool = False) -> None:
        async with answering(source) as answer:
            sides = []
            for typed in (first, second):
                players = await self._players(source, answer, typed)
                if players is None:
                    return
                sides.append(players)
            if set(sides[0]) & set(sides[1]):
                text = "Nobody can be in both line-ups."
                await answer.send(discord.Embed(description=text, colour=NEUTRAL), ephemeral=True)
                return
            found = await self.desk.insight.matchup(sides[0], sides[1], exact=exact)
            if found:
                await answer.send(matchup_embed(found, self.desk.public_url))

    async def _players(self, source: Source, answer: Answer, typed: str) -> list[str] | None:
        found = []
        for name in [part.strip() for part in typed.split(",") if part.strip()][:MOST]:
            player = await self.desk.someone(source, answer, name)
            if player is None:
                return None
            found.append(player.player_id)
        return found

    @app_commands.command(name="duo", description="How two players do in one team", extras=manners(3, 20))
    @app_commands.describe(first="Any name or GUID", second="Any name or GUID; yourself if you leave it out")
    @app_commands.autocomplete(first=suggest.players, second=suggest.players)
    async def duo(self, source: Source, first: str, second: str | None = None) -> None:
        async with answering(source) as answer:
            one = await self.desk.someone(source, answer, first)
            other = await self.desk.someone(source, answer, second) if one else None
            if one is None or other is None:
                return
            found = await self.desk.insight.duo(one.player_id, other.player_id)
            if found is None or one.player_id == other.player_id:
                text = "A duo takes two different players."
                await answer.send(discord.Embed(description=text, colour=NEUTRAL), ephemeral=True)
                return
            await answer.send(duo_embed(found, self.desk.public_url))

    @app_commands.command(
        name="nemesis", description="Who troubles somebody, and whom they trouble", extras=manners(3, 20)
    )
    @app_commands.describe(player="Any name or GUID; yourself if you leave it out")
    @app_commands.autocomplete(player=suggest.players)
    async def nemesis(self, source: Source, player: str | None = None) -> None:
        async with answering(source) as answer:
            who = await self.desk.someone(source, answer, player)
            found = await self.desk.insight.nemesis(who.player_id) if who else None
            if found:
                await answer.send(nemesis_embed(found, self.desk.public_url))
