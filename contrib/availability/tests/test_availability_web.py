"""Availability on the dashboard: the page for everybody, the own answers, and that both are Discord's poll."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from slomix.people.audit import Who
from slomix.testing.database import fresh_database, sources_for
from slomix.testing.running import Running, running
from slomix.web.api import BadRequest
from slomix_availability.api import Day
from slomix_availability.days import today_of
from slomix_availability.store import Answers, Said, Wish
from slomix_availability.web.answering import PER_MINUTE, meant
from slomix_availability.web.view import AvailabilityView, best_of, day_views

PLUGINS = ("stats", "webui", "availability")
TODAY = date(2026, 11, 28)
PAGE = "/availability/"
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house() -> AsyncIterator[Running]:
    with fresh_database(sources_for(PLUGINS)) as dsn:
        async with running(dsn, *PLUGINS, sections={"availability": {"threshold": 2}}) as program:
            await program.play(players=("^1fox", "owl"))
            await program.settle()
            (fox,) = await program.runtime.db.fetch("select id from slomix.player where name = 'fox'")
            await program.runtime.people.link(Who(actor="cli:test"), 7, fox["id"], "fox")
            yield program


def answers_of(house: Running) -> tuple[Answers, date]:
    ctx = house.runtime.host.context("availability")
    return Answers(ctx), today_of(ctx.clock.now(), ctx.core.timezone)


# ---- pure ------------------------------------------------------------------------------------


def day(ahead: int, available: int = 0, maybe: int = 0, looking: int = 0) -> Day:
    return Day(
        day=TODAY + timedelta(days=ahead),
        available=available,
        maybe=maybe,
        looking=looking,
        not_playing=0,
        threshold=6,
    )


@pytest.mark.parametrize(
    ("counts", "best"),
    [
        ([(0, 0), (0, 0)], None),
        ([(3, 0), (4, 0)], 1),
        ([(3, 0), (3, 1)], 1),
        ([(3, 1), (3, 1)], 0),
        ([(5, 9), (6, 0), (9, 0)], 1),
        ([(0, 0), (0, 1)], 1),
    ],
)
async def test_the_first_day_with_enough_is_told_first_or_the_nearest_to_it(
    counts: list[tuple[int, int]], best: int | None
) -> None:
    days = [day(ahead, *each) for ahead, each in enumerate(counts)]
    found = best_of(day_views(days, [], TODAY))
    assert (None if found is None else found.ahead) == best


async def test_who_is_linked_to_no_player_is_counted_and_not_named() -> None:
    said = [
        Said(day=TODAY, status="available", player_id="p1", name="fox", name_raw="^1fox"),
        Said(day=TODAY, status="available", player_id=None, name="", name_raw=""),
    ]
    (view,) = day_views([day(0, available=2)], said, TODAY)
    (group,) = view.groups
    assert (group.words, group.count, [each.name for each in group.people]) == ("In", 2, ["fox"])


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"day": "2026-11-28"},
        {"status": "available"} | {"day": "someday"},
        {"status": "perhaps", "day": "2026-11-28"},
        {"status": "available", "day": "2026-11-27"},
        {"status": "available", "day": "2027-11-27"},
        {"status": "available", "day": "x" * 1000},
    ],
)
async def test_what_is_no_answer_is_refused_with_a_sentence(sent: dict[str, str]) -> None:
    with pytest.raises(BadRequest, match=r"\.$"):
        meant(sent, TODAY)


# ---- over HTTP -------------------------------------------------------------------------------


async def test_an_answer_on_the_page_is_the_one_of_discord(house: Running) -> None:
    answers, today = answers_of(house)
    await answers.answer(today, 8, "available")
    await answers.answer(today, 7, "maybe")
    me = await house.as_person(7)
    async with me:
        mine = (await me.get("/availability/mine")).text
        assert mine.count('aria-pressed="true"') == 1
        assert 'value="clear" aria-pressed="true"' in mine
        sent = await me.post("/availability/answer", data={"day": today.isoformat(), "status": "available"})
        assert (sent.status_code, sent.headers["location"]) == (303, f"{PAGE}#day-{today}")
        shown = await me.get(PAGE)
        assert "We have enough: 2" in shown.text
        assert await answers.people(today) == {"available": [8, 7]}
        await me.post("/availability/answer", data={"day": today.isoformat(), "status": "clear"})
        assert await answers.people(today) == {"available": [8]}
        await me.post("/availability/answer", data={"day": today.isoformat(), "status": "maybe"})


async def test_the_page_is_the_same_for_everybody_and_its_data_too(house: Running) -> None:
    answers, today = answers_of(house)
    await answers.answer(today + timedelta(days=1), 9, "looking")
    await answers.answer(today + timedelta(days=3), 7, "maybe")
    page = await house.web.get(PAGE)
    async with await house.as_person(7) as me:
        assert (await me.get(PAGE)).text == page.text
    assert page.text.count("<h1") == 1
    assert '<a class="name" href="/players/' in page.text
    assert "1 who is linked to no player" in page.text
    assert 'data-listens="availability.AvailabilityChanged"' in page.text
    view = msgspec.json.decode((await house.web.get("/availability/availability.json")).content, type=AvailabilityView)
    assert view.days == (await _views(answers, today))
    rows = (await house.web.get("/availability/availability.csv")).content.decode("utf-8-sig").splitlines()
    assert rows[0] == "day,available,maybe,looking,not_playing,needed"
    assert rows[2] == f"{today + timedelta(days=1)},0,0,1,0,2"


async def _views(answers: Answers, today: date) -> Any:
    return day_views(await answers.days(today, 7), await answers.said(today, 7), today)


async def test_strangers_are_told_to_log_in_and_can_not_answer(house: Running) -> None:
    answers, today = answers_of(house)
    before = await answers.people(today)
    mine = await house.web.get("/availability/mine")
    assert mine.status_code == 200
    assert "/avail" in mine.text, "nobody can log in here, so Discord is named"
    sent = await house.web.post("/availability/answer", data={"day": today.isoformat(), "status": "available"})
    assert sent.status_code == 401
    assert await answers.people(today) == before


async def test_other_sites_can_not_answer_for_somebody(house: Running) -> None:
    answers, today = answers_of(house)
    async with await house.as_person(7) as me:
        foreign = {"Origin": "https://evil.test", "Sec-Fetch-Site": "cross-site"}
        data = {"day": today.isoformat(), "status": "not_playing"}
        assert (await me.post("/availability/answer", data=data, headers=foreign)).status_code == 403
    assert 7 not in (await answers.people(today)).get("not_playing", [])


async def test_home_tells_the_next_night(house: Running) -> None:
    answers, today = answers_of(house)
    await answers.answer(today + timedelta(days=2), 8, "available")
    home = (await house.web.get("/")).text
    block = home[home.index('id="block-availability-next"') :]
    assert "1 of 2" in block[: block.index("</section>")]
    assert "#day-" in block[: block.index("</section>")]


async def test_direct_messages_are_a_panel_of_settings(house: Running) -> None:
    answers, _ = answers_of(house)
    from slomix_webui import api

    (panel,) = [
        each.record
        for each in house.runtime.host.context("webui").contributions.of(api.SettingsPanel)
        if each.plugin == "availability"
    ]
    async with await house.as_person(7) as me:
        viewer: Any = type("Viewer", (), {"discord_id": 7})
        acting: Any = type("Acting", (), {"viewer": viewer, "form": {"enough": "1", "threshold": "4", "reminders": ""}})
        await panel.save(acting)
        assert await answers.wish_of(7) == Wish(person=7, enough=True, reminders=False, threshold=4)
        fields = await panel.fields(acting, viewer)
        assert {field.name: field.value for field in fields} == {"enough": "1", "threshold": "4", "reminders": ""}
        assert me is not None


async def test_who_answers_all_the_time_has_to_wait(house: Running) -> None:
    _, today = answers_of(house)
    async with await house.as_person(11) as me:
        data = {"day": today.isoformat(), "status": "looking"}
        statuses = [(await me.post("/availability/answer", data=data)).status_code for _ in range(2 * PER_MINUTE)]
    assert statuses[0] == 303
    assert 429 in statuses
