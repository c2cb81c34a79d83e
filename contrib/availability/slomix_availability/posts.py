"""The messages in Discord: the poll, the notice that there are enough, reminders, direct messages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from slomix.contrib import Post, PostContent
from slomix_availability.store import DIRECT_POST, ENOUGH_POST, POLL_POST, REMINDER_POST, Answers

if TYPE_CHECKING:
    from slomix.context import PluginContext


def posts(ctx: PluginContext, answers: Answers) -> Iterable[Post]:
    """Subjects are an ISO day, a day with the time of a reminder, or both with a person."""
    channel = ctx.settings.channel

    async def poll(subject: str) -> PostContent:
        from slomix_availability.discord.buttons import poll_buttons
        from slomix_availability.discord.embeds import day_embed

        day = date.fromisoformat(subject)
        return PostContent(embed=await day_embed(answers, day), view=poll_buttons(day), channel=channel)

    async def enough(subject: str) -> PostContent:
        from slomix_availability.discord.embeds import card
        from slomix_availability.words import named

        (found,) = await answers.days(date.fromisoformat(subject), 1)
        text = f"{found.available} can play {named(found.day)}. {found.threshold} were needed."
        return PostContent(embed=card("Enough for a game", text), channel=channel)

    async def reminder(subject: str) -> PostContent:
        from slomix_availability.discord.embeds import card, standing

        (found,) = await answers.days(date.fromisoformat(subject.partition("/")[0]), 1)
        return PostContent(embed=card("Are you in?", standing(found)), channel=channel)

    async def direct(subject: str) -> PostContent:
        from slomix_availability.discord.embeds import card, standing
        from slomix_availability.words import named

        day, kind, person = subject.split("/")
        (found,) = await answers.days(date.fromisoformat(day), 1)
        title = "Enough for a game" if kind == "enough" else "Are you in?"
        return PostContent(embed=card(title, f"{named(found.day)}: {standing(found)}"), person=int(person))

    yield Post(name=POLL_POST, render=poll)
    yield Post(name=ENOUGH_POST, render=enough)
    yield Post(name=REMINDER_POST, render=reminder)
    yield Post(name=DIRECT_POST, render=direct)
