"""`GET /-/events` over a real server and a real live feed."""

from __future__ import annotations

import asyncio
import json
import socket
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest

from slomix.errors import PluginError
from slomix.events import ArtifactRejected, Event, PlayerFirstSeen, RoundImported, SessionOpened
from slomix.testing.streams import reading_stream
from slomix.testing.web import client_of, serving
from slomix.web import eventlog, streams
from slomix.web.app import build_app
from slomix.web.eventlog import EventStream, public_keys
from slomix.web.streams import QUEUE_LENGTH, Streams


def a_round(number: int) -> RoundImported:
    return RoundImported(
        round_id=f"r{number}", match_id="m", session_id="s", server="puran", map="supply", number=1,
        ended_at=datetime(2026, 8, 1, 20, 30, tzinfo=UTC),
    )  # fmt: skip


async def publish(house: Any, *events: Event) -> int:
    """Publish, and return the number of the newest event."""
    async with house.db.transaction() as tx:
        await house.bus.publish(tx, *events)
    return int(await house.bus.live.latest())


@pytest.fixture
def app(house: Any) -> Any:
    return build_app(house, None)  # type: ignore[arg-type]


async def test_a_new_reader_is_told_what_happens_from_now_on(app: Any, house: Any, live: Any) -> None:
    before = await publish(house, a_round(1))
    async with serving(app) as url, reading_stream(url, **{"Accept-Encoding": "gzip"}) as reader:
        assert await reader.frame() == {"retry": "2000", "id": str(before)}
        number = await publish(house, a_round(2))
        told = await reader.frame()
    assert (told["id"], told["event"]) == (str(number), "slomix.RoundImported")
    assert json.loads(told["data"]) == {
        "round_id": "r2", "match_id": "m", "session_id": "s", "server": "puran", "map": "supply", "number": 1,
        "ended_at": "2026-08-01T20:30:00Z",
    }  # fmt: skip


async def test_names_of_files_and_players_stay_inside(app: Any, house: Any, live: Any) -> None:
    async with serving(app) as url, reading_stream(url) as reader:
        await reader.frame()
        await publish(
            house,
            ArtifactRejected(artifact="a", name="private.txt", reason="bad_name"),
            PlayerFirstSeen(player_id="p", name="someone"),
            SessionOpened(session_id="s", server="puran"),
        )
        assert (await reader.frame())["event"] == "slomix.SessionOpened"


async def test_a_signal_is_told_without_a_number_and_kept_nowhere(app: Any, house: Any, live: Any) -> None:
    async def signalling() -> None:  # one that comes before the reader has joined is gone
        while True:
            async with house.db.transaction() as tx:
                await house.bus.signal(tx, a_round(1))
            await asyncio.sleep(0.05)

    async with serving(app) as url, reading_stream(url) as reader:
        began = await reader.frame()
        task = asyncio.create_task(signalling())
        told = await reader.frame()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert told["event"] == "slomix.RoundImported"
    assert "id" not in told
    assert await house.bus.live.latest() == int(began["id"])


async def test_a_signal_is_small(house: Any) -> None:
    async with house.db.transaction() as tx:
        with pytest.raises(PluginError, match="too large"):
            await house.bus.signal(tx, PlayerFirstSeen(player_id="p", name="x" * 8000))


@pytest.mark.parametrize("way", ["header", "query"])
async def test_a_reader_that_comes_back_is_told_what_it_missed_once(app: Any, house: Any, live: Any, way: str) -> None:
    seen = await publish(house, a_round(1))
    await publish(house, *(a_round(number) for number in range(2, 2 * eventlog.PAGE + 10)))
    headers = {"Last-Event-ID": str(seen)} if way == "header" else {}
    async with (
        serving(app) as url,
        reading_stream(url, f"/-/events?last={0 if way == 'header' else seen}", **headers) as reader,
    ):
        assert await reader.frame() == {"retry": "2000", "id": str(seen)}
        last = await publish(house, a_round(1000))
        told = [await reader.frame() for _ in range(2 * eventlog.PAGE + 9)]
    assert [int(frame["id"]) for frame in told] == list(range(seen + 1, last + 1))


