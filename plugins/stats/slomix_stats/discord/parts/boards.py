"""`/stats leaderboard`, `records`, `fame`, `winners`, `maps`, `map`, `weapons`, `season`."""

from __future__ import annotations

from dataclasses import replace

import discord
from discord import app_commands

from slomix.bot.answers import answering
from slomix.bot.manners import manners
from slomix.bot.sources import Source
from slomix_stats.api.scope import ScopeSide
from slomix_stats.discord import suggest
from slomix_stats.discord.boards import (
    PAGE,
    board_embed,
    fame_embed,
    map_embed,
    map_list_embed,
    records_embed,
    season_embed,
    weapons_of_all_embed,
    winners_embed,
)
from slomix_stats.discord.desk import Part, scope_of
from slomix_stats.discord.looks import NEUTRAL
from slomix_stats.discord.text import prose

PERIOD = "All time if you leave it out; also 2026-11 or 14d"
SIDES: tuple[ScopeSide, ...] = ("attack", "defence", "axis", "allies")


class Boards(Part):
    """Places."""

    @app_commands.command(name="leaderboard", description="The best players by one number", extras=manners(5, 20))
    @app_commands.describe(
        metric="By what; damage per minute if you leave it out", period=PERIOD, map="On one map only",
        side="On one side or in one role only", format="3v3 and the like", rounds="At least so many rounds",
    )  # fmt: skip
    @app_commands.choices(side=[app_commands.Choice(name=side, value=side) for side in SIDES])
    @app_commands.autocomplete(metric=suggest.metrics, period=suggest.periods, map=suggest.maps)
    async def leaderboard(  # noqa: PLR0917 - they are the options of the command
        self,
        source: Source,
        metric: str = "dpm",
        period: str | None = None,
        map: str | None = None,  # noqa: A002
        side: str | None = None,
        format: str | None = None,  # noqa: A002
        rounds: app_commands.Range[int, 1, 100000] | None = None,
    ) -> None:
        async with answering(source) as answer:
            role = next((each for each in SIDES if each == side), None)
            scope = scope_of(period, map, role, format, rounds)
            board = await self.desk.insight.board(metric, scope, limit=PAGE, offset=answer.page * PAGE)
            if not board.players and rounds is None:
                # a young community has places too: those of the setting instead of the metric's own
                scope = replace(scope, min_rounds=self.desk.ctx.settings.min_rounds)
                board = await self.desk.insight.board(metric, scope, limit=PAGE, offset=answer.page * PAGE)
            embed = board_embed(board, answer.page, self.desk.public_url)
            await answer.send(embed, more=board.players > (answer.page + 1) * PAGE)

    @app_commands.command(
        name="records", description="The best single rounds and maps of anybody", extras=manners(5, 20)
    )
    @app_commands.describe(map="On one map only")
    @app_commands.autocomplete(map=suggest.maps)
    async def records(self, source: Source, map: str | None = None) -> None:  # noqa: A002
        async with answering(source) as answer:
            book = await self.desk.insight.records(map=map, limit=3)
            embed, more = records_embed(book, answer.page, self.desk.public_url)
            await answer.send(embed, more=more)

    @app_commands.command(
        name="fame", description="The hall of fame: who has most of everything", extras=manners(5, 20)
    )
    @app_commands.describe(period=PERIOD)
    @app_commands.autocomplete(period=suggest.periods)
    async def fame(self, source: Source, period: str | None = None) -> None:
        async with answering(source) as answer:
            found = await self.desk.insight.hall_of_fame(scope_of(period), limit=3)
            embed, more = fame_embed(found, answer.page, self.desk.public_url)
            await answer.send(embed, more=more)

    @app_commands.command(name="winners", description="Who won the awards of rounds most often", extras=manners(5, 20))
    @app_commands.describe(period="A season at most; this one if you leave it out")
    @app_commands.autocomplete(period=suggest.periods)
    async def winners(self, source: Source, period: str = "season") -> None:
        async with answering(source) as answer:
            found = await self.desk.insight.award_boards(scope_of(period))
            embed, more = winners_embed(found, answer.page, self.desk.public_url)
            await answer.send(embed, more=more)

    @app_commands.command(name="maps", description="All maps: how often, how often held, how fast")
    async def maps(self, source: Source) -> None:
        async with answering(source) as answer:
            embed, more = map_list_embed(await self.desk.insight.maps(), answer.page, self.desk.public_url)
            await answer.send(embed, more=more)

    @app_commands.command(name="map", description="One map: fastest attacks, how long it holds, its best players")
    @app_commands.describe(map="Which one")
    @app_commands.autocomplete(map=suggest.maps)
    async def map(self, source: Source, map: str) -> None:  # noqa: A002
        async with answering(source) as answer:
            found = await self.desk.insight.map_detail(map)
            if found is None:
                text = f"Nobody has played {prose(map[:40])} here. Start typing and choose one of the suggestions."
                await answer.send(discord.Embed(description=text, colour=NEUTRAL), ephemeral=True)
            else:
                await answer.send(map_embed(found, self.desk.public_url))

    @app_commands.command(name="weapons", description="All weapons: kills, accuracy, and who uses them best")
    async def weapons(self, source: Source) -> None:
        async with answering(source) as answer:
            found = await self.desk.insight.weapons(limit=1)
            embed, more = weapons_of_all_embed(found, answer.page, self.desk.public_url)
            await answer.send(embed, more=more)

    @app_commands.command(name="season", description="A season: days left, leaders, champions, awards")
    @app_commands.describe(season="Which one; the present one if you leave it out")
    @app_commands.autocomplete(season=suggest.seasons)
    async def season(self, source: Source, season: str | None = None) -> None:
        async with answering(source) as answer:
            found = await self.desk.insight.season(season)
            if found is None:
                text = "There is no such season. They are quarters, such as `2026-Q4`."
                await answer.send(discord.Embed(description=text, colour=NEUTRAL), ephemeral=True)
            else:
                await answer.send(season_embed(found, self.desk.public_url))
