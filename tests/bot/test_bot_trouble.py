"""Posts while Discord is down, limits the bot, forgets an answer or the connection, and while the database restarts."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from slomix.bot.commands import PluginCog
from slomix.settings import DatabaseSettings
from slomix.storage.database import Database
from slomix.storage.embedded import attach, status
from slomix.storage.migrate import core_migrations, migrate
from slomix.testing.discord.fixtures import Chat

from .conftest import Board

SEND = r"POST /channels/\d+/messages"


async def test_an_outage_delays_posts_and_doubles_none(board: Board) -> None:
    await board.start()
    async with board.chat.fake.outage():
        await board.request("a", "b")
        async with asyncio.timeout(60):
            while not board.chat.fake.calls_of("POST", "/messages$"):
                await asyncio.sleep(0.05)
        assert board.titles() == []
    await board.settled("b", within=60)
    assert board.titles() == ["Round a", "Round b"]
    await board.chat.fake.gateway.resumed()


async def test_the_delay_grows_and_is_kept_to_the_second(board: Board) -> None:
    """What discord.py does not try again by itself, the ledger does when its delay is over, not at a patrol."""
    for _ in range(2):
        board.chat.fake.fail_next(SEND, 403, {"message": "not now", "code": 0})
    await board.start()
    began = time.monotonic()
    await board.request("a")
    await board.settled("a")
    assert 5.8 < time.monotonic() - began < 40  # 2 s, then 4 s; the patrol comes after a minute
    assert len(board.chat.fake.calls_of("POST", "/messages$")) == 3


async def test_an_answer_that_got_lost_posts_once(board: Board) -> None:
    """Discord took the message, then the proxy in front of it answered 502: the nonce makes the second try the same."""
    await board.start()
    board.chat.fake.fail_next(SEND, 502, after=True)
    await board.request("a")
    row = await board.settled("a")
    assert len(board.chat.fake.calls_of("POST", "/messages$")) == 2
    assert [message.id for message in board.chat.fake.posts()] == [str(row["message_id"])]


async def test_a_gateway_that_resumes_while_posting_posts_once(board: Board) -> None:
    await board.start()
    hold = board.chat.fake.hold_next(SEND)
    await board.request("a", "b")
    await hold.reached()
    await board.chat.fake.gateway.drop(4000)
    await board.chat.fake.gateway.resumed()
    hold.release()
    await board.settled("b")
    assert board.titles() == ["Round a", "Round b"]
    assert len(board.chat.fake.gateway.identifies) == 1


async def test_the_limit_of_a_route_is_kept_without_being_told_off(board: Board) -> None:
    board.chat.fake.quotas.ration(SEND, requests=3, seconds=0.7)
    await board.start()
    began = time.monotonic()
    await board.request(*"abcdefg")
    await board.settled("g")
    assert time.monotonic() - began > 1.3  # three windows
    assert board.titles() == [f"Round {subject}" for subject in "abcdefg"]
    assert len(board.chat.fake.quotas.refused) <= 1


async def test_a_global_limit_silences_everything_but_answers(chat: Chat, greeter: PluginCog, db: Database) -> None:
    board = Board(db, chat, cogs=[greeter])
    await board.start()
    try:
        began = time.monotonic()
        chat.fake.quotas.close(1.2)
        await board.request("a", "b")
        assert (await chat.fake.person.slash("hello greet")).embeds  # answers to people are not limited
        await board.settled("b")
        assert time.monotonic() - began > 1.2
        assert board.titles() == ["Hello you", "Round a", "Round b"]
        assert len(chat.fake.quotas.refused) == 1  # told once, then silent
    finally:
        await board.kill()


@asynccontextmanager
async def own_server(data: Path) -> AsyncIterator[Database]:
    """A database server of the test's own, that may be killed."""
    attachment = await attach(data)
    database = None
    try:
        await migrate(attachment.dsn, [core_migrations()])
        database = await Database.open(DatabaseSettings(), attachment.dsn, revive=attachment.ensure)
        yield database
    finally:
        if database is not None:
            await database.close()
        await attachment.release()


@pytest.mark.timeout(240)  # a wake-up that the restart swallowed is made up for by the patrol, once a minute
async def test_a_database_that_restarts_while_a_message_is_on_its_way(data_dir: Path, chat: Chat) -> None:
    async with own_server(data_dir) as database:
        board = Board(database, chat)
        await board.start()
        try:
            await board.request("a")
            await board.settled("a")
            for subject in "bc":
                hold = chat.fake.hold_next(SEND)
                await board.request(subject)
                await hold.reached()
                server = int((status(data_dir).data / "postmaster.pid").read_text().split()[0])
                os.kill(server, signal.SIGKILL)  # the message is in the channel, the ledger can not know
                hold.release()
                chat.fake.world.forget_nonces()
                await board.settled(subject, within=90)
            assert board.titles() == ["Round a", "Round b", "Round c"]
            stored = await database.fetch("select message_id from slomix.post order by subject")
            assert [str(row["message_id"]) for row in stored] == [message.id for message in chat.fake.posts()]
        finally:
            await board.kill()