async def test_a_reader_of_an_older_database_still_gets_what_is_new(app: Any, house: Any, live: Any) -> None:
    async with serving(app) as url, reading_stream(url, **{"Last-Event-ID": "900000"}) as reader:
        await reader.frame()
        number = await publish(house, a_round(1))
        assert (await reader.frame())["id"] == str(number)


@pytest.mark.parametrize("text", ["soon", "-1", "1.5", "9" * 30])
async def test_a_number_that_is_none_is_400(app: Any, text: str) -> None:
    async with client_of(app) as web:
        refused = await web.get("/-/events", params={"last": text})
    assert refused.status_code == 400
    assert refused.headers["content-type"] == "application/problem+json"


async def test_without_the_database_the_stream_does_not_begin(without_database: Any) -> None:
    async with client_of(build_app(without_database, None)) as web:  # type: ignore[arg-type]
        assert (await web.get("/-/events")).status_code == 503


async def test_a_quiet_stream_has_a_heartbeat(app: Any, house: Any, live: Any) -> None:
    app.state.streams._heartbeat_s = 0.05
    async with serving(app) as url, reading_stream(url) as reader:
        await reader.frame()
        assert await reader.frame() == {"comment": ""}
        assert await reader.frame() == {"comment": ""}
        number = await publish(house, a_round(1))
        while "event" not in (told := await reader.frame()):
            assert told == {"comment": ""}
        assert told["id"] == str(number)


async def test_who_can_not_stream_asks_for_pages(app: Any, house: Any, live: Any) -> None:
    """The same address and numbers, as JSON."""
    async with (
        serving(app) as url,
        httpx2.AsyncClient(base_url=url, headers={"Accept": "application/json"}) as web,
        reading_stream(url) as reader,
    ):
        began = await reader.frame()
        first = (await web.get("/-/events")).json()
        assert first == {"snapshot": None, "events": [], "last": int(began["id"])}
        await publish(house, a_round(1), PlayerFirstSeen(player_id="p", name="someone"), a_round(2))
        told = [await reader.event() for _ in range(2)]
        page = (await web.get("/-/events", params={"last": first["last"]})).json()
        assert page["events"] == [
            {"id": int(each["id"]), "event": each["event"], "data": json.loads(each["data"])} for each in told
        ]
        assert (await web.get("/-/events", params={"last": page["last"]})).json()["events"] == []


async def test_the_open_streams_are_counted(app: Any, house: Any, live: Any) -> None:
    async with serving(app) as url, httpx2.AsyncClient(base_url=url) as web:

        async def count() -> str:
            lines = (await web.get("/metrics")).text.splitlines()
            return next(line for line in lines if line.startswith("slomix_event_streams "))

        async with reading_stream(url) as reader:
            await reader.frame()
            assert await count() == "slomix_event_streams 1.0"
        await _until(lambda: app.state.streams.count == 0)
        assert await count() == "slomix_event_streams 0.0"


async def test_one_address_has_so_many_streams_and_no_more(app: Any, house: Any, live: Any) -> None:
    most = house.settings.core.web.streams_per_address
    async with serving(app) as url, httpx2.AsyncClient(base_url=url, timeout=10, limits=httpx2.Limits()) as web:
        tabs = [web.stream("GET", "/-/events") for _ in range(most)]
        for stream in tabs:
            assert (await stream.__aenter__()).status_code == 200
        refused = await web.get("/-/events")
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "30")
        await tabs.pop().__aexit__(None, None, None)
        await _until(lambda: app.state.streams.count < most)
        async with web.stream("GET", "/-/events") as allowed:
            assert allowed.status_code == 200
        for stream in tabs:
            await stream.__aexit__(None, None, None)


