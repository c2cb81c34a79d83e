"""`/stats player`, `compare`, `badges`, `legend`."""

from __future__ import annotations

import discord
from discord import app_commands

from slomix.bot.answers import Picture, answering
from slomix.bot.manners import manners
from slomix.bot.sources import Source
from slomix_stats.api import PlayerNumbers
from slomix_stats.discord import suggest
from slomix_stats.discord.charts import draw
from slomix_stats.discord.charts.radar import Spoke, radar
from slomix_stats.discord.desk import Desk, Part, scope_of
from slomix_stats.discord.forms import achievements_embed, legend_embed
from slomix_stats.discord.looks import NEUTRAL
from slomix_stats.discord.meetings import SPOKES, compare_embed
from slomix_stats.discord.people import player_embed


class Players(Part):
    """People."""

    @app_commands.command(name="player", description="A player's numbers, weapons, badges and last evenings")
    @app_commands.describe(name="Any name they used, their GUID or a mention; yourself if you leave it out")
    @app_commands.autocomplete(name=suggest.players)
    async def player(self, source: Source, name: str | None = None) -> None:
        async with answering(source) as answer:
            found = await self.desk.someone(source, answer, name)
            if found is None:
                return
            earned = await self.desk.insight.achievements(found.player_id)
            badges = tuple(badge.emoji for badge in earned.badges) if earned else ()
            await answer.send(player_embed(found, self.desk.public_url, badges))

    @app_commands.command(
        name="compare", description="Two players side by side, with a radar chart", extras=manners(3, 20)
    )
    @app_commands.describe(
        first="Any name or GUID", second="Any name or GUID; yourself if you leave it out", period="Since when"
    )
    @app_commands.autocomplete(first=suggest.players, second=suggest.players, period=suggest.periods)
    async def compare(self, source: Source, first: str, second: str | None = None, period: str | None = None) -> None:
        async with answering(source) as answer:
            one = await self.desk.someone(source, answer, first)
            other = await self.desk.someone(source, answer, second) if one else None
            if one is None or other is None:
                return
            both = await self.desk.insight.compare([one.player_id, other.player_id], scope_of(period))
            if len(both) < 2 or one.player_id == other.player_id:
                text = "A comparison takes two different players who have both played."
                await answer.send(discord.Embed(description=text, colour=NEUTRAL), ephemeral=True)
                return
            embed = compare_embed(both[0], both[1], self.desk.insight, period or "all time", self.desk.public_url)
            names = f"{both[0].who.name} and {both[1].who.name}"
            png = await draw(radar, [each.who.name for each in both], spokes(self.desk, both))
            await answer.send(embed, picture=Picture("compare.png", png, f"Radar chart of {names}"[:1000]))

    @app_commands.command(name="badges", description="A player's badges and how far the next ones are")
    @app_commands.describe(name="Any name they used, their GUID or a mention; yourself if you leave it out")
    @app_commands.autocomplete(name=suggest.players)
    async def badges(self, source: Source, name: str | None = None) -> None:
        async with answering(source) as answer:
            found = await self.desk.someone(source, answer, name)
            earned = await self.desk.insight.achievements(found.player_id) if found else None
            if earned is not None:
                await answer.send(achievements_embed(earned, self.desk.public_url))

    @app_commands.command(name="legend", description="All badges and what they take")
    async def legend(self, source: Source) -> None:
        async with answering(source) as answer:
            await answer.send(legend_embed(self.desk.insight.milestones()))


def spokes(desk: Desk, both: tuple[PlayerNumbers, ...]) -> list[Spoke]:
    """The axes of the radar: each number of the two players."""
    infos = [desk.insight.metric(name) for name in SPOKES]
    short = {"dpm": "DPM", "kd": "K/D", "headshot_accuracy": "Head hits", "rounds": "Rounds"}
    return [
        Spoke(
            short.get(info.name, info.title), tuple(each.get(info.name) for each in both), info.decimals,
            " %" if info.unit == "%" else "",
        )
        for info in infos
    ]  # fmt: skip
