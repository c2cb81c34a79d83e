"""The buttons of a leaderboard. Their ids say metric and page, so they work after a restart and never expire."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

import discord

from slomix.bot.errors import answer_failure
from slomix_stats.api import LeaderboardMetric
from slomix_stats.discord.people import METRICS, PAGE

if TYPE_CHECKING:
    from slomix_stats.discord.cog import StatsCog

PLUGIN = "stats"


class PageButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"stats:top:(?P<metric>[a-z]+):(?P<page>-?\d+)"
):
    """Turns the message to another page."""

    def __init__(self, metric: LeaderboardMetric, page: int, *, label: str = "", disabled: bool = False) -> None:
        button: discord.ui.Button[Any] = discord.ui.Button(
            style=discord.ButtonStyle.secondary, label=label, disabled=disabled, custom_id=f"stats:top:{metric}:{page}"
        )
        super().__init__(button)
        self.metric = metric
        self.page = page

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> PageButton:
        """Called by discord.py when a button was pressed."""
        return cls(cast(LeaderboardMetric, match["metric"]), int(match["page"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Show that page."""
        try:
            if self.metric not in METRICS:
                await interaction.response.defer()
                return
            cog = cast("StatsCog", interaction.client.get_cog(PLUGIN))
            embed, view = await cog.leaderboard_page(self.metric, max(self.page, 0))
            await interaction.response.edit_message(embed=embed, view=view)
        except Exception as error:
            await answer_failure(interaction, PLUGIN, error)


def page_buttons(metric: LeaderboardMetric, page: int, rows: int) -> discord.ui.View:
    """Back and on; `rows` is how many were found when one more than a page was asked for."""
    view = discord.ui.View(timeout=None)
    view.add_item(PageButton(metric, page - 1, label="◀ Back", disabled=page == 0))
    view.add_item(PageButton(metric, page + 1, label="On ▶", disabled=rows <= PAGE))
    return view
