"""Where Discord is: discord.py keeps the addresses in two class attributes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import discord.gateway
import discord.http
import yarl

from slomix.settings import DiscordSettings

OFFICIAL_API = str(DiscordSettings.model_fields["api_base"].default)


@contextmanager
def pointed_at(settings: DiscordSettings) -> Iterator[None]:
    """Let discord.py talk to the addresses of the settings, for the duration of the block."""
    route, socket = discord.http.Route, discord.gateway.DiscordWebSocket
    before = route.BASE, socket.DEFAULT_GATEWAY
    route.BASE = settings.api_base.rstrip("/")
    if settings.gateway_url is not None:
        socket.DEFAULT_GATEWAY = yarl.URL(settings.gateway_url)
    try:
        yield
    finally:
        route.BASE, socket.DEFAULT_GATEWAY = before


async def find_gateway(client: discord.Client, settings: DiscordSettings) -> None:
    """Where only the REST address was changed, ask it for the gateway, as it is not the official one either."""
    if settings.gateway_url is None and settings.api_base.rstrip("/") != OFFICIAL_API:
        _, url, _ = await client.http.get_bot_gateway()
        discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(url)
