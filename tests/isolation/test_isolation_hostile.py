"""Ten ways to misbehave in every hook and in everything that a plugin hands over: the core stays green."""

from __future__ import annotations

import asyncio
import sys
import time
from typing import Any

import pytest

from slomix.host.loader import hook_names
from slomix.jobs import history

from .conftest import HEALTHY, Home, House, Install
from .hostile import BEHAVIOURS, at_work, in_hook

#: Where a declaration really hangs, until its limit of 10 s; in the others for a moment.
HANGS = "register_jobs"


async def is_green(house: House) -> None:
    """The core answers, and the healthy plugin's page, job and handler do their work."""
    for path in ("/healthz", "/api/status", "/-/plugins", "/-/plugins.json", "/openapi.json", "/metrics"):
        assert (await house.web.get(path)).status_code == 200, path
    await house.runtime.bus.live.started()
    assert (await house.web.get("/readyz")).text == "ready\n"
    assert (await house.web.get("/healthy/")).text == "well"
    module = sys.modules["slomix_healthy"]
    mark = time.monotonic()
    await house.job("healthy.work", n=mark)
    await house.publish(module.Waved(whom=str(mark)))
    async with asyncio.timeout(60):
        while not {mark, str(mark)} <= set(module.P.done):
            await asyncio.sleep(0.02)
    assert house.state("healthy") == ("running", "")


@pytest.mark.parametrize("hook", hook_names())
async def test_all_ten_in_one_hook(hook: str, install: Install, home: Home) -> None:
    install("healthy", HEALTHY)
    names = [f"hostile_{behaviour}" for behaviour in BEHAVIOURS]
    for name, behaviour in zip(names, BEHAVIOURS, strict=True):
        install(name, in_hook(name, hook, behaviour, hang=3600 if hook == HANGS else 0.2))
    async with home(*names, "healthy") as house:
        await is_green(house)
        for name in names:
            state, reason = house.state(name)
            assert (state == "running") == (reason == "")
            assert "\n" not in reason
            assert len(reason) < 600
        running = {name.removeprefix("hostile_") for name in names if house.state(name)[0] == "running"}
        # what a startup answers is nobody's concern; these do their harm later or not at all
        harmless = {"wrong", "huge", "block", "leak", "record"} if hook == "startup" else {"block", "leak"}
        called = hook not in ("register_cli", "register_importers", "register_simulators", "shutdown")
        assert running == (harmless if called else set(BEHAVIOURS))
    assert house.state("healthy") == ("stopped", "")


async def test_all_ten_at_work(install: Install, home: Home) -> None:
    install("healthy", HEALTHY)
    install("hostile", at_work())
    async with home("hostile", "healthy") as house:
        answers = await asyncio.gather(*(poke(house, way) for way in BEHAVIOURS))
        assert dict(zip(BEHAVIOURS, answers, strict=True)) == {
            **dict.fromkeys(BEHAVIOURS, 500),
            "hang": None,
        }
        await house.publish(sys.modules["slomix_hostile"].Poked(n=1))
        for way in BEHAVIOURS:
            await house.job(f"hostile.{way}")
        await is_green(house)
        buried = await buried_jobs(house)
        assert {"hostile.raise", "hostile.exit", "hostile.group", "hostile.cancel", "hostile.hang"} <= buried
        state, reason = house.state("hostile")
        assert state == "degraded"
        assert "its task 'exit' failed: SystemExit: 3" in reason
        await is_green(house)
    assert "it left behind P.leaks" in house.state("hostile")[1]


async def poke(house: House, way: str) -> int | None:
    # nobody waits for the limit of an answer (30 s) here
    try:
        async with asyncio.timeout(2 if way == "hang" else 90):
            return (await house.web.get(f"/hostile/{way}")).status_code
    except TimeoutError:
        return None


async def buried_jobs(house: House) -> set[str]:
    """The hostile plugin's jobs that were given up, when all that can be are."""
    async with asyncio.timeout(90):
        while True:
            entries: list[Any] = await history.jobs(house.runtime.db)
            waiting = [job for job in entries if job.name.startswith("hostile.") and job.state != "buried"]
            if not waiting:
                return {job.name for job in entries if job.state == "buried"}
            await asyncio.sleep(0.1)
