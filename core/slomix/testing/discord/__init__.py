"""A fake Discord on the wire (REST v10 and gateway), for tests, the demo and machines without a bot token.

    async with FakeDiscord() as fake:
        settings = DiscordSettings(token=fake.token, api_base=fake.api_base, gateway_url=fake.gateway_url, ...)
        ...                                     # an unmodified discord.py client runs against it
        answer = await fake.person.slash("stats player", name="bronze")
        assert answer.embeds[0]["title"] == "..."

`python -m slomix.testing.discord --port N` runs it in a process of its own.
"""

from __future__ import annotations

from slomix.testing.discord.models import Call, Json, Message
from slomix.testing.discord.server import FakeDiscord

__all__ = ["Call", "FakeDiscord", "Json", "Message"]
