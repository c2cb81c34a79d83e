"""The buttons that turn pages: their ids say who asked what, so they work after a restart of the bot.

Only who asked may turn, and only for an hour after the last turn; then the buttons go away. What is too long for an
id is kept in memory, for the last few hundred answers.
"""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote

import discord

from slomix.bot.answers import respond
from slomix.bot.errors import answer_failure
from slomix.bot.invoke import find, run
from slomix.bot.sources import Asked, Turned
from slomix.host.contain import own_task

if TYPE_CHECKING:
    from slomix.bot.bot import SlomixBot

LIVE = timedelta(hours=1)
LONGEST_ID = 100
REMEMBERED = 500
#: May stand in an id as they are; `&`, `=`, `%`, `+` and `#` may not.
_PLAIN = " :/.,-_|!?'()*^"
_GREY = 0x80848E
NOT_YOURS = "Only the person who asked can turn these pages; run the command to get your own."
TOO_OLD = "These buttons are too old; run the command again."

_long: OrderedDict[str, Asked] = OrderedDict()


class PageButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"page:(?P<owner>[0-9a-z]+):(?P<page>\d+):(?P<asked>.*)"
):
    """Asks the same once more, for another page."""

    def __init__(self, owner: int, page: int, asked: str, *, label: str = "", disabled: bool = False) -> None:
        custom_id = f"page:{_base36(owner)}:{page}:{asked}"
        button: discord.ui.Button[Any] = discord.ui.Button(
            style=discord.ButtonStyle.secondary, label=label, disabled=disabled, custom_id=custom_id
        )
        super().__init__(button)
        self.owner, self.page, self.asked = owner, page, asked

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> PageButton:
        """Called by discord.py when a button was pressed."""
        return cls(int(match["owner"], 36), int(match["page"]), match["asked"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Show that page, or say why not."""
        bot: SlomixBot = interaction.client
        asked = unpack(self.asked)
        top = asked.path.partition(" ")[0] if asked else ""
        try:
            await own_task(self._turn(interaction, bot, asked), "button")
        except Exception as error:
            await answer_failure(interaction, bot.owner_of(top), error)

    async def _turn(self, interaction: discord.Interaction[Any], bot: SlomixBot, asked: Asked | None) -> None:
        if interaction.user.id != self.owner:
            await respond(interaction, _hint(NOT_YOURS), ephemeral=True)
            return
        command = find(bot.tree, asked.path) if asked else None
        message = interaction.message
        seen = (message.edited_at or message.created_at) if message else discord.utils.utcnow()
        if asked is None or command is None or discord.utils.utcnow() - seen > LIVE:
            await interaction.response.edit_message(view=None)
            await respond(interaction, _hint(TOO_OLD), ephemeral=True)
            return
        await run(command, Turned(interaction, asked, self.page), asked.values)


def page_buttons(
    asked: Asked, owner: int, page: int, *, more: bool, also: Mapping[str, Mapping[str, Any] | None] | None = None
) -> discord.ui.View | None:
    """Back and on for the page that is shown, and buttons that ask with other options; None where there are none.

    `also` maps the label of a button to the options that differ; None is what is shown already.
    """
    view = discord.ui.View(timeout=None)
    if page or more:
        packed = pack(asked, _room(owner, page + 1))
        view.add_item(PageButton(owner, max(page - 1, 0), packed, label="◀ Back", disabled=page == 0))
        view.add_item(PageButton(owner, page + 1, packed, label="On ▶", disabled=not more))
    for label, values in (also or {}).items():
        other = f"={label}" if values is None else pack(Asked(asked.path, {**asked.values, **values}), _room(owner, 0))
        view.add_item(PageButton(owner, 0, other, label=label, disabled=values is None))
    return view if view.children else None


def _room(owner: int, page: int) -> int:
    """Characters that are left for what was asked."""
    return LONGEST_ID - len(f"page:{_base36(owner)}:{page}:")


def pack(asked: Asked, room: int) -> str:
    """What was asked in at most `room` characters; what does not fit is remembered under a short name."""
    plain = all(isinstance(value, str | int | float) for value in asked.values.values())
    query = "&".join(f"{name}={quote(str(value), safe=_PLAIN)}" for name, value in asked.values.items())
    text = f"{asked.path}?{query}" if query else asked.path
    if plain and len(text) <= room:
        return text
    name = "#" + hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
    _long[name] = asked
    _long.move_to_end(name)
    while len(_long) > REMEMBERED:
        _long.popitem(last=False)
    return name


def unpack(text: str) -> Asked | None:
    """What `pack` made, as words; None where it is no longer known."""
    if text.startswith("#"):
        return _long.get(text)
    path, _, query = text.partition("?")
    return Asked(path, dict(parse_qsl(query, keep_blank_values=True)))


def _hint(text: str) -> discord.Embed:
    return discord.Embed(description=text, colour=_GREY)


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + digits
    return digits or "0"
