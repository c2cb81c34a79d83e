"""Nights, matches and rounds over HTTP: their numbers are the readers', their twins the same, nothing breaks them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from slomix.testing.database import fresh_database, sources_for
from slomix.testing.running import Running, running
from slomix_stats.simulate import play_evening, simulate
from slomix_webui.pages.nights.listing import NightsView
from slomix_webui.pages.nights.matches import MatchView
from slomix_webui.pages.nights.rounds import RoundView
from slomix_webui.pages.nights.tabs.charts import ChartsView
from slomix_webui.pages.nights.tabs.numbers import NumbersView
from slomix_webui.pages.nights.tabs.rounds import RoundsView
from slomix_webui.pages.nights.tabs.teamplay import TeamplayView
from slomix_webui.pages.nights.view import NightView
from slomix_webui.testing.document import problems

pytestmark = pytest.mark.asyncio(loop_scope="module")

API = "/stats/api/v1"
PLUGINS = ("stats", "webui")
TABS: dict[str, type] = {
    "players": NumbersView, "teamplay": TeamplayView, "charts": ChartsView, "rounds": RoundsView,
}  # fmt: skip
#: Bytes of a night on the wire.
BUDGET = 45_000


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """Three simulated evenings."""
    with fresh_database(sources_for(PLUGINS)) as dsn:
        async with running(dsn, *PLUGINS) as program:
            await program.take(simulate(tmp_path_factory.mktemp("files"), seed=5, rounds=40))
            yield program


async def page(house: Running, address: str, status: int = 200) -> str:
    answer = await house.web.get(address)
    assert answer.status_code == status, f"{address}: {answer.text[:1500]}"
    assert answer.num_bytes_downloaded < BUDGET
    assert problems(answer.text) == [], address
    return answer.text


async def model(house: Running, address: str, kind: type[Any]) -> Any:
    """The JSON twin as an instance of the view model."""
    answer = await house.web.get(address)
    assert answer.status_code == 200, f"{address}: {answer.text[:1500]}"
    return msgspec.json.decode(answer.content, type=kind)


async def table(house: Running, address: str) -> list[dict[str, str]]:
    answer = await house.web.get(address)
    assert answer.status_code == 200, f"{address}: {answer.text[:1500]}"
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


async def sessions(house: Running) -> list[Any]:
    found: list[Any] = (await house.web.get(f"{API}/sessions?limit=100")).json()["sessions"]
    return found


async def detail_of(house: Running, session: str) -> Any:
    return (await house.web.get(f"{API}/sessions/{session}")).json()


async def test_the_list_has_every_night_with_its_scores(house: Running) -> None:
    text = await page(house, "/sessions")
    found = await sessions(house)
    rows = await table(house, "/sessions.csv")
    assert [row["session"] for row in rows] == [each["session_id"] for each in found]
    for each, row in zip(found, rows, strict=True):
        assert f'href="/sessions/{each["session_id"]}"' in text
        segments = (await detail_of(house, each["session_id"]))["segments"]
        scored = [s for s in segments if s["points_a"] + s["points_b"]]
        assert [(s["points_a"], s["points_b"]) for s in each["scores"]] == [
            (s["points_a"], s["points_b"]) for s in scored
        ]
        assert row["a"] == (str(scored[0]["points_a"]) if scored else "")
    view = await model(house, "/sessions.json", NightsView)
    assert sum(day.rounds for day in view.days) == sum(each["rounds"] for each in found)


async def test_the_list_is_filtered_by_the_address(house: Running) -> None:
    found = await sessions(house)
    wanted = found[-1]
    day = wanted["ended_at"][:10]
    view = await model(house, f"/sessions.json?until={day}&since={day}", NightsView)
    assert wanted["session_id"] in {each.session_id for each in view.sessions}
    assert len(view.sessions) < len(found)
    name = (await detail_of(house, wanted["session_id"]))["players"][0]["name"]
    view = await model(house, f"/sessions.json?q={name[:4].upper()}", NightsView)
    assert wanted["session_id"] in {each.session_id for each in view.sessions}
    assert "No night fits" in await page(house, "/sessions?q=%25nothing")
    await page(house, "/sessions?since=yesterday", 400)
    await page(house, "/sessions?since=0001-01-01&until=9999-12-31")
    await page(house, f"/sessions?q={'x' * 65}", 400)
    text = await page(house, f"/sessions?before={found[0]['session_id']}")
    assert f'href="/sessions/{found[0]["session_id"]}"' not in text
    assert f'href="/sessions/{found[1]["session_id"]}"' in text


async def test_the_night_says_what_the_readers_say(house: Running) -> None:
    for each in await sessions(house):
        address = f"/sessions/{each['session_id']}"
        text, detail = await page(house, address), await detail_of(house, each["session_id"])
        view = await model(house, f"{address}.json", NightView)
        lines = {line["player_id"]: line for line in detail["players"]}
        assert {row.player.player_id for row in view.players} == set(lines)
        for row in view.players:
            assert (row.player.kills, row.player.dpm) == (
                lines[row.player.player_id]["kills"],
                lines[row.player.player_id]["dpm"],
            )
        assert [row.whole for row in view.heat.rows] == sorted((row.whole for row in view.heat.rows), reverse=True)
        dpm = {row.who.player_id: row.whole for row in view.heat.rows}
        assert dpm == {who: pytest.approx(line["dpm"], abs=1e-3) for who, line in lines.items()}
        assert {row.form.who.player_id: row.form.value for row in view.form} == {
            who: pytest.approx(line["dpm"], abs=0.01) for who, line in lines.items()
        }
        printed = "".join(re.findall(r'<p class="points">(.*?)</p>', text))
        points = [int(digits) for digits in re.findall(r"<span[^>]*>(\d+)</span>", printed)]
        assert points == [p for duel in view.duels for p in (duel.a, duel.b)]
        for match in detail["matches"]:
            assert f'id="{match["match_id"]}"' in text
            assert f'href="/matches/{match["match_id"]}"' in text
        assert f'data-live="{each["session_id"]}"' in text
        assert view.story
        for sentence in view.story:
            if sentence.address.startswith("/"):
                await page(house, sentence.address)
            else:
                assert f'id="{sentence.address.partition("#")[2]}"' in text


async def test_nights_lead_to_their_neighbours(house: Running) -> None:
    found = [each["session_id"] for each in await sessions(house)]
    for at, session in enumerate(found):
        view = await model(house, f"/sessions/{session}.json", NightView)
        older = found[at + 1] if at + 1 < len(found) else None
        newer = found[at - 1] if at else None
        assert (view.older and view.older.session_id, view.newer and view.newer.session_id) == (older, newer)


async def test_the_matrix_has_a_switch_and_players_are_sorted_by_links(house: Running) -> None:
    session = (await sessions(house))[0]["session_id"]
    text = await page(house, f"/sessions/{session}?metric=revives&sort=kills&order=asc")
    assert 'aria-current="page">Revives given' in text
    view = await model(house, f"/sessions/{session}.json?metric=revives&sort=kills&order=asc", NightView)
    assert view.heat.metric.name == "revives"
    for row in view.heat.rows:
        assert sum(value or 0 for value in row.values) == row.whole
        assert (row.attack or 0) + (row.defence or 0) == row.whole
    kills = [row.player.kills for row in view.players]
    assert kills == sorted(kills)
    await page(house, f"/sessions/{session}?metric=nothing", 400)
    await page(house, f"/sessions/{session}?sort=name", 400)
    await page(house, f"/sessions/{session}?order=up", 400)
    rows = await table(house, f"/sessions/{session}.csv?table=revives&metric=revives")
    assert [float(row["night"]) for row in rows] == [row.whole for row in view.heat.rows]
    assert len(await table(house, f"/sessions/{session}.csv?table=maps")) == len(view.plays)


@pytest.mark.parametrize("tab", TABS)
async def test_tabs(house: Running, tab: str) -> None:
    for each in await sessions(house):
        address = f"/sessions/{each['session_id']}"
        await page(house, f"{address}?tab={tab}")
        assert await model(house, f"{address}.json?tab={tab}", TABS[tab])
        assert await table(house, f"{address}.csv?tab={tab}")


async def test_the_tab_of_all_numbers_is_the_insight(house: Running) -> None:
    session = (await sessions(house))[0]["session_id"]
    view = await model(house, f"/sessions/{session}.json?tab=players&by=deaths", NumbersView)
    told = (await house.web.get(f"{API}/sessions/{session}/insight")).json()
    wanted = {
        p["numbers"]["who"]["player_id"]: {n["metric"]: n["value"] for n in p["numbers"]["numbers"]}
        for p in told["players"]
    }
    found: dict[str, dict[str, float | None]] = {who: {} for who in wanted}
    for group in view.groups:
        for row in group.rows:
            found[row.who.player_id] |= dict(zip((m.name for m in group.metrics), row.cells, strict=True))
    assert found == wanted
    deaths = [found[row.who.player_id]["deaths"] for row in view.groups[0].rows]
    assert deaths == sorted(deaths, key=lambda value: value or 0)
    await page(house, f"/sessions/{session}?tab=players&by=nothing")


async def test_matches_have_both_rounds(house: Running) -> None:
    for each in await sessions(house):
        for match in (await detail_of(house, each["session_id"]))["matches"]:
            address = f"/matches/{match['match_id']}"
            text, told = await page(house, address), (await house.web.get(f"{API}{address}")).json()
            view = await model(house, f"{address}.json", MatchView)
            assert [line.player.player_id for line in view.totals] == [line["player_id"] for line in told["totals"]]
            for half, key in zip(view.halves, ("r1", "r2"), strict=False):
                assert half.round.round_id == match[key]["round_id"]
                assert len(half.lines) == len(told[f"{key}_players"])
                assert f'href="/rounds/{half.round.round_id}"' in text
            for arms in view.weapons:
                assert sum(weapon.kills for weapon in arms.weapons) == arms.player.kills
            for pair in view.opponents:
                assert pair.a is None or pair.b is None or pair.a.player_id != pair.b.player_id
            assert f'href="/sessions/{each["session_id"]}"' in text
            assert len(await table(house, f"{address}.csv?table=round1")) == len(view.halves[0].lines)


async def test_rounds_have_sides_weapons_and_facts(house: Running) -> None:
    session = (await sessions(house))[0]["session_id"]
    for match in (await detail_of(house, session))["matches"]:
        for half in (match["r1"], match["r2"]):
            if half is None:
                continue
            address = f"/rounds/{half['round_id']}"
            text, told = await page(house, address), (await house.web.get(f"{API}{address}")).json()
            view = await model(house, f"{address}.json", RoundView)
            assert {line.player.player_id for side in view.sides for line in side.lines} == {
                line["player_id"] for line in told["players"]
            }
            assert [side.attacked for side in view.sides[:2]] == [True, False]
            assert f'href="{API}{address}"' in text
            assert f'href="/matches/{match["match_id"]}"' in text
            rows = await table(house, f"{address}.csv?table=weapons")
            assert sum(int(row["kills"]) for row in rows) == sum(line["kills"] for line in told["players"])


async def test_titles_and_previews_are_of_each_page(house: Running) -> None:
    session = (await sessions(house))[0]["session_id"]
    match = (await detail_of(house, session))["matches"][0]
    addresses = [
        "/sessions",
        f"/sessions/{session}",
        f"/matches/{match['match_id']}",
        f"/rounds/{match['r1']['round_id']}",
    ]
    texts = [await page(house, address) for address in addresses]
    titles = [re.findall(r"<title>(.*?)</title>", text)[0] for text in texts]
    assert len(set(titles)) == len(titles)
    for text, address in zip(texts[1:3], addresses[1:3], strict=True):
        assert f'property="og:image" content="http://slomix.test{address}.png"' in text
        picture = await house.web.get(f"{address}.png")
        assert (picture.status_code, picture.headers["content-type"]) == (200, "image/png")
        assert picture.content[16:24] == (1200).to_bytes(4) + (630).to_bytes(4)
        assert len(picture.content) > 20_000, "a picture without letters is small"


async def test_pages_link_to_their_files(house: Running) -> None:
    session = (await sessions(house))[0]["session_id"]
    match = (await detail_of(house, session))["matches"][0]
    for address in (
        f"/sessions/{session}?metric=kd",
        f"/matches/{match['match_id']}",
        f"/rounds/{match['r1']['round_id']}",
    ):
        links = [unescape(each) for each in re.findall(r'href="([^"]*\.csv\?table=[^"]*)"', await page(house, address))]
        assert len(links) > 1
        for link in links:
            assert await table(house, link), link


async def test_bests_come_late_and_unknown_things_lead_on(house: Running) -> None:
    session = (await sessions(house))[0]["session_id"]
    text = await page(house, f"/sessions/{session}")
    late = re.findall(r'data-later="([^"]*)"', text)
    assert any("/widgets/webui/bests" in address for address in late)
    bests = (await house.web.get(f"{API}/sessions/{session}/bests")).json()["bests"]
    block = await page(house, f"/widgets/webui/bests?slot=session&id={session}")
    assert all(f'href="/rounds/{each["round_id"]}"' in block for each in bests[:12])
    for address in ("/sessions/s0", "/matches/m0", "/rounds/%3Cb%3E", f"/sessions/{'x' * 500}"):
        assert "There is no such" in await page(house, address, 404)
    await page(house, f"/sessions/{session}?tab=nothing")


async def test_the_live_part_is_what_main_holds(house: Running) -> None:
    session = (await sessions(house))[0]["session_id"]
    for address in ("/sessions", f"/sessions/{session}", f"/sessions/{session}?tab=rounds"):
        whole = (await house.web.get(address)).text
        part = (await house.web.get(f"{address}{'&' if '?' in address else '?'}part=main")).text
        inside = re.search(r"<main[^>]*>(.*)</main>", whole, re.DOTALL)
        assert inside
        assert re.sub(r"\s+", " ", part).strip() == re.sub(r"\s+", " ", inside[1]).strip()


async def test_an_empty_house_says_what_it_waits_for() -> None:
    with fresh_database(sources_for(PLUGINS)) as dsn:
        async with running(dsn, *PLUGINS) as program:
            assert "No night yet" in await page(program, "/sessions")


async def test_a_night_grows_and_earlier_ids_lead_on() -> None:
    evening = play_evening(seed=3)
    with fresh_database(sources_for(PLUGINS)) as dsn:
        async with running(dsn, *PLUGINS) as program:
            for each in evening[2:3]:
                await program.give(each.name, each.data)
            first = (await sessions(program))[0]["session_id"]
            assert "The first map is being played" in await page(program, f"/sessions/{first}")
            match = (await detail_of(program, first))["matches"][0]
            for each in evening[3:6]:
                await program.give(each.name, each.data)
            assert len((await model(program, f"/sessions/{first}.json", NightView)).plays) == 2
            for each in evening[:2]:
                await program.give(each.name, each.data)
            now = (await sessions(program))[0]["session_id"]
            assert now != first
            for form in ("", ".json", ".csv"):
                answer = await program.web.get(f"/sessions/{first}{form}?metric=kd")
                assert answer.status_code == 308
                assert answer.headers["location"].endswith(f"/sessions/{now}{form}?metric=kd")
            assert (await program.web.get(f"/matches/{match['match_id']}")).status_code == 200


async def test_awards_and_duels_of_a_round_where_the_server_told_them(tmp_path: Path) -> None:
    with fresh_database(sources_for(PLUGINS)) as dsn:
        async with running(dsn, *PLUGINS) as program:
            await program.take(simulate(tmp_path, seed=3, rounds=2, companions=True))
            session = (await sessions(program))[0]["session_id"]
            address = f"/rounds/{(await detail_of(program, session))['matches'][0]['r1']['round_id']}"
            text = await page(program, address)
            view = await model(program, f"{address}.json", RoundView)
            assert view.endstats.awards
            assert view.duels
            assert all(duel.kills > duel.deaths for duel in view.duels)
            for award in view.endstats.awards:
                assert award.player_id is None or f'href="/players/{award.player_id}"' in text
            assert "were not captured" not in text
            assert len(await table(program, f"{address}.csv?table=awards")) == len(view.endstats.awards)
            assert len(await table(program, f"{address}.csv?table=duels")) == len(view.endstats.duels)
