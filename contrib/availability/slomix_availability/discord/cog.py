"""`/availability …` and `/avail`. Imported in the bot role only."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import discord
from discord import app_commands
from discord.ext import commands

from slomix.bot.answers import answering
from slomix_availability.api import STATUSES, Status
from slomix_availability.days import parse_day
from slomix_availability.discord.buttons import AnswerButton
from slomix_availability.discord.embeds import bar, day_embed, standing
from slomix_availability.store import Wish
from slomix_availability.words import TITLES

if TYPE_CHECKING:
    from slomix.context import PluginContext
    from slomix_availability.store import Answers

_CHOICES = [app_commands.Choice(name=TITLES[status], value=status) for status in STATUSES]
_SHOWN_DAYS = 7


class AvailabilityCog(commands.GroupCog, name="availability", description="Who can play, and when"):
    """The group, the shortcut `/avail` and the buttons of the poll."""

    def __init__(self, ctx: PluginContext, bot: commands.Bot, answers: Answers) -> None:
        super().__init__()
        self.answers = answers
        self._bot, self._clock, self._zone = bot, ctx.clock, ZoneInfo(ctx.core.timezone)

    async def cog_load(self) -> None:
        """Make the buttons of old polls work."""
        self._bot.add_dynamic_items(AnswerButton)

    def today(self) -> date:
        """The day at home."""
        return self._clock.now().astimezone(self._zone).date()

    async def offered(self, interaction: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
        """The next days, for whoever types one."""
        today = self.today()
        days = [today + timedelta(days=ahead) for ahead in range(14)]
        names = [(f"{day:%A} {day.isoformat()}", day.isoformat()) for day in days]
        found = [app_commands.Choice(name=name, value=value) for name, value in names if typed.lower() in name.lower()]
        return found[:25]

    @app_commands.command(name="set", description="Say whether you play on a day")
    @app_commands.describe(status="what you say", day="today, tomorrow, friday or 2026-12-24; today if you say nothing")
    @app_commands.choices(status=_CHOICES)
    async def set_(self, interaction: discord.Interaction[Any], status: str, day: str = "today") -> None:
        await self.say(interaction, status, day)

    @set_.autocomplete("day")
    async def _set_days(self, interaction: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
        return await self.offered(interaction, typed)

    async def say(self, interaction: discord.Interaction[Any], status: str, day: str) -> None:
        """Write an answer down; shared with the shortcut."""
        async with answering(interaction) as answer:
            meant = self._day(day)
            if isinstance(meant, str):
                await answer.send(discord.Embed(title="Which day?", description=meant), ephemeral=True)
                return
            said: Status = next(known for known in STATUSES if known == status)
            found = await self.answers.answer(meant, interaction.user.id, said)
            text = f"{meant:%A}, {meant.isoformat()}: {TITLES[said].lower()}. {standing(found)}"
            await answer.send(discord.Embed(title="Noted", description=text), ephemeral=True)

    @app_commands.command(description="Take your answer back")
    @app_commands.describe(day="today, tomorrow, friday or 2026-12-24; today if you say nothing")
    async def clear(self, interaction: discord.Interaction[Any], day: str = "today") -> None:
        async with answering(interaction) as answer:
            meant = self._day(day)
            if isinstance(meant, str):
                await answer.send(discord.Embed(title="Which day?", description=meant), ephemeral=True)
                return
            found = await self.answers.answer(meant, interaction.user.id, None)
            await answer.send(discord.Embed(title="Taken back", description=standing(found)), ephemeral=True)

    @app_commands.command(description="Who plays on a day, or the next seven days")
    @app_commands.describe(day="today, tomorrow, friday or 2026-12-24; nothing shows the week")
    async def show(self, interaction: discord.Interaction[Any], day: str | None = None) -> None:
        async with answering(interaction) as answer:
            if day is None:
                await answer.send(await self._week())
                return
            meant = self._day(day)
            if isinstance(meant, str):
                await answer.send(discord.Embed(title="Which day?", description=meant), ephemeral=True)
                return
            await answer.send(await day_embed(self.answers, meant))

    @app_commands.command(description="Which direct messages you want")
    @app_commands.describe(
        enough="when there are enough for a game",
        reminders="in the evening, when you have not answered",
        threshold="how many are enough for you",
    )
    async def notify(
        self,
        interaction: discord.Interaction[Any],
        enough: bool | None = None,
        reminders: bool | None = None,
        threshold: app_commands.Range[int, 1, 64] | None = None,
    ) -> None:
        async with answering(interaction) as answer:
            now = await self.answers.wish_of(interaction.user.id)
            wish = Wish(
                person=interaction.user.id,
                enough=now.enough if enough is None else enough,
                reminders=now.reminders if reminders is None else reminders,
                threshold=threshold or now.threshold,
            )
            if wish != now:
                await self.answers.wish(wish)
            lines = [
                f"When there are enough: {'yes' if wish.enough else 'no'}"
                + (f", from {wish.threshold} people on" if wish.enough and wish.threshold else ""),
                f"Reminders: {'yes' if wish.reminders else 'no'}",
            ]
            await answer.send(discord.Embed(title="Direct messages", description="\n".join(lines)), ephemeral=True)

    async def _week(self) -> discord.Embed:
        days = await self.answers.days(self.today(), _SHOWN_DAYS)
        lines = [f"`{found.day:%a %d.%m.} {bar(found)}` {found.available}/{found.threshold}" for found in days]
        return discord.Embed(title="Who can play", description="\n".join(lines), colour=0x4C9A6A)

    def _day(self, typed: str) -> date | str:
        """The day a person means, or what to tell them."""
        try:
            return parse_day(typed, self.today())
        except ValueError as error:
            return str(error)


def make_cog(ctx: PluginContext, bot: commands.Bot, answers: Answers) -> AvailabilityCog:
    """The cog with its shortcut, which is a command of its own in Discord."""
    cog = AvailabilityCog(ctx, bot, answers)

    @app_commands.command(name="avail", description="Say whether you play on a day")
    @app_commands.describe(status="what you say", day="today, tomorrow, friday or 2026-12-24; today if you say nothing")
    @app_commands.choices(status=_CHOICES)
    async def avail(interaction: discord.Interaction[Any], status: str, day: str = "today") -> None:
        await cog.say(interaction, status, day)

    @avail.autocomplete("day")
    async def _days(interaction: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
        return await cog.offered(interaction, typed)

    bot.tree.add_command(avail)
    return cog
