"""Workers and the program on a test's database."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from slomix.clock import SystemClock
from slomix.jobs.queue import JobQueue
from slomix.jobs.worker import Runnable, Worker

Slomix = Callable[..., subprocess.CompletedProcess[str]]


class Work:
    """What the tests of a worker are made of."""

    @staticmethod
    def runnable(run: Any, **more: Any) -> Runnable:
        return Runnable(name="test.job", run=run, timeout=timedelta(seconds=30), retries=more.pop("retries", 3), **more)

    @staticmethod
    def queue() -> JobQueue:
        queue = JobQueue(SystemClock())
        queue.declare(["test.job"])
        return queue

    @staticmethod
    @contextlib.asynccontextmanager
    async def working(worker: Worker) -> AsyncIterator[None]:
        task = asyncio.create_task(worker.run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
def work() -> type[Work]:
    return Work


@pytest.fixture
def slomix(tmp_path: Path, dsn: str) -> Slomix:
    """`slomix("jobs", "--json")` on the test's database, without any plugin but those of `plugins.toml`."""
    config = tmp_path / "plugins.toml"
    config.write_text("schema = 1\n[plugins]\n")
    environ = {name: value for name, value in os.environ.items() if not name.startswith("SLOMIX_")}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "slomix", "--config", str(config), *arguments],
            env={**environ, "SLOMIX_DATABASE__URL": dsn},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run
