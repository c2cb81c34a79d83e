"""Roles in processes of their own on one database: each does its part, live events reach all, one bot is active."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
import pytest
from asyncpg import Connection

from slomix.testing.database import fresh_database, sources_for
from slomix.testing.discord import FakeDiscord

CONFIG = "schema = 1\n[plugins]\nstats = true\nwebui = true\necho = true\n"
# A plugin that writes down which process heard a live event.
ECHO = """
import os
from slomix.contrib import Handler
from slomix.events import RoundImported
from slomix.plugin import Plugin, hookimpl

class Echo(Plugin):
    name = "echo"

    @hookimpl
    def register_handlers(self, ctx):
        async def heard(event, delivery):
            async with ctx.db.transaction() as tx:
                await tx.execute("insert into public.heard values ($1, $2)", os.environ["ROLE"], event.round_id)

        yield Handler(event=RoundImported, run=heard, mode="live")

plugin = Echo()
"""


def install_echo(folder: Path) -> Path:
    info = folder / "site" / "slomix_echo-1.0.dist-info"
    info.mkdir(parents=True)
    (folder / "site" / "slomix_echo.py").write_text(ECHO)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: slomix-echo\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[slomix]\necho = slomix_echo:plugin\n")
    (folder / "plugins.toml").write_text(CONFIG)
    return folder / "site"


@asynccontextmanager
async def role(folder: Path, name: str, *arguments: str, label: str = "", **variables: str) -> AsyncIterator[Any]:
    """`slomix NAME` in a process of its own; yields the process and its ready line."""
    environ = {key: value for key, value in os.environ.items() if not key.startswith("SLOMIX_")}
    with (folder / f"{label or name}.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "slomix", "--config", str(folder / "plugins.toml"), name, *arguments,
            env={**environ, "PYTHONPATH": str(folder / "site"), "ROLE": label or name, **variables},
            stdout=asyncio.subprocess.PIPE, stderr=log,
        )  # fmt: skip
    assert process.stdout is not None
    try:
        async with asyncio.timeout(60):
            line = (await process.stdout.readline()).decode()
        yield process, line
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def simulate(folder: Path, rounds: int) -> None:
    from importlib.metadata import entry_points

    (point,) = entry_points(group="slomix", name="stats")
    (simulator,) = point.load().register_simulators(None)
    list(simulator.run(folder, seed=2, rounds=rounds))


def discord_variables(fake: FakeDiscord) -> dict[str, str]:
    return {
        "SLOMIX_DISCORD__TOKEN": fake.token,
        "SLOMIX_DISCORD__GUILD": str(fake.guild_id),
        "SLOMIX_DISCORD__CHANNEL": str(fake.channel_id),
        "SLOMIX_DISCORD__API_BASE": fake.api_base,
        "SLOMIX_DISCORD__GATEWAY_URL": fake.gateway_url or "",
        "SLOMIX_DISCORD__POST_MAX_AGE": "100000000",
    }


async def heard_by(connection: Connection, role_names: set[str], rounds: int) -> None:
    async with asyncio.timeout(90):
        while True:
            rows = await connection.fetch("select role, count(distinct round) from public.heard group by role")
            if {row[0] for row in rows if row[1] >= rounds} >= role_names:
                return
            await asyncio.sleep(0.1)


async def test_each_does_its_part_on_one_embedded_database(data_dir: Path) -> None:
    folder = data_dir.parent
    install_echo(folder)
    inbox = folder / "inbox"
    inbox.mkdir()
    own = {"SLOMIX_DATA_DIR": str(data_dir), "SLOMIX_INGEST__FOLDERS": str(inbox)}
    async with FakeDiscord() as fake, AsyncExitStack() as stack:
        own |= discord_variables(fake)
        _, line = await stack.enter_async_context(role(folder, "web", "--port", "0", **own))
        url = re.search(r"http://\S+", line)
        assert url is not None, line
        dsn = json.loads(await told(folder, own, "db", "status", "--json"))["dsn"]
        connection = await asyncpg.connect(dsn)
        stack.push_async_callback(connection.close)
        await connection.execute("create table public.heard (role text, round text)")
        await connection.execute("grant insert on public.heard to public")
        simulate(inbox, 2)
        _, line = await stack.enter_async_context(role(folder, "bot", **own))
        assert line == "Slomix bot is up: Discord on\n"
        await asyncio.sleep(0.5)
        assert await connection.fetchval("select count(*) from slomix.artifact") == 0, "nobody but a worker imports"
        _, line = await stack.enter_async_context(role(folder, "worker", **own))
        assert line == f"Slomix worker is up: watching {inbox}\n"
        await heard_by(connection, {"web", "bot", "worker"}, 2)
        async with asyncio.timeout(90):
            while len(fake.posts()) < 2:
                await asyncio.sleep(0.1)
        async with httpx2.AsyncClient(base_url=url[0]) as web:
            (session,) = (await web.get("/stats/api/v1/sessions")).json()["sessions"]
            assert session["rounds"] == 2


async def told(folder: Path, variables: dict[str, str], *arguments: str) -> bytes:
    environ = {key: value for key, value in os.environ.items() if not key.startswith("SLOMIX_")}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "slomix", "--config", str(folder / "plugins.toml"), *arguments,
        env={**environ, "PYTHONPATH": str(folder / "site"), **variables}, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    return (await process.communicate())[0]


async def test_one_bot_is_active_and_the_other_takes_over(tmp_path: Path) -> None:
    install_echo(tmp_path)
    with fresh_database(sources_for(["stats"])) as dsn:
        async with FakeDiscord() as fake, AsyncExitStack() as stack:
            own = {"SLOMIX_DATABASE__URL": dsn, "SLOMIX_DATA_DIR": str(tmp_path / "var"), **discord_variables(fake)}
            connection = await asyncpg.connect(dsn)
            stack.push_async_callback(connection.close)
            await connection.execute("create table public.heard (role text, round text)")
            first, _ = await stack.enter_async_context(role(tmp_path, "bot", label="first", **own))
            await fake.gateway.ready(timeout=30)
            second, _ = await stack.enter_async_context(role(tmp_path, "bot", label="second", **own))
            await asyncio.sleep(1.5)
            assert len(fake.gateway.identifies) == 1, "the second one stands by"
            first.kill()
            await first.wait()
            await fake.gateway.ready(identifies=2, timeout=10)
            second.send_signal(signal.SIGTERM)
            async with asyncio.timeout(60):
                assert await second.wait() == 0


@pytest.mark.parametrize("name", ["web", "bot", "worker"])
async def test_a_database_that_was_not_migrated_is_left_alone(tmp_path: Path, name: str) -> None:
    install_echo(tmp_path)
    with fresh_database([]) as dsn:
        async with role(tmp_path, name, SLOMIX_DATABASE__URL=dsn, SLOMIX_DATA_DIR=str(tmp_path)) as (process, line):
            assert line == ""
            assert await process.wait() == 3
        assert "run `slomix migrate`" in (tmp_path / f"{name}.log").read_text()
        connection = await asyncpg.connect(dsn)
        assert await connection.fetchval("select count(*) from pg_namespace where nspname = 'slomix'") == 0
        await connection.close()


async def test_a_plugin_that_was_not_migrated_is_left_out(tmp_path: Path) -> None:
    install_echo(tmp_path)
    with fresh_database(sources_for([])) as dsn:
        own = {"SLOMIX_DATABASE__URL": dsn, "SLOMIX_DATA_DIR": str(tmp_path)}
        async with role(tmp_path, "web", "--port", "0", **own) as (_, line):
            url = re.search(r"http://\S+", line)
            assert url is not None, line
            async with httpx2.AsyncClient(base_url=url[0]) as web:
                states = {plugin["name"]: plugin for plugin in (await web.get("/-/plugins.json")).json()}
        assert states["stats"]["state"] == "failed"
        assert "run `slomix migrate`" in states["stats"]["reason"]
        assert states["echo"]["state"] == "running"
