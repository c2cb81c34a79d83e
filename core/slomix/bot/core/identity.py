"""Who is who on Discord: /link, /unlink, /find_player, /list_players, /setname, /myaliases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

import discord
from discord import app_commands

from slomix.bot.answers import answering
from slomix.bot.core.desk import CHOICES, GREEN, Asking, Desk, by, label, note, tell
from slomix.bot.core.picks import Picks
from slomix.bot.manners import manners
from slomix.people.search import FoundPlayer, Listed

SUGGESTED = 3
PER_PAGE = 10
LINKED = "\N{LINK SYMBOL}"
#: Unicode time stamps are shown by each reader's clock.
SEEN = "<t:{}:R>"


def identity_commands(desk: Desk) -> Iterator[app_commands.Command[Any, ..., Any]]:
    """The commands, everybody's."""
    yield from (_link(desk), _unlink(desk), _find(desk), _list(desk), _setname(desk), _aliases(desk))


def _link(desk: Desk) -> app_commands.Command[Any, ..., Any]:
    @app_commands.command(name="link", description="Say which player you are", extras=manners(1, 10))
    @app_commands.guild_only()
    @app_commands.describe(player="Name or GUID; empty: looks for your name", member="Admins: whose player it is")
    @app_commands.autocomplete(player=desk.players)
    async def link(asking: Asking, player: str = "", member: discord.User | None = None) -> None:
        whom = member or asking.user
        if whom.id != asking.user.id:
            await desk.needs(asking, "admin", "link others")
        async with answering(asking) as answer:
            found = await desk.people.find(player or whom.display_name, limit=SUGGESTED)

            async def chosen(pressed: Asking, player_id: str) -> discord.Embed:
                return await _linked(desk, pressed, whom, player_id)

            if player and len(found) == 1:
                await answer.send(await _linked(desk, asking, whom, found[0].player_id), ephemeral=True)
            elif found:
                picks = Picks([(each.player_id, label(each)) for each in found], chosen, whose=asking.user.id)
                await answer.send(note("Which of these?"), view=picks, ephemeral=True)
            else:
                words = f"Nobody is called `{player or whom.display_name}`. Give another name or a GUID."
                await answer.send(note(words), ephemeral=True)

    return link


async def _linked(desk: Desk, asking: Asking, whom: discord.User | discord.Member, player_id: str) -> discord.Embed:
    """Link an account; who has a player already gets the new one's GUIDs with it."""
    claimed = await desk.people.claim(by(asking), whom.id, player_id, whom.display_name)
    name = await desk.people.display_name(claimed)
    if claimed != player_id:
        return note(f"Done: both are {name} now. An admin can undo it.", GREEN)
    return note(f"<@{whom.id}> is {name} now.", GREEN)


def _unlink(desk: Desk) -> app_commands.Command[Any, ..., Any]:
    @app_commands.command(name="unlink", description="Take your Discord account from your player")
    @app_commands.guild_only()
    @app_commands.describe(member="Admins: somebody else's")
    async def unlink(asking: Asking, member: discord.User | None = None) -> None:
        whom = member or asking.user
        if whom.id != asking.user.id:
            await desk.needs(asking, "admin", "unlink others")
        await desk.people.unlink(by(asking), whom.id)
        await tell(asking, note(f"<@{whom.id}> is no player's now.", GREEN))

    return unlink


def _find(desk: Desk) -> app_commands.Command[Any, ..., Any]:
    @app_commands.command(name="find_player", description="Search players by name, alias or GUID")
    @app_commands.guild_only()
    @app_commands.describe(text="Part of a name, or a GUID")
    @app_commands.autocomplete(text=desk.players)
    async def find_player(asking: Asking, text: str) -> None:
        async with answering(asking) as answer:
            found = await desk.people.find(text)
            embed = note("" if found else f"Nobody is called `{text}`.", title="Players" if found else None)
            for each in found:
                aliases = ", ".join(alias for alias in each.aliases if alias != each.name)
                lines = [f"`{', '.join(each.guids)}`", f"also {aliases}" if aliases else "", _seen(each)]
                embed.add_field(name=each.name, value="\n".join(line for line in lines if line), inline=False)
            await answer.send(embed)

    return find_player


def _seen(found: FoundPlayer) -> str:
    account = f" · <@{found.discord_id}>" if found.discord_id else ""
    return f"last seen {SEEN.format(int(found.last_seen.timestamp()))}{account}"


def _list(desk: Desk) -> app_commands.Command[Any, ..., Any]:
    @app_commands.command(name="list_players", description="All players, those seen last first")
    @app_commands.guild_only()
    @app_commands.describe(which="Which of them")
    @app_commands.choices(which=[app_commands.Choice(name=each, value=each) for each in get_args(Listed)])
    async def list_players(asking: Asking, which: str = "all") -> None:
        async with answering(asking) as answer:
            wanted: Listed = next(each for each in get_args(Listed) if each == which)
            found = await desk.people.list_players(wanted, limit=PER_PAGE + 1, offset=answer.page * PER_PAGE)
            lines = [f"{LINKED if each.discord_id else '–'} **{each.name}** · {_seen(each)}" for each in found]
            await answer.send(note("\n".join(lines[:PER_PAGE]) or "None.", title="Players"), more=len(found) > PER_PAGE)

    return list_players


def _setname(desk: Desk) -> app_commands.Command[Any, ..., Any]:
    async def offered(asking: Asking, typed: str) -> list[app_commands.Choice[str]]:
        mine = await desk.people.player_of(asking.user.id)
        rows = await desk.people.aliases(mine) if mine else []
        fitting = [row["name"] for row in rows if typed.casefold() in row["name"].casefold()]
        return [app_commands.Choice(name=name[:100], value=name[:100]) for name in fitting[:CHOICES]]

    @app_commands.command(name="setname", description="Choose what you are called; without options the usual name")
    @app_commands.guild_only()
    @app_commands.describe(name="A name of your own", alias="One of the names that you played under")
    @app_commands.autocomplete(alias=offered)
    async def setname(asking: Asking, name: str = "", alias: str = "") -> None:
        mine = await desk.own_player(asking)
        await desk.people.rename(by(asking), mine, custom=name or None, alias=alias or None)
        called = await desk.people.display_name(mine)
        await tell(asking, note(f"You are called {called} now.", GREEN))

    return setname


def _aliases(desk: Desk) -> app_commands.Command[Any, ..., Any]:
    @app_commands.command(name="myaliases", description="The names that you played under")
    @app_commands.guild_only()
    async def myaliases(asking: Asking) -> None:
        mine = await desk.own_player(asking)
        rows = await desk.people.aliases(mine)
        lines = [f"**{row['name']}** · {SEEN.format(int(row['last_seen'].timestamp()))}" for row in rows[:CHOICES]]
        await tell(asking, note("\n".join(lines), title="Your names"))

    return myaliases
