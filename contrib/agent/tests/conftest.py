"""The agent as a module, and as the process that it is."""

from __future__ import annotations

import asyncio
import importlib.util
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

AGENT = Path(__file__).parents[1] / "slomix_agent.py"


@pytest.fixture(scope="session")
def agent() -> ModuleType:
    """The one file, imported."""
    spec = importlib.util.spec_from_file_location("slomix_agent", AGENT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["slomix_agent"] = module
    spec.loader.exec_module(module)
    return module


@dataclass
class GameHost:
    """A game host with its folders and logs; the agent runs there as a process of its own."""

    home: Path

    def __post_init__(self) -> None:
        for name in ("gamestats", "gametimes", "telemetry"):
            (self.home / name).mkdir()

    @property
    def gamestats(self) -> Path:
        return self.home / "gamestats"

    @property
    def engine_log(self) -> Path:
        return self.home / "legacy3.log"

    @property
    def script_log(self) -> Path:
        return self.home / "slomix-live.log"

    def configure(self, url: str, token: str) -> Path:
        """Write settings and token; answers where the settings are."""
        (self.home / "token").write_text(token + "\n")
        ini = self.home / "agent.ini"
        ini.write_text(
            f"[agent]\nurl = {url}\ntoken_file = {self.home}/token\nspool = {self.home}/spool\n"
            f"gamestats = {self.gamestats}\ngametimes = {self.home}/gametimes\ntelemetry = {self.home}/telemetry\n"
            f"engine_log = {self.engine_log}\nscript_log = {self.script_log}\n"
        )
        return ini

    async def run(self, *options: str) -> tuple[int, str]:
        """Run the agent to its end: exit code and what it said."""
        async with self.running(*options) as process:
            _, said = await process.communicate()
        assert process.returncode is not None
        return process.returncode, said.decode()

    @asynccontextmanager
    async def running(self, *options: str) -> AsyncIterator[asyncio.subprocess.Process]:
        """The agent, until the block ends."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-I", str(AGENT), "--config", str(self.home / "agent.ini"), *options,
            stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        try:
            yield process
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()


@pytest.fixture
def host(tmp_path: Path) -> GameHost:
    """An empty game host."""
    return GameHost(tmp_path)


async def until(condition: Callable[[], object], *, seconds: float = 60) -> None:
    """Wait for a condition that is a coroutine function or a plain one."""
    async with asyncio.timeout(seconds):
        while True:
            value = condition()
            if asyncio.iscoroutine(value):
                value = await value
            if value:
                return
            await asyncio.sleep(0.05)


@pytest.fixture(name="until")
def _until() -> Callable[..., object]:
    return until
