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
        from slomix_voice.discord.embeds import gathering_embed

        found = await channels.gathering(int(subject))
        return gathering_embed(*found) if found else None

    async def teams(subject: str) -> discord.Embed | None:
        from slomix_voice.discord.embeds import teams_embed

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
