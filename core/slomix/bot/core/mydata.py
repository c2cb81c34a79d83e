"""/mydata: everything that is kept about who asks, as a file that only they see."""

from __future__ import annotations

import io
from typing import Any

import discord
import msgspec
from discord import app_commands

from slomix.bot.core.desk import Asking, Desk
from slomix.bot.manners import manners
from slomix.nouns import Person

#: What Discord takes from a bot.
MOST_BYTES = 10 << 20
WORDS = "This is everything that is kept about you. To have it forgotten, ask an admin; it can not be undone."


def mydata_command(desk: Desk) -> app_commands.Command[Any, ..., Any]:
    """The command, everybody's for themselves."""

    @app_commands.command(
        name="mydata", description="Everything that is kept about you, as a file", extras=manners(1, 60, anywhere=True)
    )
    @app_commands.guild_only()
    async def mydata(asking: Asking) -> None:
        await asking.response.defer(ephemeral=True, thinking=True)
        mine = await desk.people.player_of(asking.user.id)
        person = await desk.people.person(mine) if mine else Person(player_id=None, discord_id=asking.user.id)
        told = msgspec.json.encode(await desk.people.export(person))
        if len(told) > MOST_BYTES:
            await asking.followup.send("It is too large for Discord; ask an admin for it.", ephemeral=True)
            return
        file = discord.File(io.BytesIO(told), filename="my-data.json")
        await asking.followup.send(WORDS, file=file, ephemeral=True)

    return mydata
