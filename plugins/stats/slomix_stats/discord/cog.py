"""`/stats session`, `/stats player` and `/stats leaderboard`."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from slomix.bot.answers import answering
from slomix_stats.api import LeaderboardMetric, PlayerProfile, StatsReaderV1
from slomix_stats.discord.evenings import session_choice, session_embed
from slomix_stats.discord.looks import no_such_player, no_such_session, nothing_yet
from slomix_stats.discord.pages import page_buttons
from slomix_stats.discord.people import METRICS, PAGE, find_player, leaderboard_embed, player_embed

Interaction = discord.Interaction[Any]
CHOICES = 25


class StatsCog(commands.GroupCog, name="stats", description="Rounds, players and places"):
    """The group `/stats`. `public_url` is where people reach the pages, for links."""

    def __init__(self, reader: StatsReaderV1, public_url: str | None) -> None:
        super().__init__()
        self._reader = reader
        self._public_url = public_url

    @app_commands.command(name="session", description="An evening: its maps, results and players")
    @app_commands.describe(session="Which one; the latest if you leave it out")
    async def session(self, interaction: Interaction, session: str | None = None) -> None:
        await self.show_session(interaction, session)

    async def show_session(self, interaction: Interaction, session: str | None) -> None:
        """Answer with an evening; None is the latest."""
        async with answering(interaction) as answer:
            detail = await (self._reader.session(session) if session else self._reader.latest_session())
            if detail is None:
                await answer.send(no_such_session() if session else nothing_yet(), ephemeral=True)
            else:
                rounds = await self._reader.session_rounds(detail.session.session_id)
                await answer.send(session_embed(detail, rounds, self._public_url))

    @session.autocomplete("session")
    async def _sessions(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        page = await self._reader.sessions(limit=100)
        offered = ((session_choice(line), line.session_id) for line in page.sessions)
        fitting = [(name, value) for name, value in offered if typed.casefold() in name.casefold()]
        return [app_commands.Choice(name=name, value=value) for name, value in fitting[:CHOICES]]

    @app_commands.command(name="player", description="A player's numbers, weapons and last evenings")
    @app_commands.describe(name="Any name they used, or their GUID")
    async def player(self, interaction: Interaction, name: str) -> None:
        async with answering(interaction) as answer:
            found = await find_player(self._reader, name.strip())
            if isinstance(found, PlayerProfile):
                await answer.send(player_embed(found, self._public_url))
            else:
                await answer.send(no_such_player(name, found), ephemeral=True)

    @player.autocomplete("name")
    async def _players(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        hits = await self._reader.find_players(typed.strip(), limit=CHOICES)
        return [app_commands.Choice(name=f"{hit.name or '–'} · {hit.guid}"[:100], value=hit.player_id) for hit in hits]

    @app_commands.command(name="leaderboard", description="The best players by one number")
    @app_commands.describe(metric="By what; damage per minute if you leave it out")
    @app_commands.choices(metric=[app_commands.Choice(name=name, value=key) for key, (name, _) in METRICS.items()])
    async def leaderboard(self, interaction: Interaction, metric: str = "dpm") -> None:
        async with answering(interaction) as answer:
            embed, view = await self.leaderboard_page(_metric(metric), 0)
            await answer.send(embed, view=view)

    async def leaderboard_page(self, metric: LeaderboardMetric, page: int) -> tuple[discord.Embed, discord.ui.View]:
        """One page of a leaderboard with its buttons."""
        board = await self._reader.leaderboard(metric, limit=PAGE + 1, offset=page * PAGE)
        return leaderboard_embed(board, page, self._public_url), page_buttons(metric, page, len(board.rows))


def _metric(typed: str) -> LeaderboardMetric:
    return next((metric for metric in METRICS if metric == typed), "dpm")
