"""Buttons to choose one of a few, or to say yes. They answer to who asked only, for some minutes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import discord

from slomix.bot.core.desk import Asking, note
from slomix.bot.errors import answer_failure

SECONDS = 300.0
#: What is called when a button was pressed; answers the embed that takes the place of the question.
Chosen = Callable[[Asking, str], Awaitable[discord.Embed]]


class Picks(discord.ui.View):
    """One button per (value, label); the first press counts."""

    def __init__(self, choices: Sequence[tuple[str, str]], chosen: Chosen, *, whose: int) -> None:
        super().__init__(timeout=SECONDS)
        self._chosen = chosen
        self._whose = whose
        for value, label in choices:
            self.add_item(_Pick(value, label))

    async def interaction_check(self, interaction: Asking, /) -> bool:
        """Whether this person may press."""
        if interaction.user.id == self._whose:
            return True
        await interaction.response.send_message(embed=note("Only who asked can choose."), ephemeral=True)
        return False

    async def on_error(self, interaction: Asking, error: Exception, item: discord.ui.Item[Any], /) -> None:
        """What went wrong is told to who pressed."""
        await answer_failure(interaction, "slomix", error)

    async def take(self, interaction: Asking, value: str) -> None:
        """Do what was chosen and show what came of it in place of the question."""
        embed = await self._chosen(interaction, value)
        self.stop()
        await interaction.response.edit_message(embed=embed, view=None)


class _Pick(discord.ui.Button[Picks]):
    def __init__(self, value: str, label: str) -> None:
        super().__init__(label=label[:80], custom_id=f"pick:{value}"[:100], style=discord.ButtonStyle.primary)
        self._value = value

    async def callback(self, interaction: Asking) -> None:
        assert self.view is not None
        await self.view.take(interaction, self._value)
