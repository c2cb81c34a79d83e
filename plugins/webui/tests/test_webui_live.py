"""The live page: what it makes of a round, that page, JSON and channel agree, and what it says when nothing is live."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from time import time
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
import pytest_asyncio
from jinja2 import Environment

from slomix.identity.servers import create_token, ensure_server
from slomix.testing.database import fresh_database, sources_for
from slomix.testing.running import Running, running
from slomix_stats.api import FeedEntry, LiveName, LivePlayer, LiveServer, ServerSample, SessionLine, StatsLiveV1
from slomix_stats.simulate import play_evening
from slomix_webui.frame.house import House
from slomix_webui.pages.live.feed import KINDS, line
from slomix_webui.pages.live.page import kinds_of
from slomix_webui.pages.live.view import LiveView, Now, live_round, live_rounds, points
from slomix_webui.pages.live.widgets import of_night

NOW = datetime(2026, 11, 28, 21, 0, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Ljubljana")
pytestmark = pytest.mark.asyncio(loop_scope="module")

ROUND: tuple[dict[str, Any], ...] = (
    {"type": "loaded", "map": "supply"},
    {"type": "player", "slot": 3, "name": "^1fox", "team": 1},
    {"type": "player", "slot": 4, "name": "<script>owl</script>", "team": 2},
    {"type": "player", "slot": 9, "name": "watcher", "team": 3},
    {"type": "round_start"},
    {"type": "kill", "killer": 3, "victim": 4, "weapon": "MOD_MP40"},
    {"type": "kill", "killer": 1022, "victim": 3, "weapon": "MOD_FALLING"},
    {"type": "say", "text": "^7fox: gg"},
)


# ---- pure ------------------------------------------------------------------------------------


def player(slot: int, **changed: Any) -> LivePlayer:
    values: dict[str, Any] = {
        "slot": slot, "name": f"p{slot}", "name_raw": f"p{slot}", "side": "axis", "kills": 0, "deaths": 0,
        "damage_given": 0, "damage_received": 0, "xp": None,
    }  # fmt: skip
    return LivePlayer(**values | changed)


def server(name: str = "puran", **changed: Any) -> LiveServer:
    values: dict[str, Any] = {
        "server": name, "map": "supply", "round": 1, "phase": "warmup", "started_at": None, "clock_s": None,
        "axis_kills": 0, "allies_kills": 0, "axis_xp": None, "allies_xp": None, "players": (), "updated_at": NOW,
    }  # fmt: skip
    return LiveServer(**values | changed)


async def test_an_empty_server_is_not_live_and_one_with_players_or_a_round_is() -> None:
    watched = server("watched", players=(player(1, side="spectator"), player(2, side=None)))
    fights = server("fights", players=(player(1), player(2, side="allies")))
    found = live_rounds((server("empty"), watched, server("runs", phase="playing"), fights), ZONE)
    assert [each.server for each in found] == ["fights", "runs"], "the most players first"


async def test_damage_is_unknown_where_the_server_does_not_tell_of_any() -> None:
    people = (player(1, kills=1), player(2, kills=4), player(3, side="allies"), player(4, side="spectator"))
    silent = live_round(server(players=people), ZONE)
    assert [each.slot for each in silent.axis] == [2, 1]
    assert {each.damage for each in (*silent.axis, *silent.allies)} == {None}
    told = live_round(server(players=(*people, player(5, damage_given=80))), ZONE)
    assert [(each.slot, each.damage) for each in told.axis] == [(2, 0), (1, 0), (5, 80)]
    assert [each.slot for each in told.others] == [4]


def name(slot: int) -> LiveName:
    return LiveName(slot=slot, name=f"p{slot}", name_raw=f"p{slot}", side="axis")


def entry(type_: str, **changed: Any) -> FeedEntry:
    values: dict[str, Any] = {"seq": 1, "server": "puran", "at": NOW, "actor": None, "target": None, "side": None}
    return FeedEntry(**values | {"what": None} | changed, type=type_)


@pytest.mark.parametrize(
    ("found", "type_", "kind", "what"),
    [
        (entry("kill", actor=name(1), target=name(2), what="MOD_MP40"), "kill", "kills", "MP 40"),
        (entry("kill", actor=name(1), target=name(2), what="8"), "kill", "kills", ""),
        (entry("kill", actor=name(1), target=name(1), what="MOD_GRENADE"), "own_kill", "kills", "Grenade"),
        (entry("kill", target=name(1), what="MOD_FALLING"), "death", "kills", "Falling"),
        (entry("side", actor=name(1), side="spectator"), "watch", "people", ""),
        (entry("side", actor=name(1), side="allies"), "side", "people", ""),
        (entry("say", what="^1a^7: hi"), "say", "chat", "a: hi"),
    ],
)
async def test_an_entry_is_a_line_of_its_kind(found: FeedEntry, type_: str, kind: str, what: str) -> None:
    made = line(found, ZONE)
    assert (made.type, made.kind, made.what, made.at.hour) == (type_, kind, what, 22)


async def test_kinds_that_an_address_names() -> None:
    everything = tuple(kind.key for kind in KINDS)
    assert kinds_of([]) == kinds_of(["x", "y"]) == everything
    assert kinds_of(["chat", "kills", "x"]) == ("kills", "chat")


async def test_a_day_of_samples_is_a_short_course_that_keeps_its_peak() -> None:
    samples = [
        ServerSample(at=NOW + timedelta(minutes=minute), map=None, humans=None if minute < 60 else minute % 13, bots=0)
        for minute in range(1440)
    ]
    course = points(samples)
    assert len(course) <= 48
    assert (course[0], max(each for each in course if each is not None)) == (None, 12)
    assert points(()) == ()


def night(session_id: str, ended: datetime, on: str = "puran") -> SessionLine:
    return SessionLine(
        session_id=session_id, server=on, started_at=ended, ended_at=ended, rounds=1, matches=1, players=6, maps=("x",)
    )


async def test_a_night_is_played_while_it_is_the_latest_of_its_server_and_not_long_ago() -> None:
    rounds = live_rounds((server(phase="playing"), server("aim", phase="playing")), ZONE)
    late, early = night("s2", NOW), night("s1", NOW - timedelta(hours=3))
    since = NOW - timedelta(hours=1)
    assert [each.server for each in of_night(rounds, "s2", (late, early), since=since)] == ["puran"]
    assert of_night(rounds, "s1", (late, early), since=since) == ()
    assert of_night(rounds, "s1", (early,), since=since) == ()
    assert of_night(rounds, "s9", (late,), since=since) == ()


# ---- over HTTP -------------------------------------------------------------------------------


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house() -> AsyncIterator[Running]:
    core = {"servers": {"aim": {"address": "127.0.0.1:1"}}}
    with fresh_database(sources_for(("stats", "webui"))) as dsn:
        async with running(dsn, "stats", "webui", core=core) as program:
            for each in list(play_evening(seed=3))[:2]:
                await program.give(each.name, each.data, server="puran")
            yield program


async def send(program: Running, *events: dict[str, Any], first: int = 1) -> None:
    async with program.runtime.db.login().transaction() as tx:
        await ensure_server(tx, "puran")
        token = await create_token(tx, "puran")
    now = int(time() * 1000)
    numbered = [{"n": first + n, "at": now, **event} for n, event in enumerate(events)]
    batch = {"sender": "a" * 32, "sent": now, "events": numbered}
    answer = await program.web.post("/stats/api/v1/live", json=batch, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200, answer.text


async def text(program: Running, address: str) -> str:
    answer = await program.web.get(address)
    assert answer.status_code == 200, answer.text[:1000]
    assert answer.text.count("<h1") == 1
    return answer.text


async def test_one_page_says_first_that_nothing_is_live_and_then_what_is(house: Running) -> None:
    silent = await text(house, "/live")
    assert "Nothing is live" in silent
    assert "slomix servers agent" in silent, "what to do about it"
    assert "The last night" in silent
    assert "data-round" not in silent
    assert "Live now" not in await text(house, "/")

    await send(house, *ROUND)
    page = await text(house, "/live")
    assert "Nothing is live" not in page
    assert "<script>owl" not in page
    assert '<h2 id="round-1" data-f="map">supply</h2>' in page
    assert "died" in page
    assert "Watching:" in page
    answer = await house.web.get("/live")
    assert answer.headers["cache-control"] == "no-store", "it is old in a second"
    home = await text(house, "/")
    assert "Live now" in home
    assert 'data-listens="stats.NowPlayingChanged"' in home
    assert "The night so far" not in page, "the last night was long ago"
    tonight = await house.play("supply", server="puran", players=("fox", "owl"))
    assert tonight
    session = (await house.web.get("/stats/api/v1/sessions?limit=1")).json()["sessions"][0]["session_id"]
    assert f'href="/sessions/{session}"' in await text(house, "/live")
    assert "Live now" in await text(house, f"/sessions/{session}")
    only = await text(house, "/live?show=chat")
    assert "fox: gg" in only
    assert "killed" not in only[only.index("data-feed") : only.index("</ol>", only.index("data-feed"))]


async def test_page_channel_and_reader_give_the_same_numbers(house: Running) -> None:
    await send(house, *ROUND)
    view = msgspec.json.decode((await house.web.get("/live.json")).content, type=LiveView)
    reader = house.runtime.services.get(StatsLiveV1)  # type: ignore[type-abstract]
    live = await reader.live()
    (told,) = live.servers
    (shown,) = view.rounds
    assert (shown.axis_kills, shown.allies_kills) == (told.axis_kills, told.allies_kills) == (1, 0)
    assert [(each.name, each.kills, each.deaths) for each in shown.axis] == [("fox", 1, 1)]
    assert view.last == live.last
    feed = house.runtime.bus.live
    listening = asyncio.create_task(feed.run())
    await feed.started()
    polled = (await house.web.get("/live/round", headers={"Accept": "application/json"})).json()
    state = msgspec.convert(polled["snapshot"], Now)
    assert (state.live, polled["last"]) == (view.live, view.last)
    assert state.rounds[0].axis == shown.axis
    assert [each.seq for each in state.feed] == [each.seq for each in reversed(view.feed)]
    await send(house, {"type": "revive", "slot": 3, "other": 4}, first=20)
    events: list[Any] = []
    async with asyncio.timeout(20):  # a poll may be answered before the news has come round
        while not events:
            asked = f"/live/round?after={view.last}"
            events = (await house.web.get(asked, headers={"Accept": "application/json"})).json()["events"]
    (event,) = events
    assert (event["event"], [each["type"] for each in event["data"]["feed"]]) == ("changes", ["revive"])
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    rows = (await house.web.get("/live.csv")).content.decode("utf-8-sig").splitlines()
    assert rows[1] == "puran,supply,1,axis,fox,1,1,,"


async def test_every_kind_of_news_has_a_sentence(house: Running) -> None:
    environment: Environment = house.runtime.services.get(House).environment("en")
    said: Any = environment.get_template("webui/live/sentences.html").module
    assert set(said.sentences) == {type_ for kind in KINDS for type_ in kind.types}
    assert set(said.kinds) == {kind.key for kind in KINDS}
