"""Intents: the union of what running plugins declare, and those that need a permission named with who wants them."""

from __future__ import annotations

import asyncio
import importlib
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import discord
import pytest
import structlog.testing
from pydantic import SecretStr

from slomix.bot.client import run_bot
from slomix.runtime import Runtime, open_runtime
from slomix.settings import CoreSettings, DatabaseSettings, DiscordSettings, Settings
from slomix.testing.discord.server import FakeDiscord

PLUGIN = """
from slomix.plugin import Plugin

class Wants(Plugin):
    name = "{name}"
    migrations = None
    discord_intents = frozenset({intents!r})

plugin = Wants()
"""
Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """`install(name, *intents)` puts a plugin that wants them on the path."""
    monkeypatch.syspath_prepend(str(tmp_path))
    modules: list[str] = []

    def install_one(name: str, *intents: str) -> None:
        modules.append(f"slomix_{name}")
        (tmp_path / f"slomix_{name}.py").write_text(PLUGIN.format(name=name, intents=sorted(intents)))
        info = tmp_path / f"slomix_{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: slomix-{name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[slomix]\n{name} = slomix_{name}:plugin\n")
        importlib.invalidate_caches()

    yield install_one
    for module in modules:
        sys.modules.pop(module, None)


@asynccontextmanager
async def program(dsn: str, fake: FakeDiscord, plugins: dict[str, bool]) -> AsyncIterator[Runtime]:
    discord_settings = DiscordSettings(
        token=SecretStr(fake.token), guild=fake.guild_id, api_base=fake.api_base, gateway_url=fake.gateway_url
    )
    core = CoreSettings(database=DatabaseSettings(url=dsn), discord=discord_settings)
    settings = Settings(core=core, plugins=plugins, plugin_sections={}, file=None)
    async with open_runtime(settings, role="bot") as runtime:
        yield runtime


async def test_the_union_of_what_running_plugins_want_is_asked_for(
    dsn: str, fake_discord: FakeDiscord, install: Install
) -> None:
    install("seeing", "members")
    install("voting", "guild_reactions", "no_such_intent")
    install("resting", "presences")
    async with program(dsn, fake_discord, {"seeing": True, "voting": True, "resting": False}) as runtime:
        with structlog.testing.capture_logs() as logs:
            role = asyncio.create_task(run_bot(runtime))
            await fake_discord.gateway.ready()
            role.cancel()
            with suppress(asyncio.CancelledError):
                await role
        asked = fake_discord.gateway.identifies[0]["intents"]
        assert asked == discord.Intents(guilds=True, members=True, guild_reactions=True).value
        assert "Discord has no intents no_such_intent" in runtime.host.states["voting"].reason
    told = [(e["plugin"], e["intents"]) for e in logs if e["event"] == "a plugin wants privileged intents"]
    assert told == [("seeing", ["members"])]


async def test_an_intent_without_permission_turns_the_bot_off_and_names_who_wants_it(
    dsn: str, fake_discord: FakeDiscord, install: Install
) -> None:
    install("seeing", "members", "guild_reactions")
    install("voting", "guild_reactions")
    fake_discord.world.privileged_intents = discord.Intents(presences=True).value
    async with program(dsn, fake_discord, {"seeing": True, "voting": True}) as runtime:
        reason = await asyncio.wait_for(run_bot(runtime), 60)
        assert "developer portal: seeing wants members" in reason
        assert "voting" not in reason
        assert "reactions" not in reason
        assert runtime.bot_off == reason
