"""Answering a person in time: `answering` defers by itself, `respond` knows how to answer in each state.

Public: plugins' cogs use these two.

    async with answering(interaction) as answer:
        embed = await slow_query()
        await answer.send(embed)
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

import discord

if TYPE_CHECKING:
    from discord.ui import View

#: Discord gives three seconds; what is not answered by then is deferred with room for a slow network.
DEFER_SECONDS = 1.5


async def respond(
    interaction: discord.Interaction[Any],
    embed: discord.Embed,
    *,
    view: View | None = None,
    ephemeral: bool = False,
) -> None:
    """Answer an interaction, whether or not it was deferred.

    An ephemeral answer after the public deferral takes the public "thinking" away first.
    """
    more: dict[str, Any] = {} if view is None else {"view": view}
    if not interaction.response.is_done():
        await interaction.response.send_message(embed=embed, ephemeral=ephemeral, **more)
    elif ephemeral:
        with suppress(discord.NotFound):
            await interaction.delete_original_response()
        await interaction.followup.send(embed=embed, ephemeral=True, **more)
    else:
        await interaction.edit_original_response(embed=embed, **more)


class Answer:
    """The answer to one command; `send` it once."""

    def __init__(self, interaction: discord.Interaction[Any]) -> None:
        self._interaction = interaction
        self._one_at_a_time = asyncio.Lock()

    async def send(self, embed: discord.Embed, *, view: View | None = None, ephemeral: bool = False) -> None:
        """Answer; `ephemeral` shows it to the caller only."""
        async with self._one_at_a_time:
            await respond(self._interaction, embed, view=view, ephemeral=ephemeral)

    async def defer_in_time(self) -> None:
        """Wait, then defer if there is no answer yet."""
        await asyncio.sleep(DEFER_SECONDS)
        async with self._one_at_a_time:
            if not self._interaction.response.is_done():
                with suppress(discord.HTTPException):
                    await self._interaction.response.defer(thinking=True)

    async def settle(self, deferral: asyncio.Task[None]) -> None:
        """Stop the deferral, but not in the middle of its request."""
        async with self._one_at_a_time:
            deferral.cancel()
        with suppress(asyncio.CancelledError):
            await deferral


@asynccontextmanager
async def answering(interaction: discord.Interaction[Any]) -> AsyncIterator[Answer]:
    """An `Answer` that is deferred by itself when it takes longer than `DEFER_SECONDS`."""
    answer = Answer(interaction)
    deferral = asyncio.create_task(answer.defer_in_time(), name="defer in time")
    try:
        yield answer
    finally:
        await answer.settle(deferral)
