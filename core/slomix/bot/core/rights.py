"""/slomix admin and /slomix right: who may do what, and who changed it."""

from __future__ import annotations

from typing import Literal

import discord
from discord import app_commands

from slomix.bot.core.desk import CHOICES, GREEN, Asking, Desk, by, note, tell
from slomix.people.audit import Entry
from slomix.people.tiers import Holder


def admin_commands(desk: Desk) -> app_commands.Group:
    """Tiers: given and taken by the owner, seen by admins."""
    group = app_commands.Group(name="admin", description="Who may do what")

    @group.command(name="add", description="Owner: make somebody admin or moderator")
    @app_commands.describe(member="Whom", tier="What", reason="Why; it stands in the log")
    async def add(asking: Asking, member: discord.User, tier: Literal["admin", "moderator"], reason: str = "") -> None:
        await desk.needs(asking, "owner", "name admins")
        await desk.people.give_tier(by(asking, reason), member.id, tier, member.display_name)
        await tell(asking, note(f"<@{member.id}> is {tier} now.", GREEN))

    @group.command(name="remove", description="Owner: take somebody's tier")
    @app_commands.describe(member="Whose", reason="Why; it stands in the log")
    async def remove(asking: Asking, member: discord.User, reason: str = "") -> None:
        await desk.needs(asking, "owner", "take tiers")
        await desk.people.take_tier(by(asking, reason), member.id)
        await tell(asking, note(f"<@{member.id}> has no tier now.", GREEN))

    @group.command(name="list", description="Admins: who has a tier or a right")
    async def list_(asking: Asking) -> None:
        await desk.needs(asking, "admin", "see this")
        owner = [f"<@{desk.people.owner}> · owner"] if desk.people.owner else ["No slomix.discord.owner is set."]
        lines = [*owner, *(_holder(each) for each in await desk.people.holders())]
        await tell(asking, note("\n".join(lines), title="Who may do what"))

    @group.command(name="audit", description="Owner: what was changed, by whom and why")
    @app_commands.describe(limit="How many entries")
    async def audit(asking: Asking, limit: app_commands.Range[int, 1, 25] = 10) -> None:
        await desk.needs(asking, "owner", "read the log")
        lines = [_entry(each) for each in await desk.people.log(limit=limit)] or ["Nothing yet."]
        await tell(asking, note("\n".join(lines), title="Audit log"))

    @group.command(name="undo", description="Admins: take an entry of the log back (a link, a name, a merge, a split)")
    @app_commands.describe(number="Its number in the audit log", reason="Why; it stands in the log")
    async def undo(asking: Asking, number: int, reason: str = "") -> None:
        await desk.needs(asking, "admin", "undo changes")
        await desk.people.undo(by(asking, reason), number)
        await tell(asking, note(f"Entry {number} is undone.", GREEN))

    return group


def right_commands(desk: Desk) -> app_commands.Group:
    """Rights that core and plugins declare: granted by admins."""
    group = app_commands.Group(name="right", description="Rights of plugins, for single people")

    async def known(asking: Asking, typed: str) -> list[app_commands.Choice[str]]:
        fitting = [each for each in desk.rights() if typed.casefold() in f"{each.name} {each.summary}".casefold()]
        return [app_commands.Choice(name=f"{r.name}: {r.summary}"[:100], value=r.name) for r in fitting[:CHOICES]]

    @group.command(name="grant", description="Admins: give somebody a right")
    @app_commands.describe(member="Whom", right="Which", reason="Why; it stands in the log")
    @app_commands.autocomplete(right=known)
    async def grant(asking: Asking, member: discord.User, right: str, reason: str = "") -> None:
        await desk.needs(asking, "admin", "grant rights")
        if right not in {each.name for each in desk.rights()}:
            words = f"No plugin declares the right `{right}`."
            await tell(asking, note(words))
            return
        await desk.people.grant(by(asking, reason), member.id, right, member.display_name)
        await tell(asking, note(f"<@{member.id}> may {right} now.", GREEN))

    @group.command(name="revoke", description="Admins: take a right back")
    @app_commands.describe(member="Whose", right="Which", reason="Why; it stands in the log")
    @app_commands.autocomplete(right=known)
    async def revoke(asking: Asking, member: discord.User, right: str, reason: str = "") -> None:
        await desk.needs(asking, "admin", "take rights")
        await desk.people.revoke(by(asking, reason), member.id, right)
        words = f"<@{member.id}> has the right {right} no more."
        await tell(asking, note(words, GREEN))

    return group


def _holder(holder: Holder) -> str:
    rights = f" · {', '.join(holder.rights)}" if holder.rights else ""
    return f"<@{holder.discord_id}> {holder.name} · {holder.tier}{rights}"


def _entry(entry: Entry) -> str:
    kind, _, number = entry.actor.partition(":")
    actor = f"<@{number}>" if kind == "discord" else entry.actor
    why = f" – {entry.reason}" if entry.reason else ""
    undone = f" (undone by {entry.undone_by})" if entry.undone_by else ""
    return f"`{entry.id}` <t:{int(entry.at.timestamp())}:f> {actor} **{entry.action}** {entry.subject}{why}{undone}"
