"""`/stats`: the parts put together."""

from __future__ import annotations

from discord.ext import commands

from slomix_stats.discord.desk import Desk
from slomix_stats.discord.parts.admin import AdminGroup
from slomix_stats.discord.parts.boards import Boards
from slomix_stats.discord.parts.community import CommunityGroup
from slomix_stats.discord.parts.form import FormGroup
from slomix_stats.discord.parts.players import Players
from slomix_stats.discord.parts.sessions import Sessions
from slomix_stats.discord.parts.teams import TeamGroup
from slomix_stats.discord.parts.versus import VersusGroup


class StatsCog(
    Players, Sessions, Boards, commands.GroupCog, name="stats", description="Rounds, players, teams and places"
):
    """The group `/stats` with its own commands and the groups below it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        group = self.app_command
        assert group is not None  # a GroupCog has one
        for below in (FormGroup, VersusGroup, TeamGroup, CommunityGroup, AdminGroup):
            group.add_command(below(desk))