async def test_a_reader_that_does_not_keep_up_is_disconnected(house: Any, live: Any) -> None:
    """The network takes nothing after the first part; the others go on."""
    shared = Streams(house.bus.live, per_address=20)
    stream = EventStream(shared, public_keys())
    stuck_since: list[Any] = []

    async def stuck(message: Any) -> None:
        stuck_since.append(message)
        if len(stuck_since) > 2:
            await asyncio.Event().wait()

    heard: list[bytes] = []

    async def well(message: Any) -> None:
        heard.append(message.get("body", b""))

    slow = asyncio.create_task(stream(_scope("10.0.0.1"), _silence, stuck))
    quick = asyncio.create_task(stream(_scope("10.0.0.2"), _silence, well))
    await _until(lambda: len(stream._audience) == 2)
    for start in range(0, 2 * QUEUE_LENGTH, 64):
        await publish(house, *(a_round(number) for number in range(start, start + 64)))
        await asyncio.sleep(0.02)
    async with asyncio.timeout(60):
        await slow
    await _until(lambda: b"".join(heard).count(b"event: ") == 2 * QUEUE_LENGTH)
    assert not quick.done()
    shared.close()
    async with asyncio.timeout(60):
        await quick
    assert heard[-1] == b""


async def test_the_connection_of_one_who_reads_nothing_is_cut(app: Any, house: Any, live: Any) -> None:
    """He neither reads nor closes: an ordinary end would wait for him for ever. Who reads is told everything."""
    async with serving(app) as url, reading_stream(url) as reader:
        port = int(url.rsplit(":", 1)[1])
        stuck = socket.socket()
        stuck.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        stuck.connect(("127.0.0.1", port))
        with stuck:
            mine = stuck.getsockname()[1]
            stuck.sendall(b"GET /-/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
            await _until(lambda: app.state.streams.count == 2)
            told = 0
            while app.state.streams.count == 2:
                await publish(house, *(replace(a_round(number), map="x" * 60_000) for number in range(10)))
                for _ in range(10):
                    assert (await reader.event())["event"] == "slomix.RoundImported"
                told += 10
                assert told < 20 * QUEUE_LENGTH
            await _until(lambda: not _connected(port, mine))
            await publish(house, a_round(1))
            assert json.loads((await reader.event())["data"])["map"] == "supply"


def _connected(port: int, other: int) -> bool:
    """Whether the server still holds its end of the connection to port `other` (what has no inode is the kernel's)."""
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[1].endswith(f":{port:04X}") and fields[2].endswith(f":{other:04X}"):
            return fields[9] != "0"
    return False


async def test_a_write_that_takes_too_long_ends_the_stream(
    app: Any, house: Any, live: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Few frames wait, but the first one does not get away."""
    monkeypatch.setattr(streams, "PATIENCE_S", 0.2)
    async with serving(app) as url:
        with socket.create_connection(("127.0.0.1", int(url.rsplit(":", 1)[1]))) as stuck:
            stuck.sendall(b"GET /-/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
            await _until(lambda: app.state.streams.count == 1)
            await publish(house, *(replace(a_round(number), map="x" * 200_000) for number in range(60)))
            await _until(lambda: app.state.streams.count == 0)


async def test_streams_end_when_the_server_stops(app: Any, house: Any, live: Any) -> None:
    async with httpx2.AsyncClient(timeout=10) as web:
        async with serving(app) as url:
            stream = web.stream("GET", f"{url}/-/events")
            response = await stream.__aenter__()
            parts = response.aiter_raw()
            await anext(parts)
            began = asyncio.get_running_loop().time()
        assert asyncio.get_running_loop().time() - began < 1.5
        assert [part async for part in parts] == []  # ended, not cut: a cut stream raises
        await stream.__aexit__(None, None, None)


async def test_streams_are_taken_again_by_a_server_that_starts_again(app: Any, house: Any, live: Any) -> None:
    for _ in range(2):
        async with serving(app) as url, reading_stream(url) as reader:
            await reader.frame()
            number = await publish(house, a_round(1))
            assert (await reader.frame())["id"] == str(number)


def test_public_events_are_chosen() -> None:
    assert {key for key in public_keys() if key.startswith("slomix.")} == {
        "slomix.RoundImported", "slomix.RoundRevised", "slomix.MatchCompleted", "slomix.SessionOpened",
        "slomix.SessionClosed",
    }  # fmt: skip


async def _until(condition: Any) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.01)


async def _silence() -> dict[str, Any]:
    await asyncio.Event().wait()
    raise AssertionError("nobody sets it")


def _scope(address: str) -> dict[str, Any]:
    return {
        "type": "http", "method": "GET", "path": "/-/events", "query_string": b"", "headers": [],
        "client": (address, 1),
    }  # fmt: skip
