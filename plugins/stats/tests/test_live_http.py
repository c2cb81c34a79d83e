"""Live events over HTTP: taken with a server's token, answered to everybody, on a real database."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from time import time
from typing import Any

import msgspec
import pytest

from slomix.identity.servers import add_server, create_token
from slomix.testing.running import Running
from slomix_stats.api import StatsLiveV1
from slomix_stats.live import store

PATH = "/stats/api/v1/live"


async def token_of(program: Running, name: str) -> dict[str, str]:
    async with program.runtime.db.login().transaction() as tx:
        await add_server(tx, name)
        return {"Authorization": f"Bearer {await create_token(tx, name)}"}


def batch(*events: dict[str, Any], first: int = 1) -> dict[str, Any]:
    now = int(time() * 1000)
    numbered = [{"n": first + n, "at": now, **event} for n, event in enumerate(events)]
    return {"sender": "a" * 32, "sent": now, "events": numbered}


ROUND = (
    {"type": "loaded", "level_ms": 0, "map": "supply"},
    {"type": "player", "level_ms": 5, "slot": 3, "name": "^1fragger", "team": 1},
    {"type": "player", "level_ms": 6, "slot": 4, "name": "medic", "team": 2},
    {"type": "round_start", "level_ms": 1000},
    {"type": "kill", "level_ms": 9000, "killer": 3, "victim": 4, "weapon": "MOD_MP40"},
)


@pytest.mark.plugins("stats")
async def test_a_round_is_told_shown_and_signalled(program: Running, web: Any) -> None:
    puran = await token_of(program, "puran")
    feed = program.runtime.bus.live
    listening = asyncio.create_task(feed.run())
    await feed.started()
    signals = feed.subscribe()
    first = asyncio.ensure_future(anext(signals))
    await asyncio.sleep(0)
    sent = await web.post(PATH, json=batch(*ROUND), headers=puran)
    assert (sent.status_code, sent.json()) == (200, {"taken": 5, "known": 0})
    signal = await asyncio.wait_for(first, 60)
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)

    shown = (await web.get(PATH)).json()
    (server,) = shown["servers"]
    assert (server["server"], server["map"], server["round"], server["phase"]) == ("puran", "supply", 1, "playing")
    assert (server["axis_kills"], server["allies_kills"]) == (1, 0)
    assert [(p["slot"], p["name"], p["side"], p["kills"], p["deaths"]) for p in server["players"]] == [
        (3, "fragger", "axis", 1, 0),
        (4, "medic", "allies", 0, 1),
    ]
    assert [entry["type"] for entry in shown["feed"]] == ["loaded", "join", "join", "round_start", "kill"]
    assert "guid" not in msgspec.json.encode(shown).decode().lower()
    assert (signal.key, signal.payload) == ("stats.LiveChanged", {"server": "puran", "last": shown["last"]})

    again = await web.post(PATH, json=batch(*ROUND), headers=puran)
    assert again.json() == {"taken": 0, "known": 5}
    await web.post(PATH, json=batch({"type": "say", "text": "^7x: gg"}, first=6), headers=puran)
    news = (await web.get(PATH, params={"since": shown["last"]})).json()
    assert [entry["what"] for entry in news["feed"]] == ["^7x: gg"]
    assert (await web.get(PATH, params={"server": "other"})).json()["servers"] == []
    service = program.runtime.services.get(StatsLiveV1)  # type: ignore[type-abstract]
    assert (await service.live(server="puran", since=news["last"])).feed == ()


@pytest.mark.plugins("stats")
async def test_what_the_feed_is_not_told_of_is_news_too(program: Running, web: Any) -> None:
    """Damage and XP come between kills; who looks is told, with a number that grows. Places are not shown."""
    puran = await token_of(program, "puran")
    feed = program.runtime.bus.live
    listening = asyncio.create_task(feed.run())
    await feed.started()
    signals = feed.subscribe()

    async def news() -> Any:
        return await anext(signal async for signal in signals if signal.key == "stats.LiveChanged")

    told = asyncio.ensure_future(news())
    await asyncio.sleep(0)

    async def send(*events: dict[str, Any], first: int) -> tuple[int, dict[str, Any]]:
        """The number of the signal, and what is shown then."""
        nonlocal told
        await web.post(PATH, json=batch(*events, first=first), headers=puran)
        signal = await asyncio.wait_for(told, 60)
        told = asyncio.ensure_future(news())
        return signal.payload["last"], (await web.get(PATH)).json()

    first, shown = await send(*ROUND, first=1)
    assert first == shown["last"] == shown["servers"][0]["seq"] == shown["feed"][-1]["seq"]
    tally = {"type": "tally", "slot": 3, "damage_given": 300, "damage_received": 20}
    second, shown = await send(tally, first=6)
    assert first < second == shown["last"] == shown["servers"][0]["seq"]
    assert shown["servers"][0]["players"][0]["damage_given"] == 300
    assert shown["feed"][-1]["seq"] == first
    await web.post(PATH, json=batch({"type": "move", "positions": [[3, 1.0, 2.0]]}, first=7), headers=puran)
    third, shown = await send({"type": "say", "text": "gg"}, first=8)  # the very next signal: places gave none
    assert second < third == shown["last"] == shown["feed"][-1]["seq"]

    other = await token_of(program, "other")
    await web.post(PATH, json={**batch(*ROUND), "sender": "b" * 32}, headers=other)
    shown = (await web.get(PATH)).json()
    assert [server["seq"] > third for server in shown["servers"]] == [True, False]
    told.cancel()
    listening.cancel()
    await asyncio.gather(told, listening, return_exceptions=True)


@pytest.mark.plugins("stats")
async def test_another_map_phase_or_player_is_told_apart_from_kills(program: Running, web: Any) -> None:
    """Home says who plays what, and is made anew when that changes; a kill must not throw all kept pages away."""
    puran = await token_of(program, "puran")
    feed = program.runtime.bus.live
    listening = asyncio.create_task(feed.run())
    await feed.started()
    signals = feed.subscribe()
    told = asyncio.ensure_future(anext(signals))
    await asyncio.sleep(0)

    async def heard(*events: dict[str, Any], first: int) -> list[str]:
        """What is told of a batch, up to what is told of the chat after it."""
        nonlocal told
        for number, said in ((first, events), (first + len(events), ({"type": "say", "text": "gg"},))):
            await web.post(PATH, json=batch(*said, first=number), headers=puran)
        keys: list[str] = []
        while keys.count("stats.LiveChanged") < 2:
            keys.append((await asyncio.wait_for(told, 60)).key)
            told = asyncio.ensure_future(anext(signals))
        return keys[:-1]

    scene = ["stats.LiveChanged", "slomix.DataChanged", "stats.NowPlayingChanged"]
    assert await heard(*ROUND, first=1) == scene
    version = feed.version
    assert await heard({"type": "kill", "killer": 3, "victim": 4, "weapon": "MP40"}, first=7) == scene[:1]
    assert feed.version == version
    assert await heard({"type": "disconnect", "slot": 4}, first=9) == scene
    assert feed.version != version
    told.cancel()
    listening.cancel()
    await asyncio.gather(told, listening, return_exceptions=True)


@pytest.mark.plugins("stats")
async def test_strangers_and_what_is_no_batch_are_refused(program: Running, web: Any) -> None:
    puran = await token_of(program, "puran")
    assert (await web.post(PATH, json=batch())).status_code == 401
    assert (await web.post(PATH, json=batch(), headers={"Authorization": "Bearer slx_no"})).status_code == 401
    secret = batch({"type": "say", "text": "a"}, {"type": "sayteam", "text": "b"})
    refused = await web.post(PATH, json=secret, headers=puran)
    assert refused.status_code == 400
    assert "sayteam" in refused.json()["detail"]
    assert (await web.post(PATH, content=b" " * (257 * 1024), headers=puran)).status_code == 413
    assert (await web.get(PATH)).json() == {"servers": [], "feed": [], "last": 0}
    described = (await web.get("/openapi.json")).json()["paths"][PATH]["post"]
    assert described["requestBody"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Batch"}
    assert described["security"] == [{"server": []}]
    assert {"400", "401", "413", "429"} <= set(described["responses"])


@pytest.mark.plugins("stats")
async def test_the_feed_is_short_in_number_and_time(
    program: Running, web: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "RING", 3)
    puran = await token_of(program, "puran")
    await web.post(PATH, json=batch(*({"type": "say", "text": str(n)} for n in range(5))), headers=puran)
    assert [entry["what"] for entry in (await web.get(PATH)).json()["feed"]] == ["2", "3", "4"]
    old = "update stats.live_feed set at = at - $1::interval"
    await program.runtime.db.login().fetch(old, timedelta(minutes=11))
    await program.runtime.db.login().fetch(
        "update stats.live set updated_at = updated_at - $1::interval", timedelta(minutes=11)
    )
    shown = (await web.get(PATH)).json()
    assert (shown["servers"], shown["feed"]) == ([], [])
