"""The plugin: says what availability asks, keeps, shows and answers. What only one role needs is imported inside."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, cast
from zoneinfo import ZoneInfo

from pydantic import Field

from slomix.contrib import Api, CogFactory, Export, Job, Page, People, Post, Service, Static
from slomix.plugin import Plugin, hookimpl
from slomix.settings import PluginSettings
from slomix_availability.api import Availability, Day
from slomix_availability.days import WEEKDAYS, poll_is_due, reminders_due, today_of
from slomix_availability.store import Answers, rows

if TYPE_CHECKING:
    from discord.ext import commands

    from slomix.context import PluginContext
    from slomix_webui import api

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_DAYS_AHEAD = 14
STATIC = Path(__file__).parent / "static"


class AvailabilitySettings(PluginSettings):
    """`[settings.availability]`."""

    poll: bool = Field(False, description="whether the bot asks by itself every day")
    opens_at: time = Field(time(10), description="when it asks, by slomix.timezone")
    reminders: tuple[time, ...] = Field((time(20, 45), time(21)), description="when it reminds, by slomix.timezone")
    weekdays: tuple[Weekday, ...] = Field(cast("tuple[Weekday, ...]", WEEKDAYS), description="the days it asks for")
    threshold: int = Field(6, ge=1, le=64, description="so many people make an evening")
    channel: int | None = Field(None, description="where it asks; None is the channel of the automatic posts")
    keep_days: int = Field(365, ge=1, description="answers that are older are deleted")


class AvailabilityPlugin(Plugin):
    """Who can play tonight."""

    name: ClassVar[str] = "availability"
    after: ClassVar[tuple[str, ...]] = ("webui",)
    Settings: ClassVar[type[PluginSettings]] = AvailabilitySettings

    @hookimpl
    def register_services(self, ctx: PluginContext) -> Iterable[Service]:
        yield Service(protocol=Availability, implementation=Answers(ctx))

    @hookimpl
    def register_jobs(self, ctx: PluginContext) -> Iterable[Job]:
        answers = Answers(ctx)

        async def tick(payload: Any) -> None:
            await ask_and_remind(ctx, answers)

        yield Job(name="availability.tick", run=tick, every=timedelta(minutes=1))

    @hookimpl
    def register_posts(self, ctx: PluginContext) -> Iterable[Post]:
        from slomix_availability.posts import posts

        return posts(ctx, Answers(ctx))

    @hookimpl
    def register_commands(self, ctx: PluginContext) -> Iterable[CogFactory]:
        def make(ctx: PluginContext, bot: commands.Bot) -> commands.Cog:
            from slomix_availability.discord.cog import make_cog

            return make_cog(ctx, bot, Answers(ctx))

        yield CogFactory(make=make, shortcuts=("avail",))

    @hookimpl
    def register_routes(self, ctx: PluginContext) -> Iterable[Api | Page | Static]:
        answers = Answers(ctx)

        async def days(request: Any) -> tuple[Day, ...]:
            return await answers.days(today_of(ctx.clock.now(), ctx.core.timezone), _DAYS_AHEAD)

        async def answer(request: Any) -> Any:
            from slomix_availability.web.answering import take_answer

            return await take_answer(ctx, request)

        yield Static(folder=STATIC)
        yield Page(path="/answer", endpoint=answer, name="answer", methods=("POST",))
        yield Api(path="/days", endpoint=days, response=tuple[Day, ...], summary="How many can play on the coming days")

    # The dashboard's hooks; nobody calls them where `webui` does not run.

    @hookimpl
    def webui_templates(self, ctx: PluginContext) -> Iterable[api.Templates]:
        from slomix_availability.web import records
        from slomix_webui import api

        yield api.Templates(folder=records.FOLDER, messages=records.MESSAGES)

    @hookimpl
    def webui_pages(self, ctx: PluginContext) -> Iterable[api.Page]:
        from slomix_availability.web import records

        return records.pages(ctx)

    @hookimpl
    def webui_nav(self, ctx: PluginContext) -> Iterable[api.NavItem]:
        from slomix_availability.web import records

        return records.nav(ctx)

    @hookimpl
    def webui_widgets(self, ctx: PluginContext) -> Iterable[api.Widget]:
        from slomix_availability.web import records

        return records.widgets(ctx)

    @hookimpl
    def webui_assets(self, ctx: PluginContext) -> Iterable[api.Asset]:
        from slomix_availability.web import records
        from slomix_webui import api

        yield api.Asset(path=records.STYLE, kind="style")

    @hookimpl
    def webui_settings(self, ctx: PluginContext) -> Iterable[api.SettingsPanel]:
        from slomix_availability.web import records

        return records.settings(ctx)

    @hookimpl
    def register_people(self, ctx: PluginContext) -> Iterable[People]:
        from slomix_availability.people import people

        yield people()

    @hookimpl
    def register_exports(self, ctx: PluginContext) -> Iterable[Export]:
        columns = ("day", "person", "status", "answered_at")
        yield Export(kind="availability", columns=columns, rows=rows, summary="one row per answer of a person")


async def ask_and_remind(ctx: PluginContext, answers: Answers) -> None:
    """What is due now: the poll of this day, its reminders, and the deletion of what is old."""
    settings: AvailabilitySettings = ctx.settings
    now = ctx.clock.now().astimezone(ZoneInfo(ctx.core.timezone))
    if settings.poll and poll_is_due(now, settings.opens_at, settings.weekdays):
        await answers.open_poll(now.date())
        for due in reminders_due(now, settings.reminders):
            await answers.remind(now.date(), due)
    await answers.forget_old(now.date(), settings.keep_days)


plugin = AvailabilityPlugin()
