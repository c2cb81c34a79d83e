"""The same bot on two independent fakes: ours on the wire, and `simcord` in process. People must see the same on both.

What simcord has no route for (deleting one command) or no notion of (rate limits, outages, the gateway's resume) is
tested on ours only; see docs/decisions/0036.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

import discord
import pytest
import simcord
from discord import app_commands
from discord.ext import commands
from pydantic import SecretStr

from slomix.bot.bot import SlomixBot
from slomix.bot.commands import PluginCog
from slomix.bot.poster import Poster
from slomix.bot.posts import PostLedger
from slomix.contrib import Post
from slomix.settings import DiscordSettings
from slomix.storage.database import Database
from slomix.testing.discord.fixtures import Chat
from slomix.testing.discord.models import Message

from .conftest import POST

INCIDENT = re.compile(r"[0-9a-f]{8}")


@dataclass(frozen=True)
class Seen:
    """A message as a person sees it: its words, whether only they see it, (custom id, can be pressed) of buttons."""

    text: str
    ephemeral: bool
    buttons: tuple[tuple[str, bool], ...] = ()


def words(content: str, embeds: Sequence[dict[str, Any]]) -> str:
    """Everything written in a message, without the numbers of incidents."""
    parts = [content or ""]
    for embed in embeds:
        parts += [embed.get("title") or "", embed.get("description") or ""]
        parts += [f"{field['name']}: {field['value']}" for field in embed.get("fields") or ()]
        parts.append((embed.get("footer") or {}).get("text") or "")
    return INCIDENT.sub("#", "\n".join(part for part in parts if part))


def buttons(rows: Sequence[dict[str, Any]]) -> tuple[tuple[str, bool], ...]:
    """The buttons of a message in reading order."""
    found = [item for row in rows for item in row.get("components", ())]
    return tuple((item["custom_id"], not item.get("disabled")) for item in found)


class Stage(Protocol):
    """A Discord with one channel and one person."""

    bot: SlomixBot
    channel_id: int

    async def start(self, *cogs: PluginCog) -> None: ...
    async def slash(self, path: str, **options: Any) -> Seen: ...
    async def autocomplete(self, path: str, option: str, typed: str) -> list[dict[str, Any]]: ...
    async def click(self, custom_id: str) -> Seen: ...
    def offered(self) -> list[str]: ...
    def written(self) -> int: ...
    async def channel(self) -> list[Seen]: ...
    async def stop(self) -> None: ...


class OnTheWire:
    """Our fake: HTTP and a websocket on loopback."""

    def __init__(self, chat: Chat) -> None:
        self.chat = chat
        self.channel_id = chat.fake.channel_id
        self._last: Message | None = None

    @property
    def bot(self) -> SlomixBot:
        return self.chat.bot

    async def start(self, *cogs: PluginCog) -> None:
        await self.chat.stop()
        await self.chat.start(cogs, settings=self.chat.settings.model_copy(update={"guild": None}))

    def _see(self, message: Message) -> Seen:
        self._last = message
        return Seen(words(message.content, message.embeds), message.ephemeral, buttons(message.components))

    async def slash(self, path: str, **options: Any) -> Seen:
        return self._see(await self.chat.fake.person.slash(path, **options))

    async def autocomplete(self, path: str, option: str, typed: str) -> list[dict[str, Any]]:
        return await self.chat.fake.person.autocomplete(path, option, typed)

    async def click(self, custom_id: str) -> Seen:
        assert self._last is not None
        return self._see(await self.chat.fake.person.click(self._last, custom_id))

    def offered(self) -> list[str]:
        scopes = self.chat.fake.world.commands.values()
        roots = [command for scope in scopes for command in scope.values()]
        return sorted(f"{root['name']} {leaf['name']}" for root in roots for leaf in root["options"])

    def written(self) -> int:
        return len(self.chat.fake.calls_of("PUT", "/commands$"))

    async def channel(self) -> list[Seen]:
        return [self._see(message) for message in self.chat.fake.posts()]

    async def stop(self) -> None:
        await self.chat.stop()


class InProcess:
    """simcord: discord.py's HTTP client and gateway are replaced inside the process."""

    def __init__(self) -> None:
        self._env: simcord.Env | None = None
        self._last: simcord.ResponseMessage | None = None

    async def start(self, *cogs: PluginCog) -> None:
        settings = DiscordSettings(token=SecretStr("simulated"))
        self.bot = SlomixBot(settings, list(cogs), intents=frozenset(), degrade=print)
        if self._env is not None:
            await self._env.restart_bot(self.bot)
            return
        # commands that go wrong on purpose are part of what is compared
        self._env = simcord.Env(self.bot, check_errors=False)
        await self._env.start()
        guild = self._env.create_guild()
        self._channel = guild.create_text_channel("stats")
        self.channel_id = self._channel.id
        self._person = guild.add_member(self._env.create_user("tester"))

    def _see(self, shown: simcord.InteractionResult) -> Seen:
        message = shown.followups[-1] if shown.followups else shown.response
        assert message is not None
        self._last = message
        embeds = [dict(embed.to_dict()) for embed in message.embeds]
        return Seen(words(message.content, embeds), message.ephemeral, buttons(message.components))

    async def slash(self, path: str, **options: Any) -> Seen:
        return self._see(await self._person.slash(self._channel, path, **options))

    async def autocomplete(self, path: str, option: str, typed: str) -> list[dict[str, Any]]:
        return await self._person.autocomplete(self._channel, path, option, typed)

    async def click(self, custom_id: str) -> Seen:
        assert self._last is not None
        return self._see(await self._person.click(self._last, custom_id=custom_id))

    def offered(self) -> list[str]:
        return sorted(self._person.available_commands(self._channel))

    def written(self) -> int:
        assert self._env is not None
        return sum(entry.method == "PUT" and entry.path.endswith("/commands") for entry in self._env.http_requests)

    async def channel(self) -> list[Seen]:
        found = [message async for message in self.bot.get_partial_messageable(self.channel_id).history()]
        return [Seen(words(m.content, [dict(embed.to_dict()) for embed in m.embeds]), False) for m in reversed(found)]

    async def stop(self) -> None:
        if self._env is not None:
            await self._env.shutdown()


