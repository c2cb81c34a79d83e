"""The route of a live channel: the right of who listens is asked first, the stream is core's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slomix.contrib import Page as Route
from slomix.web import auth
from slomix_webui.api import LiveChannel

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response


def channel_route(plugin: str, record: LiveChannel) -> Route:
    """`/<plugin>/live/<name>`, of `webui` at `/live/<name>`."""
    channel = record.channel

    async def listen(request: Request) -> Response:
        if record.permission is not None:
            await auth.require(request, record.permission)
        return await channel.answer(request)

    root = plugin == "webui"
    return Route(path=f"/live/{channel.name}", endpoint=listen, name=f"live.{channel.name}", root=root, stream=True)
