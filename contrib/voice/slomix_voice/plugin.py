"""The plugin: says what voice watches, keeps, shows and answers. What only one role needs is imported inside."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from slomix.contrib import CogFactory, Export, People, Post, Service
from slomix.plugin import Plugin, hookimpl
from slomix.settings import PluginSettings
from slomix_voice.api import Voice
from slomix_voice.gathering import Rules
from slomix_voice.store import Channels

if TYPE_CHECKING:
    from discord.ext import commands

    from slomix.context import Db, PluginContext

_GATHERINGS = "select id, started_at, ended_at, most from voice.gathering order by id"


class VoiceSettings(PluginSettings):
    """`[settings.voice]`."""

    channels: tuple[int, ...] = Field((), description="the voice channels to watch")
    start_threshold: int = Field(6, ge=1, description="so many people begin an evening")
    end_threshold: int = Field(2, ge=1, description="fewer than this many end it")
    end_delay_s: int = Field(300, ge=0, description="seconds for which there have to be so few")
    suggest_at: tuple[int, ...] = Field((4, 6, 8, 10), description="numbers of people at which teams are proposed")


class VoicePlugin(Plugin):
    """Who is in the voice channels."""

    name: ClassVar[str] = "voice"
    requires: ClassVar[tuple[str, ...]] = ("stats",)
    Settings: ClassVar[type[PluginSettings]] = VoiceSettings
    discord_intents: ClassVar[frozenset[str]] = frozenset({"guilds", "voice_states"})

    @hookimpl
    def register_services(self, ctx: PluginContext) -> Iterable[Service]:
        yield Service(protocol=Voice, implementation=_channels(ctx))

    @hookimpl
    def register_posts(self, ctx: PluginContext) -> Iterable[Post]:
        from slomix_voice.posts import posts

        return posts(ctx, _channels(ctx))

    @hookimpl
    def register_commands(self, ctx: PluginContext) -> Iterable[CogFactory]:
        def make(ctx: PluginContext, bot: commands.Bot) -> commands.Cog:
            from slomix_voice.discord.cog import VoiceCog

            return VoiceCog(ctx, bot, _channels(ctx), ctx.settings.channels)

        yield CogFactory(make=make)

    @hookimpl
    def register_people(self, ctx: PluginContext) -> Iterable[People]:
        from slomix_voice.people import people

        yield people()

    @hookimpl
    def register_exports(self, ctx: PluginContext) -> Iterable[Export]:
        columns = ("id", "started_at", "ended_at", "most")
        yield Export(
            kind="gatherings", columns=columns, rows=_rows, summary="one row per evening in the voice channels"
        )


def _channels(ctx: PluginContext) -> Channels:
    settings = ctx.settings
    rules = Rules(
        start=settings.start_threshold,
        end=settings.end_threshold,
        delay=timedelta(seconds=settings.end_delay_s),
        suggest_at=settings.suggest_at,
    )
    return Channels(ctx, rules)


async def _rows(db: Db) -> AsyncIterator[Mapping[str, Any]]:
    async with db.transaction(read_only=True) as tx:
        async for row in tx.cursor(_GATHERINGS, prefetch=500):
            ended = row["ended_at"]
            yield dict(row) | {
                "started_at": row["started_at"].isoformat(),
                "ended_at": None if ended is None else ended.isoformat(),
            }


plugin = VoicePlugin()
