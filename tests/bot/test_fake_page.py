"""The fake's page: what a person in a browser gets and does, on the paths that the page's script uses."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html.parser import HTMLParser
from typing import Any

import aiohttp
import discord
import pytest
from discord import app_commands
from discord.ext import commands

from slomix.bot.commands import PluginCog
from slomix.testing.discord.fixtures import Chat
from slomix.testing.discord.page import STATIC
from slomix.testing.discord.server import FakeDiscord


class Browser:
    """One open page: `await browser.next("message")` is the next event of that kind, `do` what the script sends."""

    def __init__(self, fake: FakeDiscord, session: aiohttp.ClientSession, stream: aiohttp.ClientResponse) -> None:
        self.root = f"http://{fake.host}:{fake.port}"
        self._session = session
        self._stream = stream

    async def next(self, kind: str) -> dict[str, Any]:
        async with asyncio.timeout(60):
            while True:
                block = (await self._stream.content.readuntil(b"\n\n")).decode()
                name, _, data = block.partition("\n")
                if name == f"event: {kind}":
                    told: dict[str, Any] = json.loads(data.removeprefix("data: "))
                    return told

    async def do(self, act: str, headers: dict[str, str] | None = None, **body: Any) -> tuple[int, dict[str, Any]]:
        async with self._session.post(f"{self.root}/_/{act}", json=body, headers=headers) as answer:
            return answer.status, await answer.json()


@asynccontextmanager
async def opened(fake: FakeDiscord) -> AsyncIterator[Browser]:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://{fake.host}:{fake.port}/_/events") as stream,
    ):
        assert stream.content_type == "text/event-stream"
        yield Browser(fake, session, stream)


async def get(fake: FakeDiscord, path: str) -> tuple[int, str, Any]:
    async with aiohttp.ClientSession() as session, session.get(f"http://{fake.host}:{fake.port}{path}") as answer:
        return answer.status, await answer.text(), answer.headers


class Inline(HTMLParser):
    """Finds code and styles that are written into a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.loaded: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.found += [name for name in named if name.startswith("on") or name == "style"]
        if tag == "style" or (tag == "script" and not named.get("src")):
            self.found.append(tag)
        self.loaded += [
            str(value) for name, value in attrs if tag in ("script", "link") and name in ("src", "href") and value
        ]


async def test_the_page_has_no_code_of_its_own_and_may_load_only_what_is_beside_it(fake_discord: FakeDiscord) -> None:
    status, page, headers = await get(fake_discord, "/")
    inline = Inline()
    inline.feed(page)
    assert (status, inline.found) == (200, [])
    assert "default-src 'none'; script-src 'self'; style-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    for path in inline.loaded:
        assert path == "data:," or (await get(fake_discord, path))[0] == 200
    for path in ("/_/static/none.js", "/_/static/..%2fpage.py", "/_/static/index"):
        assert (await get(fake_discord, path))[0] == 404


def test_the_script_writes_text_never_markup() -> None:
    scripts = [path.read_text() for path in STATIC.glob("*.js")]
    assert len(scripts) == 6
    for script in scripts:
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", script)


async def test_a_page_shows_what_is_there_and_what_comes(chat: Chat, greeter: PluginCog) -> None:
    await chat.start([greeter])
    channel = chat.bot.get_partial_messageable(chat.fake.channel_id)
    await channel.send("before")
    async with opened(chat.fake) as browser:
        hello = await browser.next("hello")
        assert [message["content"] for message in hello["messages"]] == ["before"]
        assert hello["connected"] is True
        assert [command["path"] for command in hello["commands"]][:2] == ["hello form", "hello greet"]
        sent = await channel.send("<script>alert(1)</script>")
        came = await browser.next("message")
        assert (came["content"], came["edits"]) == ("<script>alert(1)</script>", 0)
        await sent.edit(content="after")
        assert (await browser.next("message"))["content"] == "after"
        await sent.delete()
        assert await browser.next("gone") == {"id": str(sent.id)}
        await chat.stop()
        assert await browser.next("status") == {"connected": False}


