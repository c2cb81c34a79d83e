"""`kill -9` of a posting bot at every step between a request and its message: each is posted exactly once."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import textwrap
from pathlib import Path

import pytest

from slomix.bot.posts import PostLedger
from slomix.storage.database import Database
from slomix.testing.discord.server import FakeDiscord

BOT = """
    import asyncio, discord, os, signal, sys
    from pydantic import SecretStr
    from slomix.bot.address import pointed_at
    from slomix.bot.bot import SlomixBot
    from slomix.bot.poster import Poster
    from slomix.bot.posts import PostLedger
    from slomix.contrib import Post
    from slomix.settings import DatabaseSettings, DiscordSettings
    from slomix.storage.database import Database

    POINT = ""

    def reach(point):
        if point == POINT:
            os.kill(os.getpid(), signal.SIGKILL)

    class Mortal(PostLedger):
        async def claim(self, posts):
            due = await super().claim(posts)
            reach("claimed")
            return due

        async def keep_message(self, due, channel_id, message_id):
            reach("sent")
            await super().keep_message(due, channel_id, message_id)
            reach("written down")

        async def done(self, due, *, told):
            await super().done(due, told=told)
            reach("done")

    async def render(subject):
        return discord.Embed(title=f"Round {subject}")

    async def main(dsn, api, gateway, token, channel):
        settings = DiscordSettings(token=SecretStr(token), api_base=api, gateway_url=gateway)
        db = await Database.open(DatabaseSettings(), dsn)
        with pointed_at(settings):
            bot = SlomixBot(settings, [], intents=frozenset(), degrade=print)
            await bot.login(token)
            posts = {"t.round": Post(name="t.round", render=render)}
            await Poster(db, Mortal(db), bot, posts, int(channel)).run()

    # one process pays for the imports; each bot is a child of its own, with its own pid to kill
    for line in sys.stdin:
        POINT = line.strip()
        child = os.fork()
        if child == 0:
            sys.stdout = sys.stderr  # what it logs is not what is read here
            asyncio.run(main(*sys.argv[1:]))
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
IN_FLIGHT = "in flight"
POINTS = ("claimed", IN_FLIGHT, "sent", "written down", "done")


@pytest.fixture
def bot_script(tmp_path: Path) -> Path:
    path = tmp_path / "bot.py"
    path.write_text(textwrap.dedent(BOT))
    return path


async def test_a_bot_killed_at_any_point_posts_each_round_once(
    db: Database, dsn: str, fake_discord: FakeDiscord, bot_script: Path
) -> None:
    """A bot dies at each point in turn, Discord forgets the nonces in between; then one may finish."""
    ledger = PostLedger(db)
    told = (dsn, fake_discord.api_base, fake_discord.gateway_url, fake_discord.token, str(fake_discord.channel_id))
    pipe = asyncio.subprocess.PIPE
    bots = await asyncio.create_subprocess_exec(sys.executable, str(bot_script), *told, stdin=pipe, stdout=pipe)
    assert bots.stdin is not None
    assert bots.stdout is not None
    output = bots.stdout

    async def said() -> int:
        return int(await asyncio.wait_for(output.readline(), 90))

    async def request(subject: str) -> None:
        async with db.transaction() as tx:
            await ledger.request(tx, "t.round", subject)

    for point in POINTS:
        await request(point)
        hold = fake_discord.hold_next(r"POST /channels/\d+/messages") if point == IN_FLIGHT else None
        bots.stdin.write(f"{point}\n".encode())
        bot = await said()
        if hold is not None:
            await hold.reached(15)
            os.kill(bot, signal.SIGKILL)
            hold.release()
        assert await said() == -signal.SIGKILL
        fake_discord.world.forget_nonces()
    await request("the last")
    bots.stdin.write(b"never\n")
    bot = await said()
    subjects = [*POINTS, "the last"]
    try:
        async with asyncio.timeout(60):
            while await db.fetchval("select count(*) from slomix.post where done = wanted") < len(subjects):
                await asyncio.sleep(0.05)
    finally:
        os.kill(bot, signal.SIGKILL)
        bots.stdin.close()
        await bots.wait()
    posts = fake_discord.posts()
    assert sorted(message.embeds[0]["title"] for message in posts) == sorted(f"Round {each}" for each in subjects)
    stored = {str(row["message_id"]) for row in await db.fetch("select message_id from slomix.post")}
    assert stored == {message.id for message in posts}
