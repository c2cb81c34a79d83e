"""A whole program for tests: the named plugins on a test's database, their files imported, their pages answered."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx2
from starlette.applications import Starlette

from slomix.contrib import Parser
from slomix.ingest.pipeline import Outcome, Pipeline
from slomix.runtime import Runtime, open_runtime
from slomix.settings import CoreSettings, DatabaseSettings, Settings
from slomix.testing.web import client_of
from slomix.web.app import build_app


@dataclass(frozen=True, slots=True)
class Running:
    """The program's parts. `web` is an in-process client of `app`."""

    runtime: Runtime
    pipeline: Pipeline
    app: Starlette
    web: httpx2.AsyncClient

    async def take(self, files: Iterable[Path]) -> list[Outcome]:
        """Import files one after the other, in the order given."""
        return [await self.give(file.name, file.read_bytes()) for file in files]

    async def give(self, name: str, data: bytes, *, server: str | None = None) -> Outcome:
        """Import one file."""
        return await self.pipeline.offer(name, data, source="test", server=server, durable=False)


@asynccontextmanager
async def running(dsn: str, *plugins: str) -> AsyncIterator[Running]:
    """The program in the web role with exactly these plugins; a plugin that does not run is an error."""
    with TemporaryDirectory() as folder:
        settings = Settings(
            core=CoreSettings(strict=True, data_dir=Path(folder), database=DatabaseSettings(url=dsn)),
            plugins=dict.fromkeys(plugins, True),
            plugin_sections={},
            file=None,
        )
        async with open_runtime(settings, role="web") as runtime:
            pipeline = Pipeline(runtime.db, runtime.host.records(Parser), runtime.bus, runtime.clock, settings.core)
            app = build_app(runtime, pipeline)
            async with client_of(app) as web:
                yield Running(runtime, pipeline, app, web)
