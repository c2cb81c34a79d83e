"""What the benchmarks share: the program and the fake Discord in processes of their own, and a table."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import httpx2

ROOT = Path(__file__).resolve().parents[1]


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def table(title: str, head: Sequence[str], lines: Iterable[Sequence[str]]) -> None:
    """Print a small aligned table."""
    all_lines = [tuple(head), *(tuple(line) for line in lines)]
    widths = [max(len(line[n]) for line in all_lines) for n in range(len(head))]
    print(f"\n{title}")
    for line in all_lines:
        print("  " + "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)))


@contextlib.asynccontextmanager
async def program(
    arguments: Sequence[str],
    environment: dict[str, str],
    port: int,
    *,
    quiet: bool = False,
    begun: Callable[[int], None] = lambda pid: None,
) -> AsyncIterator[str]:
    """Run `slomix …` until the block ends; yields its address once it answers. `quiet` drops its log; `begun` is told
    the process id."""
    told = asyncio.subprocess.DEVNULL if quiet else None
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "slomix", *arguments, env=os.environ | environment, cwd=ROOT, stdout=told, stderr=told
    )
    base = f"http://127.0.0.1:{port}"
    begun(process.pid)
    try:
        async with httpx2.AsyncClient(base_url=base) as client, asyncio.timeout(60):
            while True:
                if process.returncode is not None:
                    raise SystemExit(f"the program ended with {process.returncode}")
                with contextlib.suppress(httpx2.HTTPError):
                    if (await client.get("/healthz")).status_code == 200:
                        break
                await asyncio.sleep(0.05)
        yield base
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


@contextlib.asynccontextmanager
async def discord_process() -> AsyncIterator[dict[str, Any]]:
    """A fake Discord in a process of its own; yields what a bot has to be told."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "slomix.testing.discord", stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        yield json.loads(await process.stdout.readline())
    finally:
        process.terminate()
        await process.wait()
