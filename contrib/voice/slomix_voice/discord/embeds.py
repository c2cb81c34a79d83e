"""The embeds of posts and answers."""

from __future__ import annotations

from datetime import datetime

import discord

from slomix_voice.teams import Teams


def gathering_embed(began: datetime, ended: datetime | None, most: int) -> discord.Embed:
    """An evening in the voice channels, while it is on and when it is over."""
    if ended is None:
        text = f"{most} people are in voice since {discord.utils.format_dt(began, 't')}."
        return discord.Embed(title="An evening begins", description=text, colour=0x4A7FC1)
    minutes = round((ended - began).total_seconds() / 60)
    text = f"It went on for {minutes // 60}:{minutes % 60:02} hours, with up to {most} people in voice."
    return discord.Embed(title="The evening is over", description=text, colour=0x80848E)


def teams_embed(found: Teams | None) -> discord.Embed | None:
    """Two line-ups side by side; None where there are none to make."""
    if found is None:
        return None
    embed = discord.Embed(title="Even teams", colour=0x3BA55D)
    for letter, people, strength in (("A", found.a, found.strength_a), ("B", found.b, found.strength_b)):
        names = "\n".join(f"<@{person}>" for person in people)
        embed.add_field(name=f"{letter} · {strength / len(people):.0f} DPM each", value=names)
    return embed.set_footer(text="By damage per minute over 90 days; who is not linked counts as average")
