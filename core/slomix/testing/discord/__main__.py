"""`python -m slomix.testing.discord`: the fake in a process of its own.

Prints one line of JSON with what a bot has to be told, then serves until it is stopped.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal

import click

from slomix.testing.discord.server import FakeDiscord


async def _serve(fake: FakeDiscord) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with fake:
        told = {
            "api_base": fake.api_base,
            "gateway_url": fake.gateway_url,
            "token": fake.token,
            "guild": fake.guild_id,
            "channel": fake.channel_id,
            "page": f"http://{fake.host}:{fake.port}/",
        }
        click.echo(json.dumps(told))
        await stopped.wait()


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=0, show_default=True, help="0 picks a free one.")
@click.option("--token", default="fake-token", show_default=True, help="The bot token to accept.")
@click.option("--guild", default="100000000000000001", show_default=True, help="Id of the guild.")
@click.option("--channel", default="100000000000000002", show_default=True, help="Id of the channel.")
def main(host: str, port: int, token: str, guild: str, channel: str) -> None:
    """A Discord on loopback. Its page shows the channel."""
    asyncio.run(_serve(FakeDiscord(host=host, port=port, token=token, guild_id=guild, channel_id=channel)))


main()
