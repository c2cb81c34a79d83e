"""The post ledger and the poster: exactly once, edited when asked again, whatever happens in between."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress

import discord
import pytest

from slomix.bot.posts import nonce_of
from slomix.testing.discord.models import Message

from .conftest import POST, Board


async def test_a_request_becomes_one_message_at_once(board: Board) -> None:
    await board.start()
    began = time.monotonic()
    await board.request("a")
    message = await board.chat.fake.person.next_post()
    assert time.monotonic() - began < 20  # the patrol comes after a minute
    row = await board.settled("a")
    assert (row["message_id"], row["channel_id"]) == (int(message.id), board.chat.fake.channel_id)
    assert message.nonce == row["nonce"] == nonce_of(POST, "a")
    assert message.embeds[0]["footer"]["text"] == row["nonce"][:10]


async def test_a_rolled_back_request_posts_nothing(board: Board) -> None:
    await board.start()
    with suppress(ZeroDivisionError):
        async with board.db.transaction() as tx:
            await board.ledger.request(tx, POST, "a")
            raise ZeroDivisionError
    await board.request("b")
    await board.settled("b")
    assert board.titles() == ["Round b"]


async def test_requests_made_before_the_start_are_posted_in_their_order(board: Board) -> None:
    for subject in "abc":
        await board.request(subject)
    await board.start()
    await board.settled("c")
    assert board.titles() == ["Round a", "Round b", "Round c"]


async def test_a_refresh_edits_the_message(board: Board) -> None:
    await board.start()
    await board.request("a")
    first = await board.settled("a")
    board.tells["a"] = lambda: discord.Embed(title="Round a, corrected")
    await board.refresh("a")
    second = await board.settled("a")
    assert second["message_id"] == first["message_id"]
    assert board.titles() == ["Round a, corrected"]
    assert board.chat.fake.posts()[0].edits == 1


async def test_a_refresh_of_what_was_never_asked_for_does_nothing(board: Board) -> None:
    await board.start()
    await board.refresh("never")
    await board.request("a")
    await board.settled("a")
    assert board.titles() == ["Round a"]
    assert await board.row("never") is None


async def test_a_request_while_the_message_is_on_its_way_is_not_lost(board: Board) -> None:
    await board.start()
    hold = board.chat.fake.hold_next(r"POST /channels/\d+/messages")
    await board.request("a")
    await hold.reached()
    board.tells["a"] = lambda: discord.Embed(title="Round a, corrected")
    await board.refresh("a")
    hold.release()
    await board.settled("a")
    assert board.titles() == ["Round a, corrected"]


async def test_nothing_to_tell_posts_nothing_until_there_is(board: Board) -> None:
    board.tells["a"] = lambda: None
    await board.start()
    await board.request("a")
    await board.settled("a", "void")
    assert board.titles() == []
    board.tells["a"] = lambda: discord.Embed(title="Round a after all")
    await board.refresh("a")
    await board.settled("a")
    assert board.titles() == ["Round a after all"]


async def test_a_restart_posts_nothing_again(board: Board) -> None:
    await board.start()
    await board.request("a")
    await board.settled("a")
    await board.kill()
    await board.start()
    await board.request("b")
    await board.settled("b")
    assert board.titles() == ["Round a", "Round b"]


@pytest.mark.parametrize("minutes_later", [False, True])
async def test_a_kill_between_send_and_store_posts_once(board: Board, minutes_later: bool) -> None:
    """Discord has the message and the ledger does not know it; later, Discord has forgotten the nonce too."""
    await board.start()
    board.chat.fake.hold_next(r"POST /channels/\d+/messages")
    await board.request("a")
    sent: Message = await board.chat.fake.person.next_post()
    await board.kill()
    assert (await board.row("a"))["message_id"] is None
    if minutes_later:
        board.chat.fake.world.forget_nonces()
    board.tells["a"] = lambda: discord.Embed(title="Round a, meanwhile corrected")
    await board.start()
    row = await board.settled("a")
    assert row["message_id"] == int(sent.id)
    assert board.titles() == ["Round a, meanwhile corrected"]


async def test_a_kill_before_the_send_posts_once(board: Board) -> None:
    rendering = asyncio.Event()

    def never() -> discord.Embed:
        rendering.set()
        raise asyncio.CancelledError

    board.tells["a"] = never
    await board.start()
    await board.request("a")
    await asyncio.wait_for(rendering.wait(), 60)
    await board.kill()
    del board.tells["a"]
    await board.start()
    await board.settled("a")
    assert board.titles() == ["Round a"]


async def test_a_message_that_a_person_deleted_is_not_posted_again(board: Board) -> None:
    await board.start()
    await board.request("a")
    row = await board.settled("a")
    del board.chat.fake.world.messages[str(row["message_id"])]
    await board.refresh("a")
    failed = await board.settled("a", "failed")
    assert "deleted in Discord" in failed["error"]
    await board.request("b")
    await board.settled("b")
    assert board.titles() == ["Round b"]


async def test_a_refusal_is_tried_again_later_and_holds_up_nobody(board: Board) -> None:
    board.chat.fake.fail_next("POST /channels/.*/messages", 403, {"message": "Missing Permissions", "code": 50013})
    await board.start()
    await board.request("a")
    await board.request("b")
    await board.settled("b")
    waiting = await board.row("a")
    assert "HTTP 403" in waiting["error"]
    assert "Missing Permissions" in waiting["error"]
    assert waiting["attempts"] == 1
    row = await board.settled("a")
    assert (row["attempts"], row["error"]) == (0, None)
    assert board.titles() == ["Round b", "Round a"]


async def test_a_server_error_and_a_rate_limit_are_waited_for(board: Board) -> None:
    await board.start()
    board.chat.fake.fail_next("POST /channels/.*/messages", 502)
    board.chat.fake.limit_next("POST /channels/.*/messages", 0.2)
    await board.request("a")
    await board.settled("a")
    assert board.titles() == ["Round a"]
    assert len(board.chat.fake.calls_of("POST", "/messages$")) == 3


async def test_a_plugin_that_can_not_render_holds_up_nobody(board: Board) -> None:
    def broken() -> discord.Embed:
        raise KeyError("no such round")

    board.tells["a"] = broken
    await board.start()
    await board.request("a", "b")
    await board.settled("b")
    assert "KeyError" in (await board.row("a"))["error"]
    assert board.titles() == ["Round b"]


async def test_a_post_of_a_plugin_that_is_not_loaded_waits(board: Board) -> None:
    async with board.db.transaction() as tx:
        await board.ledger.request(tx, "other.plugin", "x")
    await board.start()
    await board.request("a")
    await board.settled("a")
    row = await board.db.fetchrow("select state, attempts from slomix.post where post = 'other.plugin'")
    assert tuple(row) == ("wanted", 0)


async def test_an_embed_beyond_the_limits_is_made_to_fit(board: Board) -> None:
    def huge() -> discord.Embed:
        embed = discord.Embed(title="t" * 300, description="d" * 5000)
        for number in range(30):
            embed.add_field(name=f"field {number}", value="v" * 2000)
        return embed

    board.tells["a"] = huge
    await board.start()
    await board.request("a")
    await board.settled("a")
    (message,) = board.chat.fake.posts()
    assert len(message.embeds[0]["title"]) == 252
    assert len(message.embeds[0]["fields"]) == 1


async def test_a_lost_listening_connection_is_made_anew(board: Board) -> None:
    await board.start()
    await board.request("a")
    await board.settled("a")
    ended = await board.db.fetchval(
        "select count(pg_terminate_backend(pid)) from pg_stat_activity"
        " where datname = current_database() and query ilike 'listen%' and pid <> pg_backend_pid()"
    )
    assert ended == 1
    await board.request("b")
    await board.settled("b")
    assert board.titles() == ["Round a", "Round b"]


async def test_what_discord_will_never_take_is_given_up_with_its_reason(board: Board) -> None:
    refusal = {"embeds": {"0": {"_errors": [{"code": "INVALID", "message": "no"}]}}}
    board.chat.fake.fail_next("POST /channels/.*/messages", 400, {"message": "x", "code": 50035, "errors": refusal})
    await board.start()
    await board.request("a", "b")
    failed = await board.settled("a", "failed")
    assert "Discord refuses it" in failed["error"]
    assert "In embeds.0: no" in failed["error"]
    await board.settled("b")
    assert board.titles() == ["Round b"]
