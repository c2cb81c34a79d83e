"""The channels as Discord tells of them, the evening that follows, its posts."""

from __future__ import annotations

import asyncio
import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from slomix.testing.clock import FixedClock
from slomix.testing.contract import PluginContract
from slomix.testing.discord.payloads import member, user
from slomix_voice.api import Voice
from slomix_voice.gathering import Rules
from slomix_voice.plugin import VoiceSettings
from slomix_voice.posts import posts
from slomix_voice.store import Channels

pytestmark = pytest.mark.plugins("stats", "voice")

RULES = Rules(start=3, end=2, delay=timedelta(minutes=5), suggest_at=(4,))


class TestContract(PluginContract):
    plugin = "voice"


async def asked(program: Any) -> list[tuple[str, str, int]]:
    rows = await program.runtime.db.fetch("select post, subject, wanted from slomix.post order by post, subject")
    return [tuple(row) for row in rows]


async def test_an_evening_from_its_beginning_to_its_end(program: Any) -> None:
    clock = FixedClock(datetime(2026, 11, 22, 20, tzinfo=UTC))
    ctx = dataclasses.replace(program.runtime.host.context("voice"), clock=clock)
    channels = Channels(ctx, RULES)
    await channels.seen({1: 10, 2: 10})
    assert await asked(program) == []
    await channels.seen({1: 10, 2: 10, 3: 11})
    await channels.seen({1: 10, 2: 10, 3: 11, 4: 11})
    await channels.seen({1: 10, 2: 10, 3: 11, 4: 11})
    (first, number, _), teams = await asked(program)
    assert (first, teams[:2]) == ("voice.gathering", ("voice.teams", f"{number}/4"))
    assert await program.runtime.services.get(Voice).present() == {1: 10, 2: 10, 3: 11, 4: 11}
    found = {post.name: post for post in posts(ctx, channels)}
    assert (await found["voice.gathering"].render(number)).description.startswith("4 people are in voice since")
    split = await found["voice.teams"].render(f"{number}/4")
    assert [field.value for field in split.fields] == ["<@1>\n<@2>", "<@3>\n<@4>"]
    clock.advance(timedelta(hours=2))
    await channels.seen({})
    clock.advance(timedelta(minutes=6))
    await channels.seen({})
    assert (await found["voice.gathering"].render(number)).description == (
        "It went on for 2:00 hours, with up to 4 people in voice."
    )
    await channels.seen({1: 10, 2: 10, 3: 11})
    assert len([row for row in await asked(program) if row[0] == "voice.gathering"]) == 2


async def test_the_bot_sees_who_comes_and_goes(program: Any, chat: Any) -> None:
    world = chat.fake.world
    room = world.open_voice("gaming")
    ctx = program.runtime.host.context("voice")
    settings = VoiceSettings(channels=(int(room),))
    cogs = [
        dataclasses.replace(cog, context=dataclasses.replace(ctx, settings=settings)) if cog.plugin == "voice" else cog
        for cog in program.cogs()
    ]
    people = [user(world.snowflake(), f"player {n}", bot=n == 2) for n in range(3)]
    for person in people:
        world.join_voice(member(person), room)
    await chat.start(cogs, intents=frozenset({"voice_states"}))
    expected = {int(person["id"]) for person in people[:2]}
    for person in people:
        await chat.fake.gateway.dispatch("VOICE_STATE_UPDATE", world.join_voice(member(person), room))
    service = program.runtime.services.get(Voice)
    async with asyncio.timeout(60):
        while set(await service.present()) != expected:
            await asyncio.sleep(0.05)
    answer = await chat.fake.person.slash("voice now")
    assert answer.text.startswith("2 in voice\n")
    assert "Even teams" in (await chat.fake.person.slash("voice teams")).text
    for person in people:
        await chat.fake.gateway.dispatch("VOICE_STATE_UPDATE", world.join_voice(member(person), None))
    async with asyncio.timeout(60):
        while await service.present():
            await asyncio.sleep(0.05)
    assert "Nobody to split" in (await chat.fake.person.slash("voice teams")).text
