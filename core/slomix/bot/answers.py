"""Answering a person in time: `answering` defers by itself, `Answer.send` knows how to answer in each state.

Public: plugins' cogs use these.

    async with answering(source) as answer:
        rows = await slow_query(offset=answer.page * 10, limit=11)
        await answer.send(embed_of(rows[:10]), more=len(rows) > 10)     # with buttons that turn the page

A picture goes along as `picture=Picture("form.png", png)`. An `ephemeral` answer is for the caller only.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import discord

from slomix.bot.embeds import fit
from slomix.bot.sources import Asked, Source, Spoken, Turned, asked_by

if TYPE_CHECKING:
    from discord.ui import View

#: Discord gives three seconds; what is not answered by then is deferred with room for a slow network.
DEFER_SECONDS = 1.5
#: Nobody but the caller would see an ephemeral answer; in a channel it goes away by itself.
HINT_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Picture:
    """An image below an embed. `name` ends with `.png`; `alt` is what those hear who do not see it."""

    name: str
    data: bytes
    alt: str = ""


async def respond(
    interaction: discord.Interaction[Any],
    embed: discord.Embed,
    *,
    view: View | None = None,
    ephemeral: bool = False,
    picture: Picture | None = None,
) -> None:
    """Answer an interaction, whether or not it was deferred.

    An ephemeral answer after the public deferral of a command takes the public "thinking" away first.
    """
    more: dict[str, Any] = {} if view is None else {"view": view}
    if picture is not None:
        more["file"] = _file(picture)
    if not interaction.response.is_done():
        await interaction.response.send_message(embed=embed, ephemeral=ephemeral, **more)
    elif ephemeral:
        if interaction.type is discord.InteractionType.application_command:
            with suppress(discord.NotFound):
                await interaction.delete_original_response()
        await interaction.followup.send(embed=embed, ephemeral=True, **more)
    else:
        more["attachments"] = [more.pop("file")] if picture is not None else []
        await interaction.edit_original_response(embed=embed, **more)


async def _turn(
    interaction: discord.Interaction[Any], embed: discord.Embed, view: View | None, picture: Picture | None
) -> None:
    """Put another page into the message whose button was pressed."""
    files = [] if picture is None else [_file(picture)]
    if interaction.response.is_done():
        await interaction.edit_original_response(embed=embed, view=view, attachments=files)
    else:
        await interaction.response.edit_message(embed=embed, view=view, attachments=files)


async def _reply(
    message: discord.Message, embed: discord.Embed, view: View | None, picture: Picture | None, *, hint: bool
) -> None:
    """Answer a line of the channel."""
    more: dict[str, Any] = {} if view is None else {"view": view}
    if picture is not None:
        more["file"] = _file(picture)
    if hint:
        more["delete_after"] = HINT_SECONDS
    await message.reply(embed=embed, mention_author=False, **more)


def _file(picture: Picture) -> discord.File:
    return discord.File(io.BytesIO(picture.data), filename=picture.name, description=picture.alt or None)


class Answer:
    """The answer to one question; `send` it once. `page` counts from 0, for lists that have several."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._one_at_a_time = asyncio.Lock()
        self._sent = False
        self.page = source.page if isinstance(source, Turned) else 0

    async def send(
        self,
        embed: discord.Embed,
        *,
        view: View | None = None,
        ephemeral: bool = False,
        picture: Picture | None = None,
        more: bool = False,
        also: Mapping[str, Mapping[str, Any] | None] | None = None,
        ask: str | None = None,
    ) -> None:
        """Answer; `ephemeral` shows it to the caller only.

        `more` says that another page follows, `also` maps labels to options with which the same can be asked (None:
        what is shown now): both give buttons. They ask this command again, or the one at the path `ask`.
        """
        from slomix.bot.turning import page_buttons

        embed = fit(embed)
        if picture is not None:
            embed.set_image(url=f"attachment://{picture.name}")
        if view is None and (more or also or self.page) and not ephemeral:
            asked = asked_by(self._source)
            again = asked if ask is None else Asked(ask, asked.values)
            view = page_buttons(again, self._source.user.id, self.page, more=more, also=also)
        async with self._one_at_a_time:
            self._sent = True
            if isinstance(self._source, Spoken):
                await _reply(self._source.message, embed, view, picture, hint=ephemeral)
            elif isinstance(self._source, Turned) and not ephemeral:
                await _turn(self._source.interaction, embed, view, picture)
            else:
                interaction = self._source.interaction if isinstance(self._source, Turned) else self._source
                await respond(interaction, embed, view=view, ephemeral=ephemeral, picture=picture)

    async def defer_in_time(self) -> None:
        """Wait, then show that something is coming if there is no answer yet."""
        await asyncio.sleep(DEFER_SECONDS)
        async with self._one_at_a_time:
            if self._sent:
                return
            with suppress(discord.HTTPException):
                await _deferral(self._source)

    async def settle(self, deferral: asyncio.Task[None]) -> None:
        """Stop the deferral, but not in the middle of its request."""
        async with self._one_at_a_time:
            deferral.cancel()
        with suppress(asyncio.CancelledError):
            await deferral


async def _deferral(source: Source) -> None:
    if isinstance(source, Spoken):
        await source.message.channel.typing()
        return
    turned = isinstance(source, Turned)
    interaction = source.interaction if isinstance(source, Turned) else source
    if interaction.response.is_done():
        return
    if turned:
        await interaction.response.defer()
    else:
        await interaction.response.defer(thinking=True)


@asynccontextmanager
async def answering(source: Source) -> AsyncIterator[Answer]:
    """An `Answer` that is deferred by itself when it takes longer than `DEFER_SECONDS`."""
    answer = Answer(source)
    deferral = asyncio.create_task(answer.defer_in_time(), name="defer in time")
    try:
        yield answer
    finally:
        await answer.settle(deferral)
