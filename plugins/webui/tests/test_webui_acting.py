"""Actions and settings of a third party's plugin: who may, what is checked, what is asked back, what is told."""

from __future__ import annotations

import re
import sys
from html import unescape
from typing import Any

import pytest

from slomix.testing.running import Running
from slomix_webui.api import Choice, Field
from slomix_webui.frame.forms import checked

ME = 770000000000000031
WHERE = "slot=map&id=supply&back=/guest/greet/supply"
BAKE, EAT, LIST = f"/me/actions/guest/bake?{WHERE}", f"/me/actions/guest/eat?{WHERE}", f"/me/actions?{WHERE}"
CAKE = {"cake": "apple", "pieces": "2", "note": "", "kept": "k"}
MANNERS = "/me/settings/guest/manners"

pytestmark = pytest.mark.asyncio(loop_scope="module")


def text(message: str, **values: Any) -> str:
    return message.format(**values)


def done() -> list[tuple[int, str, dict[str, str]]]:
    return sys.modules["slomix_guest"].DONE


def forms(page: str) -> list[str]:
    return [unescape(each) for each in re.findall(r'action="(/me/actions/[^"]+)"', page)]


async def test_hook_webui_actions(house: Running) -> None:
    me = await house.as_person(ME)
    page = (await me.get("/guest/greet/supply")).text
    (place,) = re.findall(r'data-mine="(/me/actions[^"]+)"', page)
    part = await me.get(f"{unescape(place)}&part=main")
    assert part.headers["cache-control"] == "private, no-store"
    assert "<html" not in part.text
    assert "Bake a cake" in part.text
    assert "Eat it all" not in part.text, "it takes a right"
    (address,) = forms(part.text)
    answer = await me.post(address, data=CAKE | {"cream": "1", "unknown": "x"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/guest/greet/supply#acts")
    assert done()[-1] == (ME, "supply", CAKE | {"cream": "1"})
    assert "The cake is baked." in (await me.get(f"{unescape(place)}&part=main")).text
    assert "The cake is baked." not in page


async def test_the_list_works_as_a_page_without_script(house: Running) -> None:
    me = await house.as_person(ME)
    page = (await me.get(LIST)).text
    assert "<h1>What you can do here</h1>" in page
    answer = await me.post(forms(page)[0], data=CAKE)
    back = answer.headers["location"]
    assert back.startswith("/me/actions?")
    assert "The cake is baked." in (await me.get(back)).text


async def test_strangers_are_told_what_a_login_is_for(house: Running) -> None:
    page = await house.web.get(LIST)
    assert page.status_code == 200
    assert "<li>Bake a cake</li>" in page.text
    assert 'href="/-/login?next=/guest/greet/supply"' in page.text
    assert forms(page.text) == []
    answer = await house.web.post(BAKE, data=CAKE)
    assert answer.status_code == 401
    assert "<title>Unauthorized · Slomix</title>" in answer.text


async def test_only_those_with_the_right_may(house: Running) -> None:
    before = len(done())
    without = await house.as_person(ME)
    assert (await without.post(EAT, data={"-sure": "1"})).status_code == 403
    assert len(done()) == before
    me = await house.as_person(ME, rights=["guest.secret"])
    assert "Eat it all" in (await me.get(LIST)).text
    assert (await me.post(EAT, data={"-sure": "1"})).status_code == 303
    assert done()[-1] == (ME, "supply", {})


async def test_what_can_not_be_undone_is_asked_back(house: Running) -> None:
    me = await house.as_person(ME, rights=["guest.secret"])
    before = len(done())
    asked = await me.post(EAT)
    assert asked.status_code == 200
    assert "Really all of it?" in asked.text
    assert '<input type="hidden" name="-sure" value="1">' in asked.text
    assert 'href="/guest/greet/supply"' in asked.text
    assert len(done()) == before


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"cake": "cheese"}, "Choose one of those that are there."),
        ({"cake": ""}, "Something has to stand here."),
        ({"pieces": "5"}, "At most 4."),
        ({"pieces": "0"}, "At least 1."),
        ({"pieces": "many"}, "That has to be a whole number."),
        ({"note": "n" * 11}, "That is longer than 10 characters."),
        ({"note": "a\0b"}, "There are characters in it that can not be kept."),
        ({"cream": "2"}, "That is on or off."),
        ({"note": "burnt"}, "It would burn."),
    ],
)
async def test_what_is_wrong_stands_at_its_field(house: Running, wrong: dict[str, str], sentence: str) -> None:
    me = await house.as_person(ME)
    before = len(done())
    answer = await me.post(BAKE, data=CAKE | wrong)
    assert answer.status_code == 400
    assert sentence in answer.text
    assert len(done()) == before
    if "note" in wrong:
        assert 'aria-describedby="guest-bake-note-help guest-bake-note-error"' in answer.text


