"""The first minute of a newcomer: one command, a played session, posts in Discord, rounds that keep landing."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import unescape
from pathlib import Path
from typing import Any

import httpx2

ROOT = Path(__file__).parents[2]


@asynccontextmanager
async def demo(data_dir: Path, *, speed: int = 120) -> AsyncIterator[tuple[asyncio.subprocess.Process, str, str]]:
    """`slomix demo` on free ports; yields the process, the dashboard's and Discord's address."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("SLOMIX_")}
    environment |= {"SLOMIX_DATA_DIR": str(data_dir), "SLOMIX_WEB__PORT": "0", "SLOMIX_CONFIG": str(ROOT)}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "slomix", "demo", "--discord-port", "0", "--speed", str(speed),
        env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        addresses: list[str] = []
        async with asyncio.timeout(60):
            while len(addresses) < 2:
                line = (await process.stdout.readline()).decode()
                assert line, "the demo ended before it served"
                addresses += re.findall(r"http://[\d.]+:\d+", line)[:1]
        yield process, addresses[1], addresses[0]
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_a_session_is_there_and_rounds_keep_landing(data_dir: Path) -> None:
    async with demo(data_dir) as (process, pages, discord), httpx2.AsyncClient(timeout=10) as client:
        async with asyncio.timeout(90):
            while (await client.get(f"{pages}/api/status")).json()["ledger"]["imported"] < 12:
                await asyncio.sleep(0.1)
        home = await client.get(f"{pages}/")
        assert home.status_code == 200
        assert "Latest night" in home.text
        assert "demo server" in (await client.get(f"{pages}/system")).text
        sessions: list[dict[str, Any]] = []
        async with asyncio.timeout(60):
            while not sessions or sessions[0]["rounds"] < 14:
                sessions = (await client.get(f"{pages}/stats/api/v1/sessions")).json()["sessions"]
                await asyncio.sleep(0.2)
        async with asyncio.timeout(90):
            while len((await client.get(f"{discord}/_/messages")).json()) < 10:
                await asyncio.sleep(0.2)
        async with asyncio.timeout(60):
            while not (live := (await client.get(f"{pages}/stats/api/v1/live")).json())["servers"]:
                await asyncio.sleep(0.2)
        assert live["servers"][0]["server"] == "demo server"
        status = (await client.get(f"{pages}/api/status")).json()
        assert status["bot"]["on"] is True
        assert status["ledger"]["quarantined"] == 0
        assert sessions[0]["server"] == "demo server"

        begun = await client.get(f"{pages}/-/login?next=/players")
        who = await client.get(begun.headers["location"])
        assert "Zwibl" in who.text
        click = re.search(r'href="(/oauth2/authorize[^"]+)">tester<', who.text)
        assert click is not None
        back = await client.get(f"{discord}{unescape(click[1])}")
        done = await client.get(back.headers["location"])
        assert (done.status_code, done.headers["location"]) == (303, "/players")
        assert "slomix_session" in client.cookies
        assert "<h1>tester</h1>" in (await client.get(f"{pages}/me")).text

        process.send_signal(signal.SIGINT)
        async with asyncio.timeout(60):
            assert await process.wait() == 0


async def test_a_folder_that_no_demo_made_is_left_alone(tmp_path: Path) -> None:
    precious = tmp_path / "demo" / "precious.txt"
    precious.parent.mkdir()
    precious.write_text("mine")
    environment = os.environ | {"SLOMIX_DATA_DIR": str(tmp_path), "SLOMIX_CONFIG": str(ROOT)}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "slomix", "demo", "--discord-port", "0", env=environment, stderr=asyncio.subprocess.PIPE
    )
    _, complaint = await asyncio.wait_for(process.communicate(), 90)
    assert process.returncode == 1
    assert b"holds something that no demo made" in complaint
    assert precious.read_text() == "mine"
