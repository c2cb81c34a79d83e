"""The buttons below the poll. Imported in the bot role only."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any, cast

import discord

from slomix.bot.answers import answering
from slomix_availability.api import Status
from slomix_availability.discord.embeds import standing
from slomix_availability.words import TITLES

if TYPE_CHECKING:
    from slomix_availability.discord.cog import AvailabilityCog

_STYLES: dict[Status, discord.ButtonStyle] = {
    "available": discord.ButtonStyle.success,
    "maybe": discord.ButtonStyle.secondary,
    "not_playing": discord.ButtonStyle.secondary,
}


class AnswerButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"availability:(?P<status>available|maybe|not_playing):(?P<day>\d{4}-\d\d-\d\d)",
):
    """One answer for one day. It lives in its custom id, so it works after a restart too."""

    def __init__(self, status: Status, day: date) -> None:
        super().__init__(
            discord.ui.Button(label=TITLES[status], style=_STYLES[status], custom_id=f"availability:{status}:{day}")
        )
        self._status, self._day = status, day

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> AnswerButton:
        """Made anew when somebody presses it."""
        return cls(cast("Status", match["status"]), date.fromisoformat(match["day"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Write the answer down and say so to whoever pressed."""
        cog: AvailabilityCog = interaction.client.get_cog("availability")
        async with answering(interaction) as answer:
            if self._day < cog.today():
                await answer.send(discord.Embed(title="That evening is over"), ephemeral=True)
                return
            day = await cog.answers.answer(self._day, interaction.user.id, self._status)
            await answer.send(discord.Embed(title=TITLES[self._status], description=standing(day)), ephemeral=True)


def poll_buttons(day: date) -> discord.ui.View:
    """The buttons of a day's poll."""
    view = discord.ui.View(timeout=None)
    for status in _STYLES:
        view.add_item(AnswerButton(status, day))
    return view