async def test_what_is_refused_altogether_is_told(house: Running) -> None:
    me = await house.as_person(ME)
    answer = await me.post(BAKE, data=CAKE | {"note": "closed"})
    assert answer.status_code == 409
    assert "The oven is closed." in answer.text
    assert 'value="closed"' in answer.text, "what was sent stands in the form again"


@pytest.mark.parametrize("subject", ["bare", "broken"])
async def test_what_is_not_offered_is_not_done(house: Running, subject: str) -> None:
    me = await house.as_person(ME)
    assert "nothing for you to do here" in (await me.get(f"/me/actions?slot=map&id={subject}")).text
    answer = await me.post(f"/me/actions/guest/bake?slot=map&id={subject}", data=CAKE)
    assert answer.status_code == 409


async def test_other_sites_wrong_places_and_floods_are_refused(house: Running) -> None:
    me = await house.as_person(ME)
    before = len(done())
    for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
        assert (await me.post(BAKE, data=CAKE, headers=headers)).status_code == 403
    assert (await me.post("/me/actions/guest/bake?slot=player&id=supply", data=CAKE)).status_code == 404
    assert (await me.post("/me/actions/guest/none?slot=map&id=supply", data=CAKE)).status_code == 404
    assert (await me.post("/me/actions/guest/bake?slot=moon&id=supply", data=CAKE)).status_code == 400
    assert (await me.get(BAKE)).status_code == 405
    assert (await me.post(BAKE, data={f"field{n}": "x" for n in range(50)})).status_code == 400
    assert (await me.post(BAKE, data={"note": "x" * 5000})).status_code == 400
    assert len(done()) == before
    away = await me.post("/me/actions/guest/bake?slot=map&id=supply&back=//evil.example/", data=CAKE)
    assert away.headers["location"] == "/"


async def test_hook_webui_settings(house: Running) -> None:
    me = await house.as_person(ME, name="Bo")
    page = (await me.get("/me")).text
    assert 'value="hat of Bo"' in page
    assert "Broken manners: not available" in page
    assert "House rules" not in page
    answer = await me.post(MANNERS, data={"hat": "a blue one"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/me#settings-guest-manners")
    assert done()[-1] == (ME, "", {"hat": "a blue one"})
    assert "Saved." in (await me.get("/me")).text
    assert (await me.post(MANNERS, data={"hat": ""})).status_code == 400
    assert (await house.web.post(MANNERS, data={"hat": "x"})).status_code == 401


async def test_settings_of_administrators_are_theirs(house: Running) -> None:
    rules = "/system/settings/guest/rules"
    assert (await (await house.as_person(ME)).post(rules, data={"hat": "x"})).status_code == 403
    boss = await house.as_person(ME, tier="admin")
    assert "House rules" in (await boss.get("/system/settings")).text
    assert (await boss.post(rules, data={"hat": "x"})).headers["location"].startswith("/system/settings#")
    assert (await boss.post("/me/settings/guest/rules", data={"hat": "x"})).status_code == 404


async def test_fields_are_checked_by_their_kind() -> None:
    number = Field(name="n", label="N", kind="number", least_value=-5, most_value=5)
    choice = Field(name="c", label="C", kind="choice", choices=(Choice(value="a", label="A"),))
    assert checked([number, choice], {"n": " -5 ", "c": "a", "x": "y"}, text) == ({"n": "-5", "c": "a"}, {})
    assert checked([number, choice], {}, text) == ({"n": "", "c": ""}, {})
    for wrong in ("--1", "1.5", "٣", "9" * 40, "-"):
        assert checked([number], {"n": wrong}, text)[1].keys() == {"n"}
