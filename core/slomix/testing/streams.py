"""Reading an event stream in a test, over a real connection."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2

#: No frame takes longer; whoever waits for one that does not come has found a mistake.
LIMIT_S = 60.0


class FrameReader:
    """Frames of a stream, as mappings of `id`, `event`, `data`, `retry`; a heartbeat is `{"comment": ""}`."""

    def __init__(self, lines: AsyncIterator[str]) -> None:
        self._lines = lines

    async def frame(self) -> dict[str, str]:
        """The next one. Raises `EOFError` at the end of the stream."""
        fields: dict[str, str] = {}
        async with asyncio.timeout(LIMIT_S):
            async for line in self._lines:
                if not line:
                    return fields
                name, _, value = line.partition(":")
                fields[name or "comment"] = value.strip()
        raise EOFError

    async def event(self) -> dict[str, str]:
        """The next one that tells something."""
        while "event" not in (told := await self.frame()):
            pass
        return told


@asynccontextmanager
async def reading_stream(url: str, path: str = "/-/events", **headers: str) -> AsyncIterator[FrameReader]:
    """Open the stream at `path` of a server (see `serving`) as a browser does."""
    async with (
        httpx2.AsyncClient(base_url=url, headers={"Accept": "text/event-stream", **headers}, timeout=10) as web,
        web.stream("GET", path) as response,
    ):
        assert response.status_code == 200, f"status {response.status_code}: {await response.aread()!r}"
        assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
        yield FrameReader(response.aiter_lines())
