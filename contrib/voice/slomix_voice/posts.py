"""The messages: an evening that began (edited when it ended), and even teams for whoever is there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from slomix.contrib import Post
from slomix_voice.store import GATHERING_POST, TEAMS_POST, Channels
from slomix_voice.teams import Teams, even_teams

if TYPE_CHECKING:
    import discord

    from slomix.context import PluginContext


def posts(ctx: PluginContext, channels: Channels) -> Iterable[Post]:
    """Subjects: the number of an evening; with `/` and how many people there were for teams."""

    async def gathering(subject: str) -> discord.Embed | None:
        import discord

        found = await channels.gathering(int(subject))
        if found is None:
            return None
        began, ended, most = found
        if ended is None:
            text = f"{most} people are in voice since {discord.utils.format_dt(began, 't')}."
            return discord.Embed(title="An evening begins", description=text, colour=0x4A7FC1)
        minutes = round((ended - began).total_seconds() / 60)
        text = f"It went on for {minutes // 60}:{minutes % 60:02} hours, with up to {most} people in voice."
        return discord.Embed(title="The evening is over", description=text, colour=0x80848E)

    async def teams(subject: str) -> discord.Embed | None:
        return teams_embed(await split_now(ctx, channels))

    yield Post(name=GATHERING_POST, render=gathering)
    yield Post(name=TEAMS_POST, render=teams)


async def split_now(ctx: PluginContext, channels: Channels) -> Teams | None:
    """Even teams of whoever is there, by damage per minute over the last 90 days."""
    from slomix_stats.api import Scope, StatsInsightV1

    insight = ctx.services.get(StatsInsightV1)  # type: ignore[type-abstract]
    strength: dict[int, float | None] = {}
    for person in await channels.present():
        player = await ctx.people.player_of(person)
        numbers = await insight.numbers(player, Scope(period="90d")) if player else None
        strength[person] = numbers.get("dpm") if numbers else None
    return even_teams(strength)


def teams_embed(found: Teams | None) -> discord.Embed | None:
    """Two line-ups side by side; None where there are none to make."""
    import discord

    if found is None:
        return None
    embed = discord.Embed(title="Even teams", colour=0x3BA55D)
    for letter, people, strength in (("A", found.a, found.strength_a), ("B", found.b, found.strength_b)):
        names = "\n".join(f"<@{person}>" for person in people)
        embed.add_field(name=f"{letter} · {strength / len(people):.0f} DPM each", value=names)
    return embed.set_footer(text="By damage per minute over 90 days; who is not linked counts as average")
