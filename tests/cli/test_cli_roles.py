"""Roles in one loop: each is started again, a fatal error ends all, and stopping takes seconds at most."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest
from pydantic import SecretStr

from slomix.cli.roles import Role, run_roles
from slomix.cli.up import ready_line
from slomix.errors import NotHealthy
from slomix.settings import CoreSettings, DiscordSettings, FolderSource, IngestSettings


async def forever() -> None:
    await asyncio.sleep(3600)


async def test_a_role_that_fails_is_started_again_while_the_others_run() -> None:
    stop, starts = asyncio.Event(), 0

    async def stumbling() -> None:
        nonlocal starts
        starts += 1
        if starts == 1:
            raise NotHealthy("the database went away")
        stop.set()

    async with asyncio.timeout(60):
        await run_roles([Role("stumbling", stumbling), Role("steady", forever)], stop)
    assert starts == 2


async def test_a_role_that_is_off_stays_off() -> None:
    stop, starts = asyncio.Event(), 0

    async def off() -> str:
        nonlocal starts
        starts += 1
        asyncio.get_running_loop().call_later(0.1, stop.set)
        return "no token"

    await run_roles([Role("off", off), Role("steady", forever)], stop)
    assert starts == 1


async def test_a_fatal_error_ends_all() -> None:
    ended = False

    async def steady() -> None:
        nonlocal ended
        try:
            await forever()
        finally:
            ended = True

    async def taken() -> None:
        await asyncio.sleep(0)
        raise NotHealthy("the port is taken")

    with pytest.raises(NotHealthy, match="the port is taken"):
        await run_roles([Role("steady", steady), Role("web", taken, fatal=(NotHealthy,))], asyncio.Event())
    assert ended


async def test_a_role_that_does_not_end_does_not_hold_up_the_stop() -> None:
    stop, release = asyncio.Event(), asyncio.Event()

    async def stubborn() -> None:
        while not release.is_set():
            try:
                await release.wait()
            except asyncio.CancelledError:
                continue

    asyncio.get_running_loop().call_later(0.05, stop.set)
    started = time.monotonic()
    await run_roles([Role("stubborn", stubborn)], stop)
    assert time.monotonic() - started < 30
    release.set()


def test_the_ready_line_says_where_what_and_whether() -> None:
    core = CoreSettings()
    assert ready_line(core, "http://x:1") == (
        "Slomix is up: http://x:1 | watching no folder (slomix.ingest.folders) | "
        "Discord off: no token (SLOMIX_DISCORD__TOKEN)"
    )
    watching = CoreSettings(
        ingest=IngestSettings(folders=(FolderSource(path=Path("/games")),)),
        discord=DiscordSettings(token=SecretStr("canary")),
    )
    assert ready_line(watching, "http://x:1") == "Slomix is up: http://x:1 | watching /games | Discord on"
