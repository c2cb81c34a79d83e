"""The whole of it on a Discord of the test's own: poll, buttons, notice, reminders, direct messages, JSON, export."""

from __future__ import annotations

import dataclasses
from datetime import date, time, timedelta
from typing import Any

import pytest

from slomix.testing.contract import PluginContract
from slomix_availability.api import Availability
from slomix_availability.plugin import AvailabilitySettings, ask_and_remind
from slomix_availability.store import Answers, Wish

pytestmark = pytest.mark.plugins("availability")


class TestContract(PluginContract):
    plugin = "availability"


def context(program: Any, **settings: Any) -> Any:
    ctx = program.runtime.host.context("availability")
    return dataclasses.replace(ctx, settings=AvailabilitySettings(**settings))


async def asked_for(program: Any, post: str) -> list[Any]:
    await program.settle()
    return await program.runtime.db.fetch("select * from slomix.post where post = $1 order by subject", post)


async def test_from_the_question_to_enough(program: Any, chat: Any) -> None:
    ctx = context(program, threshold=2)
    answers = Answers(ctx)
    today = ctx.clock.now().date()
    assert await answers.open_poll(today)
    assert not await answers.open_poll(today), "asked once a day"
    await answers.wish(Wish(person=7, enough=True))
    await answers.answer(today, 1, "available")
    await answers.answer(today, 1, "available")
    assert (await answers.answer(today, 2, "maybe")).available == 1
    assert await asked_for(program, "availability.enough") == []
    assert (await answers.answer(today, 2, "available")).enough
    await answers.answer(today, 2, "not_playing")
    await answers.answer(today, 2, "available")
    assert len(await asked_for(program, "availability.enough")) == 1, "said once"
    (direct,) = await asked_for(program, "availability.direct")
    assert direct["subject"] == f"{today}/enough/7"
    (poll,) = await asked_for(program, "availability.poll")
    assert poll["wanted"] > 1, "the poll shows the answers"


async def test_reminders_leave_once_and_only_to_who_has_not_answered(program: Any) -> None:
    ctx = context(program, poll=True, opens_at="00:00", reminders=())
    answers = Answers(ctx)
    await ask_and_remind(ctx, answers)
    (poll,) = await asked_for(program, "availability.poll")
    day = date.fromisoformat(poll["subject"])
    for person in (7, 8):
        await answers.wish(Wish(person=person, reminders=True))
    await answers.answer(day, 8, "maybe")
    assert await answers.remind(day, time(20, 45))
    assert not await answers.remind(day, time(20, 45))
    assert not await answers.remind(day + timedelta(days=1), time(20, 45)), "nobody was asked for that day"
    assert [row["subject"] for row in await asked_for(program, "availability.direct")] == [f"{day}/20:45/7"]


async def test_in_discord(program: Any, chat: Any, web: Any) -> None:
    await chat.start(program.cogs())
    person = chat.fake.person
    said = await person.slash("avail", status="available", day="tomorrow")
    assert said.ephemeral
    assert "1 of 6 are in, 5 to go." in said.text
    shown = await person.slash("availability show", day="tomorrow")
    assert f"<@{person.world.person['id']}>" in shown.text
    assert "1/6" in (await person.slash("availability show")).text
    assert "is no day" in (await person.slash("availability set", status="maybe", day="someday")).text
    assert "Reminders: yes" in (await person.slash("availability notify", reminders=True)).text
    counted = (await web.get("/availability/api/v1/days")).json()
    assert [found["available"] for found in counted][:3] == [0, 1, 0]
    assert str(person.world.person["id"]) not in str(counted)
    assert "Taken back" in (await person.slash("availability clear", day="tomorrow")).text
    choices = await person.autocomplete("avail", "day", "mon", status="maybe")
    assert [choice["name"].split()[0] for choice in choices] == ["Monday", "Monday"]


async def test_the_service_counts_days(program: Any) -> None:
    service = program.runtime.services.get(Availability)
    ctx = context(program)
    today = ctx.clock.now().date()
    await Answers(ctx).answer(today, 1, "looking")
    first, second = await service.days(today, 2)
    assert (first.looking, second.looking) == (1, 0)
