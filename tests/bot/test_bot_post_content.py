"""Posts that are more than an embed: pictures, buttons, another channel, a direct message."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord

from slomix.contrib import PostContent

if TYPE_CHECKING:
    from .conftest import Board

PICTURE = b"\x89PNG\r\n\x1a\n and so on"
PERSON = 4242


def buttons() -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    view.add_item(discord.ui.Button(label="In", custom_id="t:in"))
    return view


async def test_a_picture_and_buttons_stay_when_the_post_is_edited(board: Board) -> None:
    board.tells["a"] = lambda: PostContent(
        embed=discord.Embed(title="Round a").set_image(url="attachment://a.png"),
        pictures={"a.png": PICTURE},
        view=buttons(),
    )
    await board.start()
    await board.request("a")
    await board.settled("a")
    (message,) = board.chat.fake.posts()
    assert (message.files, message.custom_ids()) == ({"a.png": PICTURE}, ["t:in"])
    await board.refresh("a")
    await board.settled("a")
    (again,) = board.chat.fake.posts()
    assert (again.edits, again.files, again.custom_ids()) == (1, {"a.png": PICTURE}, ["t:in"])
    board.tells["a"] = lambda: discord.Embed(title="Round a, without them")
    await board.refresh("a")
    await board.settled("a")
    (bare,) = board.chat.fake.posts()
    assert (bare.files, bare.custom_ids()) == ({}, [])


async def test_another_channel(board: Board) -> None:
    world = board.chat.fake.world
    other = world.open_channel("planning")
    board.tells["a"] = lambda: PostContent(embed=discord.Embed(title="Round a"), channel=int(other))
    await board.start()
    await board.request("a")
    row = await board.settled("a")
    assert row["channel_id"] == int(other)
    await board.refresh("a")
    await board.settled("a")
    assert [message.edits for message in world.history(other)] == [1]
    assert board.chat.fake.posts() == []


async def test_a_direct_message_goes_to_one_person_once(board: Board) -> None:
    world = board.chat.fake.world
    board.tells["a"] = lambda: PostContent(embed=discord.Embed(title="Tonight"), person=PERSON)
    await board.start()
    await board.request("a")
    await board.settled("a")
    await board.kill()
    await board.start()
    await board.refresh("a")
    await board.settled("a")
    direct = world.direct_channel(str(PERSON))["id"]
    assert [message.embeds[0]["title"] for message in world.history(direct)] == ["Tonight"]


async def test_who_takes_no_direct_messages_is_left_alone(board: Board) -> None:
    board.chat.fake.world.silent.add(str(PERSON))
    board.tells["a"] = lambda: PostContent(embed=discord.Embed(title="Tonight"), person=PERSON)
    await board.start()
    await board.request("a")
    row = await board.settled("a", "failed")
    assert row["error"] == "this person takes no direct messages"
