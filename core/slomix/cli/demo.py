"""`slomix demo`: a simulated community on a fake Discord, so that the first minute shows something."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from slomix.cli.invocation import Invocation, pass_invocation, run_async
from slomix.errors import SlomixError

if TYPE_CHECKING:
    from slomix.settings import Settings

#: The game server that plays.
SERVER = "demo server"
#: Marks a folder that `slomix demo` made and may throw away.
MARK = ".slomix-demo"
#: Who can log in, beside the owner: some of those who play.
PEOPLE = ("Zwibl", "lampica", "okapi.")
#: Rounds that are there at the start: most of an evening.
PLAYED = 12
SEED = 7
#: Where the game server writes its logs.
LOGS = "logs"


@click.command()
@click.option("--speed", default=25.0, show_default=True, help="How many times faster than life rounds are played.")
@click.option("--discord-port", default=8081, show_default=True, help="Port of the fake Discord; 0 picks a free one.")
@pass_invocation
def demo(invocation: Invocation, speed: float, discord_port: int) -> None:
    """Show a community that plays, live, without any setup.

    Starts an embedded database in the data folder's `demo` (made anew each time), a simulated game server, a fake
    Discord and the dashboard. A played session is there at the start, and rounds keep landing.
    """
    run_async(_demo(invocation, speed, discord_port))


async def _demo(invocation: Invocation, speed: float, discord_port: int) -> None:
    from slomix.cli.up import serve
    from slomix.testing.discord import FakeDiscord

    settings = invocation.settings()
    home = settings.core.data_dir / "demo"
    await _clear(home)
    inbox = home / "gamestats"
    try:
        fake = FakeDiscord(port=discord_port)
    except OSError as error:
        raise SlomixError(
            f"Port {discord_port} is taken ({error.strerror}); choose another with --discord-port."
        ) from error
    async with fake:
        for name in PEOPLE:
            fake.world.add_person(name)
        owner = fake.world.person["global_name"]
        click.echo(
            f"Discord: http://{fake.host}:{fake.port}/ (the channel that the bot posts to; type commands there). "
            f"{owner} is the owner; log in on the pages as {owner} or as one who plays."
        )
        ours = _for_demo(settings, home, inbox, fake)
        async with _playing(settings, inbox, speed), _telling(ours, home):
            await serve(ours, **invocation.choice())


def _for_demo(settings: Settings, home: Path, inbox: Path, fake: Any) -> Settings:
    """The settings of the file with database, folder and Discord replaced by the demo's own."""
    from pydantic import SecretStr

    from slomix.settings import DatabaseSettings, FolderSource, LoginSettings

    core = settings.core
    discord = core.discord.model_copy(
        update={
            "token": SecretStr(fake.token),
            "guild": fake.guild_id,
            "channel": fake.channel_id,
            "owner": int(fake.world.person["id"]),
            "api_base": fake.api_base,
            "gateway_url": fake.gateway_url,
        }
    )
    ingest = core.ingest.model_copy(update={"folders": (FolderSource(path=inbox, server=SERVER),)})
    web = core.web if core.web.port else core.web.model_copy(update={"port": _free_port(core.web.host)})
    if web.public_url is None:
        web = web.model_copy(update={"public_url": f"http://{web.host}:{web.port}"})
    login = LoginSettings(client_id=fake.client_id, client_secret=SecretStr(fake.world.client_secret))
    web = web.model_copy(update={"login": login})
    changed = {"data_dir": home, "database": DatabaseSettings(), "discord": discord, "ingest": ingest, "web": web}
    return settings.model_copy(update={"core": core.model_copy(update=changed)})


def _free_port(host: str) -> int:
    with socket.create_server((host, 0)) as free:
        return int(free.getsockname()[1])


async def _clear(home: Path) -> None:
    """Throw the last demo away. Refuses a folder that is not one."""
    from slomix.storage import embedded

    if home.exists():
        if any(home.iterdir()) and not (home / MARK).exists():
            raise SlomixError(f"{home} holds something that no demo made; move it away, or set SLOMIX_DATA_DIR.")
        await embedded.stop(home)
        shutil.rmtree(home)
    home.mkdir(parents=True)
    (home / MARK).touch()
    (home / "gamestats").mkdir()


@asynccontextmanager
async def _playing(settings: Settings, inbox: Path, speed: float) -> AsyncIterator[None]:
    """Play in a process of its own until the block ends: most of an evening at once, the rest as it goes."""
    how = ["--seed", str(SEED), "--played", str(PLAYED), "--speed", str(speed), "--companions"]
    logs = ["--live-logs", str(inbox.parent / LOGS)]
    command = [sys.executable, "-m", "slomix", "simulate", "--out", str(inbox), *how, *logs]
    environment = dict(os.environ)
    if settings.file is not None:
        environment["SLOMIX_CONFIG"] = str(settings.file)
    process = await asyncio.create_subprocess_exec(
        *command, env=environment, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        yield
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


@asynccontextmanager
async def _telling(settings: Settings, home: Path) -> AsyncIterator[None]:
    """Let a game host's agent tell of the running round until the block ends. Without it there is no live round."""
    task = asyncio.create_task(_agent(settings, home), name="agent")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _agent(settings: Settings, home: Path) -> None:
    from slomix.cli.agent import AGENT, agent_folder
    from slomix.identity.servers import create_token, ensure_server
    from slomix.runtime import open_database

    async with open_database(settings) as db, db.transaction() as tx:
        await ensure_server(tx, SERVER)
        token = await create_token(tx, SERVER)
    logs, ini, web = home / LOGS, home / "agent.ini", settings.core.web
    ini.write_text(
        f"[agent]\nurl = http://{web.host}:{web.port}\nspool = {home / 'agent'}\n"
        f"engine_log = {logs / 'legacy3.log'}\nscript_log = {logs / 'slomix-live.log'}\n"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-I", str(agent_folder() / AGENT), "--config", str(ini),
        env={**os.environ, "SLOMIX_AGENT_TOKEN": token},
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        await process.wait()
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
