"""Players, form, comparisons, explained numbers and news over HTTP: their numbers are the readers', the rules hold."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from slomix.testing.database import fresh_database, sources_for
from slomix.testing.login import WHO, log_in
from slomix.testing.running import Running, running
from slomix.web.cookies import SESSION
from slomix_stats.api import Achievements, PlayerMaps, PlayerProfile
from slomix_webui.pages.compare.compare import CompareView
from slomix_webui.pages.compare.matchup import MatchupView
from slomix_webui.pages.form.form import FormView
from slomix_webui.pages.memory.news import NewsView
from slomix_webui.pages.metrics.listing import MetricsView
from slomix_webui.pages.metrics.view import MetricView
from slomix_webui.pages.players.details import AchievementsView, NumbersView, WeaponsView
from slomix_webui.pages.players.history import HistoryView
from slomix_webui.pages.players.listing import PlayersView
from slomix_webui.pages.players.mates import MatesView
from slomix_webui.pages.players.season import SeasonView
from slomix_webui.pages.players.view import PlayerView
from slomix_webui.testing.document import Document, problems
from slomix_webui.testing.world import fill

pytestmark = pytest.mark.asyncio(loop_scope="module")

API = "/stats/api/v1"
PLUGINS = ("stats", "webui")
BUDGET = 30_000
NODES = 1_500
TABS: dict[str, Any] = {
    "numbers": NumbersView, "maps": PlayerMaps, "weapons": WeaponsView, "mates": MatesView, "history": HistoryView,
    "achievements": AchievementsView, "season": SeasonView,
}  # fmt: skip
#: An account that is linked to a player.
ACCOUNT = 77


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house() -> AsyncIterator[Running]:
    """Some simulated evenings up to yesterday."""
    with fresh_database(sources_for(PLUGINS)) as dsn:
        async with running(dsn, *PLUGINS) as program:
            await fill(program, 60)
            yield program


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ids(house: Running) -> list[str]:
    """Players, those with the most rounds first."""
    rows = (await house.web.get("/players.json?sort=rounds")).json()["rows"]
    return [row["player"]["who"]["player_id"] for row in rows]


async def page(house: Running, address: str, status: int = 200) -> str:
    answer = await house.web.get(address)
    assert answer.status_code == status, f"{address}: {answer.text[:1500]}"
    assert answer.num_bytes_downloaded < BUDGET, address
    assert len(Document(answer.text).elements) < NODES, address
    assert problems(answer.text) == [], address
    assert "Not available at the moment" not in answer.text, address
    return answer.text


async def model(house: Running, address: str, kind: Any) -> Any:
    """The JSON twin as an instance of the view model."""
    answer = await house.web.get(address)
    assert answer.status_code == 200, f"{address}: {answer.text[:1500]}"
    return msgspec.json.decode(answer.content, type=kind)


async def table(house: Running, address: str) -> list[dict[str, str]]:
    answer = await house.web.get(address)
    assert answer.status_code == 200, f"{address}: {answer.text[:1500]}"
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


async def told(house: Running, path: str) -> Any:
    """An answer of the API of stats."""
    answer = await house.web.get(API + path)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_the_list_sorts_pages_and_finds(house: Running, ids: list[str]) -> None:
    view = await model(house, "/players.json", PlayersView)
    assert view.players == len(view.rows) == len(ids) > 10
    seen = [row.player.last_seen for row in view.rows]
    assert seen == sorted(seen, reverse=True)
    assert any(row.form is not None for row in view.rows)
    text = await page(house, "/players")
    assert all(f'href="/players/{player}"' in text for player in ids)
    for sort in ("name", "rounds", "time", "dpm", "kd"):
        assert f'href="/players?sort={sort}"' in text
        assert "aria-sort" in await page(house, f"/players?sort={sort}")
    name = view.rows[0].player.who.name
    found = await model(house, f"/players.json?q={name}", PlayersView)
    assert name in [row.player.who.name for row in found.rows]
    assert "Nobody is called" in await page(house, "/players?q=nobody+here")
    assert "The list is shorter" in await page(house, "/players?page=99")
    await page(house, "/players?sort=worst", 400)
    assert [row["player"] for row in await table(house, "/players.csv")] == [r.player.who.name for r in view.rows]


async def test_a_player_is_what_the_readers_say(house: Running, ids: list[str]) -> None:
    for player in ids[:3]:
        text = await page(house, f"/players/{player}")
        view = await model(house, f"/players/{player}.json", PlayerView)
        profile = await told(house, f"/players/{player}")
        numbers = await told(house, f"/players/{player}/numbers")
        assert view.portrait.profile == msgspec.convert(profile, PlayerProfile)
        values = {number["metric"]: number["value"] for number in numbers["numbers"]}
        assert {each.name: each.value for each in view.numbers} == values
        assert f"{values['dpm']:,.0f}" in text
        assert f"{values['kd']:.2f}" in text
        form = next((r for r in (await told(house, "/form"))["rows"] if r["who"]["player_id"] == player), None)
        assert (view.form is None) == (form is None)
        if view.form is not None and form is not None:
            assert view.form.delta_percent == form["delta_percent"]
        rows = await table(house, f"/players/{player}.csv")
        assert len(rows) > 0


async def test_every_tab_is_open_and_has_its_twin(house: Running, ids: list[str]) -> None:
    player = ids[0]
    for key, kind in TABS.items():
        text = await page(house, f"/players/{player}?tab={key}")
        assert 'aria-current="page"' in text
        await model(house, f"/players/{player}.json?tab={key}", kind)
    achievements = (await model(house, f"/players/{player}.json?tab=achievements", AchievementsView)).achievements
    assert achievements == msgspec.convert(await told(house, f"/players/{player}/achievements"), Achievements)


async def test_the_history_is_all_of_it_page_by_page(house: Running, ids: list[str]) -> None:
    view = await model(house, f"/players/{ids[0]}.json?tab=history&shape=rounds", HistoryView)
    rounds, cursor = list(view.rounds), view.next
    while cursor is not None:
        address = f"/players/{ids[0]}.json?tab=history&shape=rounds&before={cursor}"
        view = await model(house, address, HistoryView)
        rounds += view.rounds
        cursor = view.next
        assert not view.first
    counted = [each for each in rounds if each.round.invalid_reason is None]
    assert len(counted) == (await told(house, f"/players/{ids[0]}"))["lifetime"]["rounds"]
    assert len({each.round.round_id for each in rounds}) == len(rounds)


async def test_other_addresses_of_a_player_lead_on(house: Running, ids: list[str]) -> None:
    profile = await told(house, f"/players/{ids[0]}")
    for named in (profile["guids"][0], profile["guids"][0].lower()):
        answer = await house.web.get(f"/players/{named}?tab=maps")
        assert (answer.status_code, answer.headers["location"]) == (303, f"/players/{ids[0]}?tab=maps")
        twin = await house.web.get(f"/players/{named}.json")
        assert twin.headers["location"] == f"/players/{ids[0]}.json"
    async with house.runtime.db.transaction() as tx:
        await tx.execute("insert into slomix.player_alias (id, player_id) values ('p-merged', $1)", ids[0])
    answer = await house.web.get("/players/p-merged")
    assert (answer.status_code, answer.headers["location"]) == (308, f"/players/{ids[0]}")
    for nobody in ("nobody", "%3Cb%3E"):
        assert "There is no such player" in await page(house, f"/players/{nobody}", 404)


async def test_the_scope_stays_in_the_links(house: Running, ids: list[str]) -> None:
    text = await page(house, f"/players/{ids[0]}?period=30d&side=attack")
    assert f'href="/players/{ids[0]}?tab=maps&amp;period=30d&amp;side=attack"' in text
    assert f'href="/metrics/dpm?player={ids[0]}&amp;period=30d&amp;side=attack"' in text
    view = await model(house, f"/players/{ids[0]}.json?period=30d&side=attack", PlayerView)
    numbers = await told(house, f"/players/{ids[0]}/numbers?period=30d&side=attack")
    assert view.portrait.numbers.rounds == numbers["rounds"] > 0
    assert "No round in this scope" in await page(house, f"/players/{ids[0]}?period=2001-01")
    assert "There is no period" in await page(house, f"/players/{ids[0]}?period=never", 400)
    # the scope bar carries the tab on
    assert '<input type="hidden" name="tab" value="maps">' in await page(house, f"/players/{ids[0]}?tab=maps")


async def test_the_picture_of_a_player(house: Running, ids: list[str]) -> None:
    answer = await house.web.get(f"/players/{ids[0]}.png")
    assert answer.headers["content-type"] == "image/png"
    assert answer.content[16:24] == (1200).to_bytes(4, "big") + (630).to_bytes(4, "big")
    assert f"/players/{ids[0]}.png" in await page(house, f"/players/{ids[0]}")


async def test_form_is_that_of_the_readers(house: Running) -> None:
    for metric in ("dpm", "accuracy"):
        text = await page(house, f"/form?metric={metric}")
        view = await model(house, f"/form.json?metric={metric}", FormView)
        form = await told(house, f"/form?metric={metric}")
        assert [row.delta_percent for row in view.form.rows] == [row["delta_percent"] for row in form["rows"]]
        assert view.above + view.level + view.below == len(form["rows"]) > 0
        assert all(f'href="/players/{row.who.player_id}"' in text for row in view.form.rows)
    assert "Form is of rates" in await page(house, "/form?metric=kills", 400)
    assert "There is no metric" in await page(house, "/form?metric=luck", 400)
    assert len(await table(house, "/form.csv")) == len((await told(house, "/form"))["rows"])


async def test_every_number_is_explained(house: Running, ids: list[str]) -> None:
    listed = await model(house, "/numbers.json", MetricsView)
    text = await page(house, "/numbers")
    for metric in listed.metrics:
        assert f'href="/metrics/{metric.name}"' in text
        explained = await page(house, f"/metrics/{metric.name}?player={ids[0]}")
        assert escape(metric.formula) in explained
        view = await model(house, f"/metrics/{metric.name}.json?player={ids[0]}", MetricView)
        numbers = await told(house, f"/players/{ids[0]}/numbers")
        number = next(each for each in numbers["numbers"] if each["metric"] == metric.name)
        assert view.worked is not None
        assert view.worked.number.value == number["value"]
    board = await told(house, "/leaderboards/dpm?limit=10&period=30d")
    view = await model(house, "/metrics/dpm.json?period=30d", MetricView)
    assert [row.who.player_id for row in view.leaders] == [row["who"]["player_id"] for row in board["rows"]]
    assert view.spread is not None
    assert sum(view.spread.counts) == view.players


async def test_names_of_numbers_lead_on(house: Running, ids: list[str]) -> None:
    answer = await house.web.get(f"/metrics/acc?player={ids[0]}")
    assert (answer.status_code, answer.headers["location"]) == (308, f"/metrics/accuracy?player={ids[0]}")
    assert "There is no such number" in await page(house, "/metrics/luck", 404)
    assert "There is no such player" in await page(house, "/metrics/dpm?player=nobody", 404)
    assert (await house.web.get("/metrics/dpm.csv")).status_code == 200


async def test_players_side_by_side(house: Running, ids: list[str]) -> None:
    address = f"players={ids[0]},{ids[1]},{ids[2]}&period=90d"
    text = await page(house, f"/compare?{address}")
    view = await model(house, f"/compare.json?{address}", CompareView)
    compared = (await told(house, f"/compare?{address}"))["players"]
    assert [each.who.player_id for each in view.players] == ids[:3]
    for place, each in enumerate(compared):
        values = {number["metric"]: number["value"] for number in each["numbers"]}
        assert {row.metric.name: row.cells[place].number.value for row in view.rows} == values
    dpm = next(row for row in view.rows if row.metric.name == "dpm")
    best = max(cell.number.value or 0 for cell in dpm.cells)
    assert [cell.best for cell in dpm.cells] == [cell.number.value == best for cell in dpm.cells]
    assert f'href="/compare?players={ids[1]},{ids[2]}&amp;period=90d"' in text
    assert len(await table(house, "/compare.csv?" + address)) == len(view.rows)


async def test_players_are_chosen_by_name_without_script(house: Running, ids: list[str]) -> None:
    profile = await told(house, f"/players/{ids[0]}")
    assert "Nobody to compare yet" in await page(house, "/compare")
    answer = await house.web.get(f"/compare?players={ids[1]}&add={profile['guids'][0]}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/compare?players={ids[1]},{ids[0]}")
    assert "Who is meant by a?" in await page(house, "/compare?add=a")
    assert "Nobody is called nobody" in await page(house, "/compare?add=nobody+here")
    assert "Nobody has the id or GUID p-nobody" in await page(house, f"/compare?players=p-nobody,{ids[0]}")
    answer = await house.web.get(f"/matchup?a={ids[1]}&add_b={profile['guids'][0]}&exact=1")
    assert answer.headers["location"] == f"/matchup?a={ids[1]}&b={ids[0]}&exact=1"
    text = await page(house, f"/matchup?a={ids[1]}&add_b=a")
    assert f'href="/matchup?a={ids[1]}&amp;b=' in text


async def test_two_players_head_to_head(house: Running, ids: list[str]) -> None:
    text = await page(house, f"/matchup?a={ids[0]}&b={ids[1]}")
    view = await model(house, f"/matchup.json?a={ids[0]}&b={ids[1]}", MatchupView)
    assert view.matchup is not None
    met = await told(house, f"/matchup?a={ids[0]}&b={ids[1]}")
    assert (view.matchup.won_a, view.matchup.won_b, view.matchup.matches) == (
        met["won_a"],
        met["won_b"],
        met["matches"],
    )
    turned = await model(house, f"/matchup.json?a={ids[1]}&b={ids[0]}", MatchupView)
    assert turned.matchup is not None
    assert (turned.matchup.won_a, turned.matchup.won_b) == (view.matchup.won_b, view.matchup.won_a)
    assert view.duel is not None
    assert turned.duel is not None
    assert view.duel.other_dpm == turned.duel.rival.dpm
    assert "The duel" in text
    assert "One player is named twice" in await page(house, f"/matchup?a={ids[0]}&b={ids[0]}", 400)
    assert len(await table(house, f"/matchup.csv?a={ids[0]}&b={ids[1]}")) > 0
    assert "Side A" in await page(house, "/matchup")


async def test_line_ups_head_to_head(house: Running) -> None:
    """The line-ups of a night met at least on that night."""
    session = (await told(house, "/sessions?limit=1"))["sessions"][0]["session_id"]
    segment = (await told(house, f"/sessions/{session}"))["segments"][0]
    a, b = ",".join(segment["team_a"][:3]), ",".join(segment["team_b"][:3])
    text = await page(house, f"/matchup?a={a}&b={b}")
    assert f'href="/sessions/{session}"' in text
    view = await model(house, f"/matchup.json?a={a}&b={b}", MatchupView)
    assert view.duel is None
    assert session in [each.session_id for each in view.matchup.meetings]


async def test_news_since_the_last_visit(house: Running) -> None:
    """What a browser keeps of its visits says since when; reading changes nothing."""
    now = house.runtime.clock.now()
    week = {"Cookie": f"slomix_seen={int((now - timedelta(days=30)).timestamp())}.{int(now.timestamp())}"}
    answer = await house.web.get("/me/news.json", headers=week)
    view = msgspec.json.decode(answer.content, type=NewsView)
    assert view.known
    assert abs(view.since - (now - timedelta(days=30))) < timedelta(seconds=2)
    everything = (await told(house, "/sessions?limit=10"))["sessions"]
    assert [each.session_id for each in view.nights] == [each["session_id"] for each in everything]
    assert answer.headers["cache-control"] == "private, no-store"
    assert "set-cookie" not in answer.headers
    stranger = msgspec.json.decode((await house.web.get("/me/news.json")).content, type=NewsView)
    assert not stranger.known
    assert stranger.days == 7
    assert problems((await house.web.get("/me/news", headers=week)).text) == []
    alone = (await house.web.get("/me/news?part=main", headers=week)).text
    assert "<h1" not in alone
    assert "Nothing was played since" in (await house.web.get(f"/me/news?{'part=main'}", headers=seen(now, now))).text


def seen(before: datetime, last: datetime) -> dict[str, str]:
    return {"Cookie": f"slomix_seen={int(before.timestamp())}.{int(last.timestamp())}"}


async def test_news_are_read_by_a_form_without_script(house: Running) -> None:
    answer = await house.web.post("/me/news/seen", data={"back": "/me/news"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/me/news")
    before, last = answer.headers["set-cookie"].partition(";")[0].removeprefix("slomix_seen=").split(".")
    assert before == last
    assert abs(datetime.fromtimestamp(int(last), UTC) - house.runtime.clock.now()) < timedelta(minutes=1)
    elsewhere = await house.web.post("/me/news/seen", data={"back": "https://elsewhere.example/"})
    assert elsewhere.headers["location"] == "/"


async def test_news_of_somebody_who_is_a_player(house: Running, ids: list[str]) -> None:
    """Who is logged in and linked finds their own bests, milestones and places."""
    session = await log_in(house.runtime, ACCOUNT, name="Somebody", tier="everyone", rights=())
    await house.runtime.people.link(WHO, ACCOUNT, ids[0], "Somebody")
    cookies = {"Cookie": f"{SESSION}={session}"}
    view = msgspec.json.decode((await house.web.get("/me/news.json?days=30", headers=cookies)).content, type=NewsView)
    text = (await house.web.get("/me/news?days=30", headers=cookies)).text
    assert view.player is not None
    assert view.player.player_id == ids[0]
    assert {each.best.who.player_id for each in view.bests} | {each.who.player_id for each in view.reached} == {ids[0]}
    assert view.moves
    for move in view.moves:
        board = await told(house, f"/leaderboards/{move.metric.name}?period=season&limit=100")
        assert move.now == next(r["rank"] for r in board["rows"] if r["who"]["player_id"] == ids[0])
        assert move.before != move.now
    assert "Your own" in text
    assert problems(text) == []
    assert "Claimed" in await page(house, f"/players/{ids[0]}")


async def test_home_has_a_place_for_the_news(house: Running) -> None:
    text = (await house.web.get("/")).text
    assert 'data-mine="/me/news" data-back' in text
    assert 'href="/me/news"' in text


async def test_players_are_found_by_the_search(house: Running, ids: list[str]) -> None:
    name = (await told(house, f"/players/{ids[1]}"))["name"]
    found = (await house.web.get("/search.json", params={"q": name})).json()
    players = next(group for group in found["groups"] if group["kind"] == "player")
    assert f"/players/{ids[1]}" in [each["address"] for each in players["found"]]


async def test_what_is_asked_has_an_end(house: Running, ids: list[str]) -> None:
    """Too much in an address is a sentence, and costs nothing."""
    long = "x" * 601
    addresses = (
        f"/players?q={long}", "/players?page=0", f"/compare?players={long}", f"/compare?add={long}",
        f"/matchup?a={long}", f"/metrics/dpm?player={long}", f"/form?metric={long}", "/me/news?days=91",
    )  # fmt: skip
    for address in addresses:
        await page(house, address, 400)
    view = await model(house, f"/compare.json?players={','.join(ids[:10])}", CompareView)
    assert len(view.players) == 8
    answer = await house.web.post("/me/news/seen", data={f"f{n}": "x" for n in range(9)})
    assert answer.status_code == 400
