"""The embeds of posts and answers."""

from __future__ import annotations

from datetime import date

import discord

from slomix_availability.api import Day
from slomix_availability.store import Answers
from slomix_availability.words import TITLES, named

#: Cells of the bar from nobody to enough.
_BAR = 12


def standing(day: Day) -> str:
    """How far it is to enough, in a sentence."""
    if day.enough:
        return f"{day.available} are in, which is enough."
    perhaps = f" {day.maybe} may come." if day.maybe else ""
    return f"{day.available} of {day.threshold} are in, {day.threshold - day.available} to go.{perhaps}"


def bar(day: Day) -> str:
    """From nobody to enough, in cells."""
    full = min(_BAR, _BAR * day.available // day.threshold)
    return "█" * full + "░" * (_BAR - full)


async def day_embed(answers: Answers, day: date) -> discord.Embed:
    """Who said what for one day."""
    (found,) = await answers.days(day, 1)
    embed = card(f"Who plays {named(day)}?", f"`{bar(found)}` {standing(found)}")
    people = await answers.people(day)
    for status, title in TITLES.items():
        if said := people.get(status):
            mentions = " ".join(f"<@{person}>" for person in said[:40])
            embed.add_field(name=f"{title} ({len(said)})", value=mentions, inline=False)
    return embed


def card(title: str, text: str) -> discord.Embed:
    """A short message."""
    return discord.Embed(title=title, description=text, colour=0x4C9A6A)
