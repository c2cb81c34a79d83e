"""A real discord.py client, as the bot role runs it, on the fake Discord."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import discord
import pytest
import structlog.testing
from discord import app_commands
from discord.ext import commands

from slomix.bot.commands import PluginCog
from slomix.settings import DiscordSettings
from slomix.testing.discord.fixtures import Chat

MakeCog = Callable[..., PluginCog]


async def test_a_command_is_published_to_the_guild_and_answers(chat: Chat, greeter: PluginCog) -> None:
    await chat.start([greeter])
    answer = await chat.fake.person.slash("hello greet", name="bronze")
    assert answer.embeds[0]["title"] == "Hello bronze"
    assert not answer.ephemeral
    assert shown(chat) == ["hello"]
    assert chat.fake.world.commands[str(chat.fake.guild_id)]


async def test_the_client_asks_for_guilds_only_and_keeps_nothing(chat: Chat, greeter: PluginCog) -> None:
    await chat.start([greeter])
    assert chat.fake.gateway.identifies[0]["intents"] == discord.Intents(guilds=True).value
    await chat.fake.person.say("hello")
    await chat.fake.person.slash("hello greet")
    guild = chat.bot.get_guild(chat.fake.guild_id)
    assert guild is not None
    assert len(chat.bot.cached_messages) == 0
    assert {member.id for member in guild.members} <= {int(chat.fake.world.bot["id"])}


async def test_commands_are_published_once_for_the_same_set(chat: Chat, greeter: PluginCog) -> None:
    await chat.start([greeter])
    await chat.stop()
    await chat.start([greeter])
    assert len(chat.fake.calls_of("PUT", "/commands$")) == 1
    assert (await chat.fake.person.slash("hello greet")).embeds


async def test_commands_are_published_again_when_a_description_changed(
    chat: Chat, greeter: PluginCog, plugin_cog: MakeCog
) -> None:
    class Changed(commands.GroupCog, name="hello"):
        @app_commands.command(description="Say it differently")
        async def greet(self, interaction: discord.Interaction) -> None:
            await interaction.response.send_message("hi")

    await chat.start([greeter])
    await chat.stop()
    await chat.start([plugin_cog("hello", lambda ctx, bot: Changed())])
    assert len(chat.fake.calls_of("PUT", "/commands$")) == 2
    with pytest.raises(LookupError, match="has no 'wrong'"):
        await chat.fake.person.slash("hello wrong")


async def test_without_a_guild_commands_are_published_to_all(chat: Chat, greeter: PluginCog) -> None:
    everywhere = chat.settings.model_copy(update={"guild": None})
    await chat.start([greeter], settings=everywhere)
    assert [command["name"] for command in chat.fake.world.commands["global"].values()] == ["hello"]
    await chat.stop()
    await chat.start([greeter], settings=everywhere)
    assert len(chat.fake.calls_of("PUT", "/commands$")) == 1


async def test_the_gateway_is_asked_of_the_rest_side_when_only_that_is_set(chat: Chat, greeter: PluginCog) -> None:
    settings: DiscordSettings = chat.settings.model_copy(update={"gateway_url": None})
    await chat.start([greeter], settings=settings)
    assert len(chat.fake.calls_of("GET", "^/gateway/bot$")) == 1
    assert (await chat.fake.person.slash("hello greet")).embeds


async def test_autocomplete_offers_what_fits(chat: Chat, greeter: PluginCog) -> None:
    await chat.start([greeter])
    offered = await chat.fake.person.autocomplete("hello greet", "name", "si")
    assert [choice["value"] for choice in offered] == ["silver"]


async def test_a_form_is_opened_and_read(chat: Chat, greeter: PluginCog) -> None:
    await chat.start([greeter])
    form = await chat.fake.person.slash("hello form")
    answer = await chat.fake.person.submit(form, what="good game")
    assert answer.content == "You said good game"


async def test_an_error_is_told_to_the_caller_only_with_the_number_of_the_log(chat: Chat, greeter: PluginCog) -> None:
    await chat.start([greeter])
    with structlog.testing.capture_logs() as logs:
        answer = await chat.fake.person.slash("hello wrong")
    assert answer.ephemeral
    assert "`hello`" in answer.text
    assert "divisor" not in answer.text
    told = re.search(r"`([0-9a-f]{8})`", answer.text)
    logged = next(entry for entry in logs if entry["event"] == "command failed")
    assert told is not None
    assert (logged["incident"], logged["plugin"]) == (told.group(1), "hello")
    assert chat.fake.posts() == []


async def test_a_slow_answer_is_deferred_in_time(chat: Chat, greeter: PluginCog) -> None:
    await chat.start([greeter])
    began = time.monotonic()
    answer = await chat.fake.person.slash("hello late")
    assert time.monotonic() - began > 3.0  # Discord itself would have given up
    assert answer.embeds[0]["title"] == "At last"
    assert not answer.ephemeral
    assert [call.body["type"] for call in chat.fake.calls_of("POST", "/callback$")] == [5]


async def test_a_slow_answer_for_the_caller_leaves_nothing_in_the_channel(chat: Chat, greeter: PluginCog) -> None:
    await chat.start([greeter])
    answer = await chat.fake.person.slash("hello late", quiet=True)
    assert answer.ephemeral
    assert chat.fake.posts() == []


async def test_an_error_after_the_deferral_is_for_the_caller_only(chat: Chat, greeter: PluginCog) -> None:
    await chat.start([greeter])
    answer = await chat.fake.person.slash("hello wrong_late")
    assert answer.ephemeral
    assert "incident" in answer.text
    assert chat.fake.posts() == []


async def test_a_command_of_an_older_set_says_so(chat: Chat, greeter: PluginCog) -> None:
    await chat.start([greeter])
    scope = chat.fake.world.commands[str(chat.fake.guild_id)]
    scope["1"] = {"id": "1", "name": "gone", "type": 1, "description": "of a plugin that left"}
    answer = await chat.fake.person.slash("gone")
    assert answer.ephemeral
    assert "has changed" in answer.text


async def test_a_cog_that_can_not_be_built_degrades_its_plugin_only(
    chat: Chat, greeter: PluginCog, plugin_cog: MakeCog
) -> None:
    def broken(ctx: object, bot: object) -> commands.Cog:
        raise RuntimeError("no such table")

    await chat.start([plugin_cog("broken", broken), greeter])
    assert list(chat.degraded) == ["broken"]
    assert "no such table" in chat.degraded["broken"]
    assert (await chat.fake.person.slash("hello greet")).embeds


async def test_a_plugin_with_too_many_shortcuts_is_refused_whole(
    chat: Chat, greeter: PluginCog, plugin_cog: MakeCog
) -> None:
    def many(ctx: object, bot: commands.Bot) -> commands.Cog:
        class Many(commands.Cog):
            pass

        for number in range(6):
            bot.tree.add_command(app_commands.Command(name=f"many{number}", description="one", callback=_answer))
        return Many()

    shortcuts = tuple(f"many{number}" for number in range(6))
    await chat.start([plugin_cog("many", many, shortcuts), greeter])
    assert "at most 5" in chat.degraded["many"]
    assert shown(chat) == ["hello"]


def with_shortcut(name: str, owner: str) -> Callable[..., commands.Cog]:
    """A factory of a cog without a group and one command beside it."""

    def make(ctx: object, bot: commands.Bot) -> commands.Cog:
        class Same(commands.Cog):
            pass

        @bot.tree.command(name=name, description=f"of {owner}")
        async def command(interaction: discord.Interaction) -> None:
            if owner == "broken":
                raise ZeroDivisionError
            await interaction.response.send_message(owner)

        return Same()

    return make


def shown(chat: Chat) -> list[str]:
    """Every top-level command that a person in the guild sees, once for each time it is offered."""
    return sorted(command["name"] for scope in chat.fake.world.commands.values() for command in scope.values())


async def test_a_declared_shortcut_answers_and_knows_its_plugin(chat: Chat, plugin_cog: MakeCog) -> None:
    await chat.start(
        [
            plugin_cog("one", with_shortcut("first", "one"), ("first",)),
            plugin_cog("two", with_shortcut("second", "broken"), ("second",)),  # its cog is called as the other's
        ]
    )
    assert chat.degraded == {}
    assert (await chat.fake.person.slash("first")).content == "one"
    assert "`two` could not do this" in (await chat.fake.person.slash("second")).text


async def test_an_undeclared_command_degrades_its_plugin_only(
    chat: Chat, greeter: PluginCog, plugin_cog: MakeCog
) -> None:
    await chat.start([greeter, plugin_cog("one", with_shortcut("extra", "one"))])
    assert "plugin one adds /extra beside /one" in chat.degraded["one"]
    assert "CogFactory(shortcuts" in chat.degraded["one"]
    assert shown(chat) == ["hello"]


@pytest.mark.parametrize("declared", [(), ("hello",)])
async def test_a_clash_degrades_the_later_plugin_and_names_both(
    chat: Chat, greeter: PluginCog, plugin_cog: MakeCog, declared: tuple[str, ...]
) -> None:
    await chat.start([greeter, plugin_cog("one", with_shortcut("hello", "one"), declared)])
    assert chat.degraded["one"].endswith(
        "plugin one wants the Discord command /hello, which is plugin hello's; disable one of the two"
    )
    assert (await chat.fake.person.slash("hello greet")).embeds


async def test_what_a_disabled_plugin_left_is_deleted_first(
    chat: Chat, greeter: PluginCog, plugin_cog: MakeCog
) -> None:
    await chat.start([greeter, plugin_cog("old", with_shortcut("old", "old"))])
    await chat.stop()
    known = {command["name"]: command["id"] for command in chat.fake.world.commands[str(chat.fake.guild_id)].values()}
    chat.fake.calls.clear()
    await chat.start([greeter, plugin_cog("new", with_shortcut("new", "new"))])
    changes = [call.method for call in chat.fake.calls if "/commands" in call.path and call.method != "GET"]
    assert changes == ["DELETE", "PUT"]
    assert shown(chat) == ["hello", "new"]
    await chat.stop()
    chat.fake.calls.clear()
    await chat.start([greeter])
    changes = [call.method for call in chat.fake.calls if "/commands" in call.path and call.method != "GET"]
    assert changes == ["DELETE"]  # nothing of ours changed, so nothing else is written
    assert {command["id"] for command in chat.fake.world.commands[str(chat.fake.guild_id)].values()} == {known["hello"]}


async def test_a_change_of_the_guild_setting_shows_nothing_twice(chat: Chat, greeter: PluginCog) -> None:
    other = int(chat.fake.world.snowflake())
    chat.fake.world.guild_ids.append(str(other))
    for guild in (None, chat.fake.guild_id, other, None, chat.fake.guild_id):
        await chat.start([greeter], settings=chat.settings.model_copy(update={"guild": guild}))
        assert shown(chat) == ["hello"], guild
        assert [scope for scope, found in chat.fake.world.commands.items() if found] == [str(guild or "global")]
        await chat.stop()


async def _answer(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("one")


async def test_a_closed_gateway_is_resumed_and_what_was_missed_arrives(chat: Chat, greeter: PluginCog) -> None:
    await chat.start([greeter])
    await chat.fake.gateway.drop(4000)
    answer = await chat.fake.person.slash("hello greet", timeout=10)  # sent while the bot is away
    await chat.fake.gateway.resumed()
    assert answer.embeds[0]["title"] == "Hello you"
    assert len(chat.fake.gateway.identifies) == 1


async def test_a_busy_discord_is_waited_for(chat: Chat, greeter: PluginCog) -> None:
    chat.fake.limit_next("GET /applications/.*/commands", 0.2)
    began = time.monotonic()
    await chat.start([greeter])
    assert time.monotonic() - began >= 0.2
    assert (await chat.fake.person.slash("hello greet")).embeds


async def test_commands_that_discord_refuses_do_not_end_the_bot(chat: Chat, greeter: PluginCog) -> None:
    chat.fake.fail_next("PUT /applications/.*/commands", 403, {"message": "Missing Access", "code": 50001})
    await chat.start([greeter])
    assert chat.bot.is_closed() is False
    assert chat.fake.world.commands == {}
