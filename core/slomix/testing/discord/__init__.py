"""A fake Discord on the wire (REST v10 and gateway), for tests, the demo and machines without a bot token.

    from slomix.testing.discord import FakeDiscord

    async with FakeDiscord() as fake:
        settings = DiscordSettings(token=fake.token, api_base=fake.api_base, gateway_url=fake.gateway_url, ...)
        ...                                     # an unmodified discord.py client runs against it
        answer = await fake.person.slash("stats player", name="bronze")
        assert answer.embeds[0]["title"] == "..."

`python -m slomix.testing.discord --port N` runs it in a process of its own. The server is imported when it is
asked for, so that the fixtures cost a test run nothing until they are used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from slomix.testing.discord.server import FakeDiscord

__all__ = ["FakeDiscord"]


def __getattr__(name: str) -> type[FakeDiscord]:
    if name == "FakeDiscord":
        from slomix.testing.discord.server import FakeDiscord

        return FakeDiscord
    raise AttributeError(name)
