"""A plugin's context and cogs for the bot's tests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from typing import Any

import discord
import pytest
import structlog
from discord import app_commands
from discord.ext import commands

from slomix.bot.answers import answering
from slomix.bot.commands import PluginCog
from slomix.bot.poster import Poster
from slomix.bot.posts import PostLedger
from slomix.clock import SystemClock
from slomix.context import PluginContext
from slomix.contrib import CogFactory, Post, PostContent
from slomix.settings import CoreSettings
from slomix.storage.database import Database
from slomix.testing.discord.fixtures import Chat


def context(name: str) -> PluginContext:
    """The context of a plugin that only has commands."""
    nothing: Any = None
    return PluginContext(
        name=name,
        settings=nothing,
        core=CoreSettings(),
        db=nothing,
        events=nothing,
        jobs=nothing,
        posts=nothing,
        services=nothing,
        contributions=nothing,
        tasks=nothing,
        people=nothing,
        clock=SystemClock(),
        log=structlog.get_logger(f"slomix.{name}"),
    )


class Greeter(commands.GroupCog, name="hello"):
    """Commands that answer at once, late, wrongly and with a form."""

    @app_commands.command(description="Say hello")
    async def greet(self, interaction: discord.Interaction, name: str = "you") -> None:
        async with answering(interaction) as answer:
            await answer.send(discord.Embed(title=f"Hello {name}"))

    @greet.autocomplete("name")
    async def names(self, interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=n, value=n) for n in ("bronze", "silver") if n.startswith(typed)]

    @app_commands.command(description="Take longer than Discord waits")
    async def late(self, interaction: discord.Interaction, quiet: bool = False) -> None:
        async with answering(interaction) as answer:
            await asyncio.sleep(3.3)
            await answer.send(discord.Embed(title="At last"), ephemeral=quiet)

    @app_commands.command(description="Go wrong")
    async def wrong(self, interaction: discord.Interaction) -> None:
        raise ZeroDivisionError("the divisor")

    @app_commands.command(description="Go wrong after the deferral")
    async def wrong_late(self, interaction: discord.Interaction) -> None:
        async with answering(interaction):
            await asyncio.sleep(1.7)
            raise ZeroDivisionError("the divisor")

    @app_commands.command(description="Open a form")
    async def form(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(Form())


class Form(discord.ui.Modal, title="A form"):
    """Asks one thing."""

    what: discord.ui.TextInput[Form] = discord.ui.TextInput(label="What", custom_id="what")

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"You said {self.what.value}")


@pytest.fixture
def plugin_cog() -> Callable[..., PluginCog]:
    """Makes a `PluginCog` of a plugin name, a cog factory and the shortcuts that it declares."""
    return lambda plugin, make, shortcuts=(): PluginCog(
        plugin, CogFactory(make=make, shortcuts=shortcuts), context(plugin)
    )


@pytest.fixture
def greeter(plugin_cog: Callable[..., PluginCog]) -> PluginCog:
    """The plugin `hello`."""
    return plugin_cog("hello", lambda ctx, bot: Greeter())


POST = "t.round"


class Board:
    """A ledger, a poster that can be killed and started, and what the plugin would tell of each subject."""

    def __init__(self, db: Database, chat: Chat, cogs: Sequence[PluginCog] = ()) -> None:
        self.db, self.chat, self.cogs = db, chat, cogs
        self.ledger = PostLedger(db)
        self.tells: dict[str, Callable[[], discord.Embed | PostContent | None]] = {}
        self._running: asyncio.Task[None] | None = None

    async def render(self, subject: str) -> discord.Embed | PostContent | None:
        return self.tells.get(subject, lambda: discord.Embed(title=f"Round {subject}"))()

    async def start(self) -> None:
        await self.chat.start(self.cogs)
        posts = {POST: Post(name=POST, render=self.render)}
        poster = Poster(self.db, self.ledger, self.chat.bot, posts, self.chat.fake.channel_id)
        self._running = asyncio.create_task(poster.run())

    async def kill(self) -> None:
        if self._running is not None:
            self._running.cancel()
            with suppress(asyncio.CancelledError):
                await self._running
        self._running = None
        await self.chat.stop()

    async def request(self, *subjects: str) -> None:
        async with self.db.transaction() as tx:
            for subject in subjects:
                await self.ledger.request(tx, POST, subject)

    async def refresh(self, subject: str) -> None:
        async with self.db.transaction() as tx:
            await self.ledger.refresh(tx, POST, subject)

    async def row(self, subject: str) -> Any:
        return await self.db.fetchrow("select * from slomix.post where post = $1 and subject = $2", POST, subject)

    async def settled(self, subject: str, state: str = "sent", *, within: float = 60.0) -> Any:
        """The row, once it is in that state and shows what is wanted."""
        async with asyncio.timeout(within):
            while True:
                row = await self.row(subject)
                if row is not None and row["state"] == state and row["done"] == row["wanted"]:
                    return row
                await asyncio.sleep(0.01)

    def titles(self) -> list[str]:
        return [message.embeds[0]["title"] for message in self.chat.fake.posts()]


@pytest.fixture
async def board(db: Database, chat: Chat) -> AsyncIterator[Board]:
    board = Board(db, chat)
    yield board
    await board.kill()
