"""/sickleave: another GUID for a while."""

from __future__ import annotations

import discord
from discord import app_commands

from slomix.bot.core.desk import GREEN, Asking, Desk, by, note, tell
from slomix.bot.manners import manners
from slomix.people.leave import Period

_WHEN = "<t:{}:d>"


def leave_commands(desk: Desk) -> app_commands.Group:
    """The group, everybody's for themselves."""
    group = app_commands.Group(name="sickleave", description="Another GUID for a while", guild_only=True)

    @group.command(name="status", description="Your sick leaves", extras=manners(1, 5))
    async def status(asking: Asking) -> None:
        periods = await desk.people.leaves(await desk.own_player(asking))
        lines = [_line(period) for period in periods] or ["You have had none."]
        await tell(asking, note("\n".join(lines), title="Sick leave"))

    @group.command(name="start", description="From now on you play under another GUID", extras=manners(1, 10))
    @app_commands.describe(guid="The other GUID (8 characters)")
    async def start(asking: Asking, guid: str) -> None:
        await desk.people.start_leave(by(asking), await desk.own_player(asking), guid)
        words = f"Noted: you play as `{guid.upper()[:8]}`. It stays a player of its own, unless you merge it."
        await tell(asking, note(words, GREEN))

    @group.command(name="end", description="You are back under your own GUID", extras=manners(1, 10))
    async def end(asking: Asking) -> None:
        guid = await desk.people.end_leave(by(asking), await desk.own_player(asking))
        words = f"Welcome back. What you played as `{guid}` stays apart; `/sickleave merge` takes it in."
        await tell(asking, note(words, GREEN))

    @group.command(name="merge", description="Make the other GUID your own, with all its rounds", extras=manners(1, 10))
    @app_commands.describe(guid="The other GUID (8 characters)")
    async def merge(asking: Asking, guid: str) -> None:
        mine = await desk.own_player(asking)
        await desk.people.merge_leave(by(asking, "sick leave"), mine, guid)
        words = f"`{guid.upper()[:8]}` is yours now. An admin can undo it."
        await tell(asking, note(words, GREEN))

    @group.command(name="set", description="Admins: open or close somebody's sick leave")
    @app_commands.describe(member="Whose", guid="The other GUID; empty closes the open one")
    async def set_(asking: Asking, member: discord.User, guid: str = "") -> None:
        await desk.needs(asking, "admin", "do that for others")
        theirs = await desk.people.player_of(member.id)
        if theirs is None:
            words = f"<@{member.id}> has no player."
        elif guid:
            await desk.people.start_leave(by(asking), theirs, guid)
            words = f"<@{member.id}> plays as `{guid.upper()[:8]}` now."
        else:
            words = f"<@{member.id}> is back from `{await desk.people.end_leave(by(asking), theirs)}`."
        await tell(asking, note(words, GREEN))

    return group


def _line(period: Period) -> str:
    began = _WHEN.format(int(period.started_at.timestamp()))
    ended = _WHEN.format(int(period.ended_at.timestamp())) if period.ended_at else "today"
    return f"`{period.guid}` {began} – {ended}: {period.rounds} rounds{', merged' if period.merged_at else ''}"
