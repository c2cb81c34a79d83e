"""The reader's own page: login, player, names, browsers, look, data; every form works without script."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import msgspec
import pytest
import pytest_asyncio

from slomix.testing.clock import FixedClock
from slomix.testing.database import fresh_database, sources_for
from slomix.testing.running import Running, running
from slomix_webui.pages.me.view import MeView, browser_name
from slomix_webui.testing.document import problems

ME, OTHER = 770000000000000051, 770000000000000052
START = datetime.fromisoformat("2026-01-02T20:00:00+00:00")
LOGIN = {"login": {"client_id": 1234567890, "client_secret": "of a test"}}
PLUGINS = ("stats", "webui")


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(START)


@pytest_asyncio.fixture
async def house(clock: FixedClock) -> AsyncIterator[Running]:
    with fresh_database(sources_for(PLUGINS)) as dsn:
        async with running(dsn, *PLUGINS, core={"web": LOGIN}, clock=clock) as program:
            await program.play(players=("fragger", "medic", "tester"), ended_local=START.replace(tzinfo=None))
            yield program


async def player(house: Running, name: str) -> str:
    return (await house.runtime.people.the_one(name)).player_id


async def test_strangers_see_what_a_login_is_for_and_choose_how_it_looks(house: Running) -> None:
    page = (await house.web.get("/me")).text
    assert "<h1>Log in</h1>" in page
    assert problems(page) == []
    assert 'href="/-/login?next=/me"' in page
    kept = await house.web.post("/preferences", data={"size": "larger", "theme": "light", "back": "/me"})
    assert kept.headers["location"] == "/me"
    assert 'data-theme="light" data-size="larger"' in (await house.web.get("/leaderboards")).text
    assert (await house.web.get("/me.json")).json()["account"] is None


async def test_without_a_login_in_the_settings_it_says_so(dsn: str) -> None:
    with fresh_database(sources_for(PLUGINS)) as other:
        async with running(other, *PLUGINS) as program:
            page = (await program.web.get("/me")).text
            assert "Nobody can log in here yet" in page
            assert "/-/login" not in page


async def test_a_player_is_found_claimed_named_and_given_back(house: Running) -> None:
    me = await house.as_person(ME, name="tester")
    page = (await me.get("/me")).text
    (player_id,) = re.findall(r'name="player" value="([^"]+)"', page)
    assert player_id == await player(house, "tester")
    asked = await me.post("/me/claim", data={"player": player_id})
    assert "Everybody sees it" in asked.text
    claimed = await me.post("/me/claim", data={"player": player_id, "-sure": "1"})
    assert claimed.headers["location"] == "/me#player"
    page = (await me.get("/me")).text
    assert "That is you now." in page
    assert f'href="/players/{player_id}">tester</a>' in page
    assert problems(page) == []
    assert (await me.post("/me/name", data={"custom": "The Tester", "alias": ""})).status_code == 303
    view = msgspec.json.decode((await me.get("/me.json")).content, type=MeView)
    assert view.player is not None
    assert (view.player.name, [each.name for each in view.player.names]) == ("The Tester", ["tester"])
    both = await me.post("/me/name", data={"custom": "Two", "alias": "tester"})
    assert (both.status_code, "not both" in both.text) == (400, True)
    assert (await me.post("/me/name", data={"custom": "", "alias": "medic"})).status_code == 400
    await me.post("/me/unlink", data={"-sure": "1"})
    assert (await me.get("/me.json")).json()["player"] is None


async def test_what_core_refuses_is_told_on_the_page(house: Running) -> None:
    me, other = await house.as_person(ME), await house.as_person(OTHER)
    medic = await player(house, "medic")
    await other.post("/me/claim", data={"player": medic, "-sure": "1"})
    refused = await me.post("/me/claim", data={"player": medic, "-sure": "1"})
    assert refused.status_code == 409
    assert 'role="alert"' in refused.text
    assert (await me.post("/me/name", data={})).status_code == 409, "who has no player has no names"


async def test_players_are_looked_for_by_name(house: Running) -> None:
    me = await house.as_person(ME, name="somebody")
    assert "Nobody who is free is called like you" in (await me.get("/me")).text
    assert await player(house, "medic") in (await me.get("/me?q=medic")).text
    page = (await me.get("/me", params={"q": "<b>none</b>"})).text
    assert "called “&lt;b&gt;none&lt;/b&gt;”" in page
    assert (await me.get("/me", params={"q": "x" * 65})).status_code == 400


async def test_browsers_are_listed_and_logged_out(house: Running, clock: FixedClock) -> None:
    phone = await house.as_person(ME)
    clock.advance(timedelta(hours=1))
    desk = await house.as_person(ME)
    listed = (await desk.get("/me.json")).json()["browsers"]
    assert [each["current"] for each in listed] == [True, False]
    ended = await desk.post("/me/device", data={"key": listed[1]["key"]})
    assert ended.headers["location"] == "/me#browsers"
    assert (await phone.get("/me.json")).json()["account"] is None
    assert (await desk.post("/me/device", data={"key": listed[1]["key"]})).status_code == 404
    everywhere = re.search(r'action="(/-/logout/everywhere[^"]*)"', (await desk.get("/me")).text)
    assert everywhere is not None
    await desk.post(everywhere[1])
    assert (await desk.get("/me.json")).json()["account"] is None


async def test_a_copy_of_the_data_is_a_file(house: Running) -> None:
    me = await house.as_person(ME)
    copy = await me.get("/me/data")
    assert copy.headers["content-disposition"].startswith("attachment")
    assert copy.headers["cache-control"] == "private, no-store"
    assert copy.json()["person"]["discord_id"] == str(ME)
    assert (await house.web.get("/me/data")).status_code == 401
    answers = [(await me.get("/me/data")).status_code for _ in range(6)]
    assert 429 in answers


async def test_being_forgotten_takes_a_word_and_a_second_yes(house: Running) -> None:
    me = await house.as_person(ME)
    assert "Nobody can undo it" in (await me.get("/me")).text
    asked = await me.post("/me/forget", data={"word": "forget"})
    assert "There is no way back" in asked.text
    wrong = await me.post("/me/forget", data={"word": "remember", "-sure": "1"})
    assert (wrong.status_code, "Write the word" in wrong.text) == (400, True)
    assert (await me.get("/me.json")).json()["account"] is not None
    gone = await me.post("/me/forget", data={"word": "forget", "-sure": "1"})
    assert gone.headers["location"] == "/"
    assert (await me.get("/me.json")).json()["account"] is None


async def test_nobody_is_forgotten_for_a_player_that_was_claimed_today(house: Running) -> None:
    me = await house.as_person(ME)
    await me.post("/me/claim", data={"player": await player(house, "tester"), "-sure": "1"})
    early = await me.post("/me/forget", data={"word": "forget", "-sure": "1"})
    assert early.status_code == 409
    assert "less than 7 days ago" in early.text


async def test_forms_of_strangers_and_of_other_sites_are_refused(house: Running) -> None:
    me = await house.as_person(ME)
    for name in ("claim", "unlink", "name", "device", "forget"):
        assert (await house.web.post(f"/me/{name}", data={"-sure": "1"})).status_code == 401
        other = await me.post(f"/me/{name}", data={"-sure": "1"}, headers={"origin": "https://evil.example"})
        assert other.status_code == 403


async def test_the_menu_has_what_the_reader_may_follow(house: Running) -> None:
    referer = {"referer": "http://slomix.test/players?q=x"}
    stranger = await house.web.get("/me/menu?part=main", headers=referer)
    assert 'href="/-/login?next=/players%3Fq%3Dx"' in stranger.text
    me = await house.as_person(ME, name="<Bo>")
    menu = (await me.get("/me/menu?part=main", headers=referer)).text
    assert "&lt;Bo&gt;" in menu
    assert 'action="/-/logout?next=%2Fplayers%3Fq%3Dx"' in menu
    assert 'href="/me/news"' in menu
    assert 'href="/system/' not in menu


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605 Version/18 Safari/605", "Safari on macOS"),
        ("Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        ("curl/8.0", "curl/8.0"),
        ("<script>", "A browser"),
        ("", "A browser"),
    ],
)
def test_browsers_have_names(agent: str, name: str) -> None:
    assert browser_name(agent) == name
