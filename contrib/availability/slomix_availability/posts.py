"""The messages in Discord: the poll, the notice that there are enough, reminders, direct messages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from slomix.contrib import Post, PostContent
from slomix_availability.api import Day, Status
from slomix_availability.store import DIRECT_POST, ENOUGH_POST, POLL_POST, REMINDER_POST, Answers

if TYPE_CHECKING:
    import discord

    from slomix.context import PluginContext

TITLES: dict[Status, str] = {
    "available": "In",
    "maybe": "Maybe",
    "looking": "Looking for a game",
    "not_playing": "Not playing",
}
#: Cells of the bar from nobody to enough.
_BAR = 12


def posts(ctx: PluginContext, answers: Answers) -> Iterable[Post]:
    """Subjects are an ISO day, a day with the time of a reminder, or both with a person."""
    channel = ctx.settings.channel

    async def poll(subject: str) -> PostContent:
        from slomix_availability.buttons import poll_buttons

        day = date.fromisoformat(subject)
        return PostContent(embed=await day_embed(answers, day), view=poll_buttons(day), channel=channel)

    async def enough(subject: str) -> PostContent:
        (found,) = await answers.days(date.fromisoformat(subject), 1)
        text = f"{found.available} can play {_named(found.day)}. {found.threshold} were needed."
        return PostContent(embed=_embed("Enough for a game", text), channel=channel)

    async def reminder(subject: str) -> PostContent:
        (found,) = await answers.days(date.fromisoformat(subject.partition("/")[0]), 1)
        return PostContent(embed=_embed("Are you in?", standing(found)), channel=channel)

    async def direct(subject: str) -> PostContent:
        day, kind, person = subject.split("/")
        (found,) = await answers.days(date.fromisoformat(day), 1)
        title = "Enough for a game" if kind == "enough" else "Are you in?"
        return PostContent(embed=_embed(title, f"{_named(found.day)}: {standing(found)}"), person=int(person))

    yield Post(name=POLL_POST, render=poll)
    yield Post(name=ENOUGH_POST, render=enough)
    yield Post(name=REMINDER_POST, render=reminder)
    yield Post(name=DIRECT_POST, render=direct)


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
    embed = _embed(f"Who plays {_named(day)}?", f"`{bar(found)}` {standing(found)}")
    people = await answers.people(day)
    for status, title in TITLES.items():
        if named := people.get(status):
            mentions = " ".join(f"<@{person}>" for person in named[:40])
            embed.add_field(name=f"{title} ({len(named)})", value=mentions, inline=False)
    return embed


def _named(day: date) -> str:
    return f"{day:%A}, {day.day} {day:%B}"


def _embed(title: str, text: str) -> discord.Embed:
    import discord

    return discord.Embed(title=title, description=text, colour=0x4C9A6A)