async def test_a_command_is_typed_with_suggestions_and_answers_the_page(chat: Chat, greeter: PluginCog) -> None:
    await chat.start([greeter])
    async with opened(chat.fake) as browser:
        ask = {"path": "hello greet", "option": "name", "typed": "si", "options": {"name": "si"}}
        assert await browser.do("suggest", **ask) == (200, {"choices": [{"name": "silver", "value": "silver"}]})
        assert await browser.do("slash", path="hello greet", options={"name": "silver"}) == (200, {})
        shown = await browser.next("message")
        assert (shown["embeds"][0]["title"], shown["used"], shown["ephemeral"]) == (
            "Hello silver",
            "hello greet",
            False,
        )


async def test_an_answer_for_the_caller_is_marked_and_a_slow_one_thinks_first(chat: Chat, greeter: PluginCog) -> None:
    await chat.start([greeter])
    async with opened(chat.fake) as browser:
        acting = asyncio.create_task(browser.do("slash", path="hello late", options={"quiet": "True"}))
        assert (await browser.next("message"))["thinking"] is True
        await browser.next("gone")
        at_last = await browser.next("message")
        assert (at_last["ephemeral"], at_last["thinking"]) == (True, False)
        assert (await acting)[0] == 200


async def test_a_form_is_filled_in_on_the_page(chat: Chat, greeter: PluginCog) -> None:
    await chat.start([greeter])
    async with opened(chat.fake) as browser:
        _, told = await browser.do("slash", path="hello form", options={})
        assert told["form"]["title"] == "A form"
        assert await browser.do("submit", message=told["message"], values={"what": "good game"}) == (200, {})
        assert (await browser.next("message"))["content"] == "You said good game"


async def test_a_button_is_pressed(chat: Chat, plugin_cog: Any) -> None:
    class Counter(commands.GroupCog, name="count"):
        @app_commands.command(description="A number and a button")
        async def up(self, interaction: discord.Interaction, start: int) -> None:
            view = discord.ui.View()
            button: discord.ui.Button[Any] = discord.ui.Button(label="one more", custom_id="more")

            async def more(press: discord.Interaction) -> None:
                await press.response.edit_message(content=str(start + 1))

            button.callback = more  # type: ignore[method-assign]
            view.add_item(button)
            await interaction.response.send_message(str(start), view=view)

    await chat.start([plugin_cog("count", lambda ctx, bot: Counter())])
    async with opened(chat.fake) as browser:
        assert await browser.do("slash", path="count up", options={"start": "six"}) == (
            400,
            {"error": "start is a number."},
        )
        await browser.do("slash", path="count up", options={"start": "6"})
        shown = await browser.next("message")
        assert shown["content"] == "6"
        assert await browser.do("press", message=shown["id"], custom_id="more") == (200, {})
        assert (await browser.next("message"))["content"] == "7"
        status, told = await browser.do("press", message=shown["id"], custom_id="less")
        assert (status, "no button" in told["error"]) == (400, True)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"path": "hello nobody", "options": {}}, "not there any more"),
        ({"path": "hello greet"}, "not what this page sends"),
        ({"path": "hello greet", "options": []}, "not what this page sends"),
    ],
)
async def test_what_can_not_be_done_is_told(chat: Chat, greeter: PluginCog, body: dict[str, Any], said: str) -> None:
    await chat.start([greeter])
    async with opened(chat.fake) as browser:
        status, told = await browser.do("slash", **body)
        assert (status, said in told["error"]) == (400, True)


async def test_other_sites_can_not_act_as_the_person_and_nobody_while_the_bot_is_away(
    chat: Chat, greeter: PluginCog
) -> None:
    async with opened(chat.fake) as browser:
        status, told = await browser.do("say", content="hello")
        assert (status, "is away" in told["error"]) == (409, True)
        await chat.start([greeter])
        elsewhere = {"Origin": "http://elsewhere.example"}
        assert (await browser.do("say", elsewhere, content="hello"))[0] == 409
        assert (await browser.do("say", {"Origin": browser.root}, content="hello"))[0] == 200
        assert [message.content for message in chat.fake.posts()] == ["hello"]