@pytest.fixture(params=["on the wire", "in process"])
async def stage(request: pytest.FixtureRequest, chat: Chat) -> AsyncIterator[Stage]:
    made: Stage = OnTheWire(chat) if request.param == "on the wire" else InProcess()
    yield made
    await made.stop()


class Turn(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"pager:(?P<page>\d+)"):
    """A button that knows its page."""

    def __init__(self, page: int, *, disabled: bool = False) -> None:
        super().__init__(discord.ui.Button(label=f"To {page}", custom_id=f"pager:{page}", disabled=disabled))
        self.page = page

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Turn:
        return cls(int(match["page"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.response.edit_message(embed=sheet(self.page), view=turns(self.page))


def sheet(page: int) -> discord.Embed:
    return discord.Embed(title=f"Page {page}").add_field(name="rows", value=f"{page * 10} to {page * 10 + 9}")


def turns(page: int) -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    view.add_item(Turn(max(page - 1, 0), disabled=page == 0))
    view.add_item(Turn(page + 1))
    return view


class Pager(commands.GroupCog, name="pager"):
    """A list that is turned with buttons, which outlive the bot that sent them."""

    @app_commands.command(description="The first page")
    async def open(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(embed=sheet(0), view=turns(0))


@pytest.fixture
def pager(plugin_cog: Any) -> PluginCog:
    def make(ctx: object, bot: commands.Bot) -> commands.Cog:
        bot.add_dynamic_items(Turn)
        return Pager()

    made: PluginCog = plugin_cog("pager", make)
    return made


HELLO = [f"hello {name}" for name in ("form", "greet", "late", "wrong", "wrong_late")]


async def test_the_same_commands_are_offered_and_written_once(
    stage: Stage, greeter: PluginCog, pager: PluginCog
) -> None:
    await stage.start(greeter, pager)
    assert stage.offered() == [*HELLO, "pager open"]
    await stage.start(greeter, pager)
    assert stage.written() == 1
    await stage.start(pager, greeter)
    assert stage.written() == 1  # their order is nothing


async def test_a_command_answers_the_channel(stage: Stage, greeter: PluginCog) -> None:
    await stage.start(greeter)
    assert await stage.slash("hello greet", name="bronze") == Seen("Hello bronze", ephemeral=False)
    assert await stage.slash("hello greet") == Seen("Hello you", ephemeral=False)
    assert await stage.channel() == [Seen("Hello bronze", ephemeral=False), Seen("Hello you", ephemeral=False)]


async def test_suggestions_come_while_typing(stage: Stage, greeter: PluginCog) -> None:
    await stage.start(greeter)
    assert await stage.autocomplete("hello greet", "name", "si") == [{"name": "silver", "value": "silver"}]
    assert await stage.autocomplete("hello greet", "name", "zz") == []


async def test_buttons_turn_the_page_in_place(stage: Stage, pager: PluginCog) -> None:
    await stage.start(pager)
    first = await stage.slash("pager open")
    assert first == Seen("Page 0\nrows: 0 to 9", False, (("pager:0", False), ("pager:1", True)))
    second = await stage.click("pager:1")
    assert second == Seen("Page 1\nrows: 10 to 19", False, (("pager:0", True), ("pager:2", True)))
    assert [seen.text for seen in await stage.channel()] == ["Page 1\nrows: 10 to 19"]


async def test_an_error_is_for_the_caller_only(stage: Stage, greeter: PluginCog) -> None:
    await stage.start(greeter)
    told = "`hello` could not do this. Tell an admin the incident number `#`."
    assert await stage.slash("hello wrong") == Seen(told, ephemeral=True)


async def test_a_command_that_was_never_published_can_not_be_typed(stage: Stage, greeter: PluginCog) -> None:
    await stage.start(greeter)
    with pytest.raises((LookupError, simcord.SetupError)):
        await stage.slash("hello nobody")


async def test_a_post_arrives_once_and_is_edited(stage: Stage, db: Database) -> None:
    await stage.start()
    titles = {"a": "Round a"}

    async def render(subject: str) -> discord.Embed | None:
        return discord.Embed(title=titles[subject])

    async def wait_for(done: int) -> None:
        async with asyncio.timeout(60):
            while await db.fetchval("select coalesce(max(done), 0) from slomix.post") < done:
                await asyncio.sleep(0.02)

    ledger = PostLedger(db)
    poster = Poster(db, ledger, stage.bot, {POST: Post(name=POST, render=render)}, stage.channel_id)
    posting = asyncio.create_task(poster.run())
    try:
        async with db.transaction() as tx:
            await ledger.request(tx, POST, "a")
        await wait_for(1)
        (posted,) = await stage.channel()
        titles["a"] = "Round a, corrected"
        async with db.transaction() as tx:
            await ledger.refresh(tx, POST, "a")
        await wait_for(2)
        (edited,) = await stage.channel()
    finally:
        posting.cancel()
        with suppress(asyncio.CancelledError):
            await posting
    assert posted.text.startswith("Round a\n")
    assert edited.text.startswith("Round a, corrected\n")


LONG = discord.Embed(description="d" * 4097)
MANY = discord.Embed.from_dict({"fields": [{"name": "n", "value": "v"}] * 26})
HUGE = discord.Embed(description="d" * 4000, title="t" * 200).set_footer(text="f" * 1900)


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"embed": LONG}, 50035),
        ({"embed": MANY}, 50035),
        ({"embed": HUGE}, 50035),
        ({"content": "c" * 2001}, 50035),
    ],
)
async def test_what_discord_refuses_is_refused_with_the_same_code(
    stage: Stage, message: dict[str, Any], code: int
) -> None:
    await stage.start()
    with pytest.raises(discord.HTTPException) as refused:
        await stage.bot.get_partial_messageable(stage.channel_id).send(**message)
    assert (refused.value.status, refused.value.code) == (400, code)
    assert await stage.channel() == []


async def test_what_is_not_there_is_named_with_the_same_code(stage: Stage) -> None:
    await stage.start()
    channel = stage.bot.get_partial_messageable(stage.channel_id)
    with pytest.raises(discord.NotFound, match="10008"):
        await channel.get_partial_message(1).edit(content="nobody's")
    with pytest.raises(discord.NotFound, match="10003"):
        await stage.bot.get_partial_messageable(1).send("nowhere")
