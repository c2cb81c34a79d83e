"""One function behind slash command, buttons and line: pages, pictures, manners, and the old words."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

import discord
import pytest
from discord import app_commands
from discord.ext import commands

from slomix.bot.answers import Picture, answering
from slomix.bot.commands import PluginCog
from slomix.bot.invoke import Unusable, typed
from slomix.bot.manners import Gate, manners
from slomix.bot.sources import Asked, Source
from slomix.bot.turning import LONGEST_ID, pack, page_buttons, unpack
from slomix.bot.words import understand, vocabulary
from slomix.contrib import CogFactory, Word
from slomix.testing.discord.fixtures import Chat
from slomix.testing.discord.payloads import user

PNG = b"\x89PNG\r\n\x1a\n-not-really"
WORDS = (
    Word(names=("count", "c"), command="ask count", options=("of", "start")),
    Word(names=("face",), command="ask face"),
    Word(names=("wrong",), command="ask wrong"),
    Word(names=("mine",), command="ask mine"),
    Word(names=("gone",), command="ask gone"),
)


async def nobody(interaction: Any) -> bool:
    """A check that only one person passes."""
    return bool(interaction.user.name == "boss")


OTHERS = {"Cows": None, "Goats": {"of": "goats"}}


class Asking(commands.GroupCog, name="ask"):
    """Answers with pages, a picture, late and wrongly."""

    @app_commands.command(description="Count", extras=manners(uses=6, per=10))
    @app_commands.choices(size=[app_commands.Choice(name="Three", value="3")])
    async def count(self, source: Source, of: str = "sheep", start: int = 1, size: str = "3") -> None:
        async with answering(source) as answer:
            first = start + answer.page * int(size)
            embed = discord.Embed(title=of, description=" ".join(map(str, range(first, first + int(size)))))
            await answer.send(embed, more=answer.page < 2, also=OTHERS if of == "cows" else None)

    @app_commands.command(description="A face", extras=manners(anywhere=True))
    async def face(self, source: Source, late: bool = False) -> None:
        async with answering(source) as answer:
            if late:
                await asyncio.sleep(1.8)
            await answer.send(discord.Embed(title="face"), picture=Picture("face.png", PNG, "a face"))

    @app_commands.command(description="Hidden", extras=manners(uses=1, per=3600))
    async def hidden(self, source: Source) -> None:
        async with answering(source) as answer:
            await answer.send(discord.Embed(description="only you"), ephemeral=True)

    @app_commands.command(description="Wrong")
    async def wrong(self, source: Source) -> None:
        raise ZeroDivisionError("the divisor")

    @app_commands.command(description="Mine")
    @app_commands.check(nobody)
    async def mine(self, source: Source) -> None:
        async with answering(source) as answer:
            await answer.send(discord.Embed(description="yours"))


@pytest.fixture
def asking(plugin_cog: Callable[..., PluginCog]) -> PluginCog:
    made = plugin_cog("ask", lambda ctx, bot: Asking())
    return PluginCog("ask", CogFactory(make=made.factory.make, words=WORDS), made.context)


@pytest.fixture
async def heard(chat: Chat, asking: PluginCog) -> Chat:
    """A bot with the prefix `!`."""
    await chat.start([asking], settings=chat.settings.model_copy(update={"prefix": "!"}))
    return chat


async def test_pages_are_turned_by_who_asked_also_after_a_restart(chat: Chat, asking: PluginCog) -> None:
    await chat.start([asking])
    person, world = chat.fake.person, chat.fake.world
    first = await person.slash("ask count", of="a & b=c", start=10)
    assert first.embeds[0]["description"] == "10 11 12"
    (on,) = first.custom_ids()
    await chat.stop()
    await chat.start([asking])
    second = await person.click(first, on)
    assert (second.id, second.embeds[0]["title"], second.embeds[0]["description"]) == (first.id, "a & b=c", "13 14 15")
    last = await person.click(second, second.custom_ids()[1])
    assert last.embeds[0]["description"] == "16 17 18"
    assert len(last.custom_ids()) == 1
    asker, world.person = world.person, user(world.snowflake(), "somebody else")
    refused = await person.click(last, last.custom_ids()[0])
    assert refused.ephemeral
    assert "Only the person who asked" in refused.text
    world.person = asker
    assert (await person.click(last, last.custom_ids()[0])).embeds[0]["description"] == "13 14 15"


async def test_a_button_asks_the_same_with_other_options(chat: Chat, asking: PluginCog) -> None:
    await chat.start([asking])
    cows = await chat.fake.person.slash("ask count", of="cows")
    assert len(cows.custom_ids()) == 2
    goats = await chat.fake.person.click(cows, cows.custom_ids()[-1])
    assert (goats.id, goats.embeds[0]["title"]) == (cows.id, "goats")


async def test_buttons_whose_question_is_forgotten_go_away(chat: Chat, asking: PluginCog) -> None:
    from slomix.bot import turning

    await chat.start([asking])
    long = await chat.fake.person.slash("ask count", of="x" * 90)
    turned = await chat.fake.person.click(long, long.custom_ids()[0])
    assert turned.embeds[0]["description"] == "4 5 6"
    turning._long.clear()
    message = await chat.fake.person.click(turned, turned.custom_ids()[-1])
    assert (message.id, message.custom_ids()) == (long.id, [])
    async with asyncio.timeout(60):
        while not any("too old" in each.text for each in chat.fake.world.messages.values()):
            await asyncio.sleep(0.01)


async def test_a_picture_goes_along_at_once_and_late(chat: Chat, asking: PluginCog) -> None:
    await chat.start([asking])
    for late in (False, True):
        answer = await chat.fake.person.slash("ask face", late=late)
        assert answer.files == {"face.png": PNG}
        assert answer.embeds[0]["image"]["url"] == "attachment://face.png"


async def test_who_asks_too_often_waits_and_others_do_not(chat: Chat, asking: PluginCog) -> None:
    await chat.start([asking])
    person, world = chat.fake.person, chat.fake.world
    assert "only you" in (await person.slash("ask hidden")).text
    refused = await person.slash("ask hidden")
    assert refused.ephemeral
    assert "`/ask hidden` again in " in refused.text
    world.person = user(world.snowflake(), "somebody else")
    assert "only you" in (await person.slash("ask hidden")).text


async def test_the_wrong_channel_gets_a_hint_not_silence(chat: Chat, asking: PluginCog) -> None:
    await chat.start([asking], settings=chat.settings.model_copy(update={"command_channels": (42, 43)}))
    refused = await chat.fake.person.slash("ask count")
    assert refused.ephemeral
    assert refused.text == "Commands are answered in <#42> and <#43>."
    assert not (await chat.fake.person.slash("ask face")).ephemeral


async def test_lines_are_not_read_unless_the_prefix_is_set(chat: Chat, asking: PluginCog) -> None:
    await chat.start([asking])
    intents = discord.Intents(chat.fake.gateway.identifies[0]["intents"])
    assert not intents.message_content
    assert not intents.guild_messages
    await chat.fake.person.say("!count")
    assert (await chat.fake.person.slash("ask count")).text
    assert [message.author["username"] for message in chat.fake.posts()] == ["tester", "slomix"]


async def test_a_line_runs_the_function_of_the_slash_command(heard: Chat) -> None:
    person = heard.fake.person
    assert discord.Intents(heard.fake.gateway.identifies[0]["intents"]).message_content
    await person.say('!C "two sheep" 5')
    answer = await person.next_post()
    assert (answer.embeds[0]["title"], answer.embeds[0]["description"]) == ("two sheep", "5 6 7")
    turned = await person.click(answer, answer.custom_ids()[0])
    assert turned.embeds[0]["description"] == "8 9 10"
    await person.say("!face")
    assert (await person.next_post()).files == {"face.png": PNG}


async def test_a_line_that_can_not_be_answered_is_told_why(heard: Chat) -> None:
    said = []
    for line in ("!count sheep many", "!wrong", "!mine", "!nothing", "!gone", "! hello", "!count"):
        await heard.fake.person.say(line)
        if line not in ("!nothing", "!gone", "! hello"):
            said.append((await heard.fake.person.next_post()).text)
    assert "start is a number" in said[0]
    assert "incident number" in said[1]
    assert "You may not use this" in said[2]
    assert said[3].startswith("sheep")


# ---- pure ----------------------------------------------------------------------------------


def test_what_was_asked_fits_into_an_id_or_is_remembered() -> None:
    short = Asked("stats leaderboard", {"metric": "a&b=c%+#d ž", "limit": 3})
    text = pack(short, 80)
    assert len(text) <= 80
    assert unpack(text) == Asked(short.path, {"metric": "a&b=c%+#d ž", "limit": "3"})
    long = Asked("stats leaderboard", {"map": "m" * 200})
    view = page_buttons(long, 2**63, 123, more=True)
    assert view is not None
    assert all(len(item.item.custom_id) <= LONGEST_ID for item in view.children)  # type: ignore[attr-defined]
    assert unpack(pack(long, 80)) == long
    assert unpack("#unknown") is None
    assert page_buttons(short, 1, 0, more=False) is None


@pytest.mark.parametrize(
    ("word", "rest", "values"),
    [
        (Word(names=("a",), command="x", options=("p", "q")), "one two three", {"p": "one", "q": "two three"}),
        (Word(names=("a",), command="x", options=("p", "q")), '"one two" three', {"p": "one two", "q": "three"}),
        (Word(names=("a",), command="x", options=("p",)), "it's \\ #1", {"p": "it's \\ #1"}),
        (Word(names=("a",), command="x", options=("p", "q"), between="vs"), "a, b VS c", {"p": "a, b VS c"}),
        (Word(names=("a",), command="x", options=("p", "q"), between="vs"), "a, b vs c", {"p": "a, b", "q": "c"}),
        (Word(names=("a",), command="x", fixed={"since": "week"}), "ignored", {"since": "week"}),
        (Word(names=("a",), command="x", options=("p",)), 'an "open end', {"p": 'an "open end'}),
    ],
)
def test_what_follows_a_word(word: Word, rest: str, values: dict[str, str]) -> None:
    assert understand(word, rest) == Asked("x", values)


def test_of_two_words_with_one_name_the_first_has_it() -> None:
    one, two = Word(names=("Top", "lb"), command="a"), Word(names=("lb", "more"), command="b")
    words: Iterable[tuple[str, Word]] = [("p", one), ("q", two)]
    assert {name: word.command for name, word in vocabulary(words).items()} == {"top": "a", "lb": "a", "more": "b"}


def test_options_become_what_the_parameters_want() -> None:
    count: Any = Asking.count
    assert typed(count, {"of": "x", "start": "4", "size": "three", "other": "1"}) == {
        "of": "x",
        "start": 4,
        "size": "3",
    }
    with pytest.raises(Unusable, match="size is one of 3"):
        typed(count, {"size": "4"})
    face: Any = Asking.face
    assert typed(face, {"late": "Yes"}) == {"late": True}


def test_the_gate_forgets_with_time() -> None:
    now = [1.0]
    gate, hidden = Gate((), lambda: now[0]), Asking.hidden
    command: Any = hidden
    assert gate.refusal(command, 1, ()) is None
    assert gate.refusal(command, 1, ()) == "One moment: `/hidden` again in 3600 s."
    now[0] = 3602.0
    assert gate.refusal(command, 1, ()) is None
