"""Plugins that are really installed and really broken, and a program with all its roles around them."""

from __future__ import annotations

import asyncio
import importlib
import os
import subprocess
import sys
import textwrap
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from slomix.bot.client import run_bot
from slomix.contrib import Parser
from slomix.ingest.pipeline import Pipeline
from slomix.runtime import Runtime, open_runtime
from slomix.settings import CoreSettings, DatabaseSettings, DiscordSettings, Settings
from slomix.testing.discord.server import FakeDiscord
from slomix.testing.web import client_of
from slomix.web.app import build_app

from .hostile import HEADER

#: A plugin with a page, a job, an event with its handler, and a command: what must go on beside any other.
HEALTHY = """
@dataclass(frozen=True, slots=True, kw_only=True)
class Waved(Event):
    owner = "healthy"
    whom: str

class P(Plugin):
    name = "healthy"
    done = []

    @hookimpl
    def register_routes(self, ctx):
        yield Page(path="/", endpoint=self.page, name="healthy")

    async def page(self, request):
        from starlette.responses import PlainTextResponse
        return PlainTextResponse("well")

    @hookimpl
    def register_jobs(self, ctx):
        yield Job(name="healthy.work", run=self.work)

    async def work(self, payload):
        self.done.append(payload["n"])

    @hookimpl
    def register_handlers(self, ctx):
        yield Handler(event=Waved, run=self.on_wave)

    async def on_wave(self, event, delivery):
        self.done.append(event.whom)

    @hookimpl
    def register_commands(self, ctx):
        def make(ctx, bot):
            import discord
            from discord import app_commands
            from discord.ext import commands

            class Healthy(commands.GroupCog, name="healthy"):
                @app_commands.command(description="Say well")
                async def say(self, interaction: discord.Interaction) -> None:
                    await interaction.response.send_message("well")

            return Healthy()

        yield CogFactory(make=make)
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    folder.mkdir()
    return folder


Install = Callable[..., None]


@pytest.fixture
def install(site: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """`install(name, body, requires="slomix", migrations={"0001.x": (up, down)})` installs package `slomix_<name>`."""
    monkeypatch.syspath_prepend(str(site))
    before = set(sys.modules)

    def install_one(
        name: str, body: str, *, requires: str = "slomix", migrations: dict[str, tuple[str, str]] | None = None
    ) -> None:
        package = site / f"slomix_{name}"
        package.mkdir()
        text = HEADER + textwrap.dedent(body)
        (package / "__init__.py").write_text(text + ("\nplugin = P()\n" if "class P(" in text else ""))
        for number, (up, down) in (migrations or {}).items():
            folder = package / "migrations"
            folder.mkdir(exist_ok=True)
            (folder / f"{name}.{number}.sql").write_text(up)
            (folder / f"{name}.{number}.rollback.sql").write_text(down)
        info = site / f"slomix_{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: slomix-{name}\nVersion: 1.0\nRequires-Dist: {requires}\n"
        )
        (info / "entry_points.txt").write_text(f"[slomix]\n{name} = slomix_{name}:plugin\n")
        importlib.invalidate_caches()

    yield install_one
    for module in set(sys.modules) - before:
        if module.startswith("slomix_"):
            del sys.modules[module]


@dataclass(frozen=True)
class House:
    """A running program: `logs` is what it logged, `web` an in-process client, `person` someone on its Discord."""

    runtime: Runtime
    logs: list[Any]
    web: httpx2.AsyncClient
    fake: FakeDiscord

    def state(self, name: str) -> tuple[str, str]:
        state = self.runtime.host.states[name]
        return state.state, state.reason

    async def job(self, name: str, **payload: Any) -> None:
        async with self.runtime.db.transaction() as tx:
            await self.runtime.jobs.enqueue(tx, name, payload)

    async def publish(self, event: Any) -> None:
        async with self.runtime.db.transaction() as tx:
            await self.runtime.bus.publish(tx, event)

    async def ready(self) -> None:
        """Until the bot has published its commands and listens."""
        await self.fake.gateway.ready()


Home = Callable[..., AbstractAsyncContextManager[House]]


@pytest.fixture
def home(dsn: str, fake_discord: FakeDiscord, tmp_path: Path) -> Home:
    """`async with home("broken", "healthy", strict=True) as house` runs web, worker, bot and live feed."""

    @asynccontextmanager
    async def run(*plugins: str, **core: Any) -> AsyncIterator[House]:
        discord = DiscordSettings(
            token=SecretStr(fake_discord.token),
            guild=fake_discord.guild_id,
            channel=fake_discord.channel_id,
            api_base=fake_discord.api_base,
            gateway_url=fake_discord.gateway_url,
        )
        settings = Settings(
            core=CoreSettings(data_dir=tmp_path / "var", database=DatabaseSettings(url=dsn), discord=discord, **core),
            plugins=dict.fromkeys(plugins, True),
            plugin_sections={},
            file=None,
        )
        with capture_logs() as logs:
            async with open_runtime(settings, role="all") as runtime:
                pipeline = Pipeline(runtime.db, runtime.host.records(Parser), runtime.bus, runtime.clock, settings.core)
                app = build_app(runtime, pipeline)
                roles = [
                    asyncio.create_task(work, name=name)
                    for name, work in (
                        ("live", runtime.run_live()),
                        ("worker", runtime.worker.run()),
                        ("bot", run_bot(runtime)),
                    )
                ]
                try:
                    async with client_of(app) as web:
                        yield House(runtime, logs, web, fake_discord)
                finally:
                    for role in roles:
                        role.cancel()
                    with suppress(TimeoutError):
                        await asyncio.wait(roles, timeout=5)

    return run


@pytest.fixture
def slomix(tmp_path: Path, site: Path, dsn: str) -> Callable[..., subprocess.CompletedProcess[str]]:
    """The program in a process of its own, on the test's database and data folder."""

    def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        environ = {name: value for name, value in os.environ.items() if not name.startswith("SLOMIX_")}
        told = {"PYTHONPATH": str(site), "SLOMIX_DATABASE__URL": dsn, "SLOMIX_DATA_DIR": str(tmp_path / "var")}
        return subprocess.run(
            [sys.executable, "-m", "slomix", *arguments],
            cwd=tmp_path,
            env={**environ, **told, **variables},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run
