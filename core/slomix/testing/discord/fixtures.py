"""Pytest fixtures: `fake_discord`, a Discord on loopback, and `chat`, a real discord.py client on it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING

import pytest_asyncio

if TYPE_CHECKING:
    from slomix.bot.bot import SlomixBot
    from slomix.bot.commands import PluginCog
    from slomix.runtime import Runtime
    from slomix.settings import DiscordSettings
    from slomix.testing.discord.server import FakeDiscord


class Chat:
    """The bot as it runs in production, and the person who talks to it (`chat.fake.person`).

    `degraded` holds what went wrong with a plugin's commands.
    """

    def __init__(self, fake: FakeDiscord) -> None:
        self.fake = fake
        self.degraded: dict[str, str] = {}
        self._bot: SlomixBot | None = None
        self._connected: asyncio.Task[None] | None = None
        self._address = ExitStack()

    @property
    def settings(self) -> DiscordSettings:
        """Settings that point at the fake."""
        from pydantic import SecretStr

        from slomix.settings import DiscordSettings

        return DiscordSettings(
            token=SecretStr(self.fake.token),
            guild=self.fake.guild_id,
            channel=self.fake.channel_id,
            api_base=self.fake.api_base,
            gateway_url=self.fake.gateway_url,
        )

    @property
    def bot(self) -> SlomixBot:
        """The running client."""
        assert self._bot is not None, "await chat.start(...) first"
        return self._bot

    async def start(
        self,
        cogs: Sequence[PluginCog] = (),
        *,
        settings: DiscordSettings | None = None,
        runtime: Runtime | None = None,
        intents: frozenset[str] = frozenset(),
    ) -> None:
        """Log in with these cogs and wait until the gateway knows the bot. `intents` as plugins ask for them.

        With `runtime` the bot knows who may do what, and has core's own commands.
        """
        from slomix.bot.address import pointed_at
        from slomix.bot.bot import SlomixBot
        from slomix.bot.connection import equip

        settings = settings or self.settings
        self._address.enter_context(pointed_at(settings))
        self._bot = SlomixBot(settings, list(cogs), intents=intents, degrade=self.degraded.__setitem__)
        if runtime is not None:
            equip(self._bot, runtime)
        identified = len(self.fake.gateway.identifies)
        await self._bot.login(self.fake.token)
        self._connected = asyncio.create_task(self._bot.connect(), name="test bot")
        await self.fake.gateway.ready(identifies=identified + 1)

    async def stop(self) -> None:
        """Take the bot off; it may be started again."""
        if self._bot is not None:
            await self._bot.close()
        if self._connected is not None:
            self._connected.cancel()
            with suppress(asyncio.CancelledError):
                await self._connected
        self._bot = self._connected = None
        self._address.close()


@pytest_asyncio.fixture
async def fake_discord() -> AsyncIterator[FakeDiscord]:
    """A Discord of this test's own."""
    from slomix.testing.discord.server import FakeDiscord

    async with FakeDiscord() as fake:
        yield fake


@pytest_asyncio.fixture
async def chat(fake_discord: FakeDiscord) -> AsyncIterator[Chat]:
    """A bot that is started with `await chat.start(cogs)` and stopped with the test."""
    chat = Chat(fake_discord)
    yield chat
    await chat.stop()
