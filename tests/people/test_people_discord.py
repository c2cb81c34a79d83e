"""Core's own commands, typed by a person: the real client on the fake at the level of the wire."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from slomix.bot.core import WORDS
from slomix.bot.invoke import find
from slomix.testing.discord import payloads
from slomix.testing.discord.fixtures import Chat

OTHER = payloads.user("770000000000000009", "somebody")


async def test_people_link_themselves_and_choose_their_names(town: Any, chat: Chat) -> None:
    await town.play("tester", "silver", "")
    await town.play("bronzino", "silver", "gold")
    await chat.start(runtime=town.program.runtime)
    me, mine = chat.fake.person, int(chat.fake.world.person["id"])
    assert "You have no player yet" in (await me.slash("myaliases")).text
    asked = await me.slash("link")
    assert asked.ephemeral
    bronze = await town.id_of("00000001")
    chosen = await me.click(asked, f"pick:{bronze}")
    assert f"<@{mine}> is tester now" in chosen.text
    assert chosen.custom_ids() == []
    assert await town.people.player_of(mine) == bronze
    assert "**bronzino**" in (await me.slash("myaliases")).text
    offered = await me.autocomplete("setname", "alias", "bron")
    assert [each["value"] for each in offered] == ["bronzino"]
    assert "called bronzino now" in (await me.slash("setname", alias="bronzino")).text
    assert "called The Smith now" in (await me.slash("setname", name="The Smith")).text
    taken = await me.slash("setname", name="silver")
    assert taken.ephemeral
    assert "called 'silver' already" in taken.text
    assert "One moment" in (await me.slash("link", player="gold")).text
    assert "has no player" not in (await me.slash("unlink")).text
    assert await town.people.player_of(mine) is None


async def test_everybody_gets_their_own_data_and_only_they_see_it(town: Any, chat: Chat) -> None:
    await town.play("tester", "silver")
    await chat.start(runtime=town.program.runtime)
    me, mine = chat.fake.person, int(chat.fake.world.person["id"])
    await town.people.link(town.who, mine, await town.id_of("tester"), "tester")
    answer = await me.slash("mydata")
    assert answer.ephemeral
    assert "To have it forgotten, ask an admin" in answer.text
    told = json.loads(answer.files["my-data.json"])
    assert told["person"]["discord_id"] == str(mine)
    assert [each["name_raw"] for each in told["core"]["rounds"]] == ["tester"]
    assert "silver" not in str(told)


async def test_a_second_guid_is_taken_in_and_players_are_listed(town: Any, chat: Chat) -> None:
    await town.play("tester", "silver")
    await town.play("", "silver", "other me")
    await chat.start(runtime=town.program.runtime)
    me, mine = chat.fake.person, int(chat.fake.world.person["id"])
    first, second = await town.id_of("tester"), await town.id_of("other me")
    await town.people.link(town.who, mine, first, "tester")
    offered = await me.autocomplete("link", "player", "other")
    assert [each["value"] for each in offered] == [second]
    assert "both are tester now" in (await me.slash("link", player=second)).text
    found = (await me.slash("find_player", text="OTHER")).text
    assert "00000001, 00000003" in found
    assert "Nobody is called" in (await me.slash("find_player", text="nobody")).text
    listed = await me.slash("list_players", which="linked")
    assert "tester" in listed.text
    assert "silver" not in listed.text
    for number in range(12):
        await town.play(*[""] * (10 + number), f"player {number}")
    page = await me.slash("list_players")
    assert "player 11" in page.text
    turned = await me.click(page, next(each for each in page.custom_ids() if ":1:" in each))
    assert "tester" in turned.text


async def test_sick_leave_is_everybodys_own_matter(town: Any, chat: Chat) -> None:
    await town.play("tester", "silver")
    await town.play("", "silver", "sick")
    await chat.start(runtime=town.program.runtime)
    me, mine = chat.fake.person, int(chat.fake.world.person["id"])
    await town.people.link(town.who, mine, await town.id_of("tester"), "tester")
    assert "stays a player of its own" in (await me.slash("sickleave start", guid="00000003")).text
    assert "`00000003`" in (await me.slash("sickleave status")).text
    assert "Welcome back" in (await me.slash("sickleave end")).text
    assert "is yours now" in (await me.slash("sickleave merge", guid="00000003")).text
    refused = await me.slash("sickleave set", member=OTHER, guid="00000002")
    assert "Only admins may" in refused.text
    town.people.owner = mine
    assert "has no player" in (await me.slash("sickleave set", member=OTHER, guid="00000002")).text


async def test_tiers_are_asked_each_time_and_given_by_the_owner(town: Any, chat: Chat) -> None:
    await chat.start(runtime=town.program.runtime)
    me, mine = chat.fake.person, int(chat.fake.world.person["id"])
    for path in ("slomix health", "slomix metrics", "slomix automation", "slomix admin list"):
        assert "Only admins may" in (await me.slash(path)).text, path
    assert "Only owners may" in (await me.slash("slomix admin add", member=OTHER, tier="admin")).text
    assert "Only moderators may" in (await me.slash("slomix system")).text
    town.people.owner = mine
    given = await me.slash("slomix admin add", member=OTHER, tier="moderator", reason="helps")
    assert f"<@{OTHER['id']}> is moderator now" in given.text
    assert await town.people.tier_of(int(OTHER["id"])) == "moderator"
    assert "somebody · moderator" in (await me.slash("slomix admin list")).text
    assert "No plugin declares the right" in (await me.slash("slomix right grant", member=OTHER, right="x")).text
    assert "was not granted" in (await me.slash("slomix right revoke", member=OTHER, right="x")).text
    assert "has no tier now" in (await me.slash("slomix admin remove", member=OTHER)).text
    audit = (await me.slash("slomix admin audit")).text
    assert "tier.take" in audit
    assert "helps" in audit
    assert "can not be undone here" in (await me.slash("slomix admin undo", number=1)).text


async def test_the_program_tells_how_it_is(town: Any, chat: Chat) -> None:
    await town.play("tester", "silver")
    await chat.start(runtime=town.program.runtime)
    me = chat.fake.person
    town.people.owner = int(chat.fake.world.person["id"])
    assert "Pong" in (await me.slash("ping")).text
    helped = (await me.slash("help")).text
    assert "`/find_player`" in helped
    assert "`/slomix admin add`" in helped
    assert [each["value"] for each in await me.autocomplete("help", "topic", "slo")] == ["slomix"]
    assert "**disabled** turn it on" in (await me.slash("slomix plugins")).text
    assert "0 jobs are buried" in (await me.slash("slomix health")).text
    assert "the last import was <t:" in (await me.slash("slomix system")).text
    assert "**1** rounds" in (await me.slash("slomix metrics", hours=1)).text
    assert "no channel is set" in (await me.slash("slomix automation")).text


async def test_every_old_word_means_a_command_that_is_there(town: Any, chat: Chat) -> None:
    await chat.start(runtime=town.program.runtime)
    page = (Path(__file__).parents[2] / "docs" / "commands.md").read_text("utf-8")
    for word in WORDS:
        assert all(f"`{name}`" in page for name in word.names), word.names
        assert f"`/{word.command}`" in page
        command = find(chat.bot.tree, word.command)
        assert command is not None, word.command
        assert set(word.options) <= {parameter.display_name for parameter in command.parameters}
    assert len({name for word in WORDS for name in word.names}) == sum(len(word.names) for word in WORDS)
