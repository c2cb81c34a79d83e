"""Live channels over real servers, real connections and a real live feed: what is told, to whom, when."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack
from typing import Any

import httpx2
import pytest

from slomix.testing.streams import reading_stream
from slomix.testing.web import serving
from slomix.web.frames import RING_LENGTH


@pytest.mark.parametrize("kind", ["events", "since"])
async def test_first_the_state_then_what_happens(house: Any, book: Any, kind: str) -> None:
    await book.write("one")
    async with serving(book.app(kind)) as url, reading_stream(url, "/alpha/live") as reader:
        assert await reader.frame() == {"retry": "2000"}
        first = await reader.frame()
        assert (first["event"], json.loads(first["data"])) == ("snapshot", ["one"])
        await book.write("two")
        told = await reader.frame()
        assert book.lines(told) == ["two"]
        assert told["event"] == (book.REVISED if kind == "events" else "changes")
        assert int(told["id"]) > int(first["id"])


@pytest.mark.parametrize("kind", ["events", "since"])
async def test_nobody_misses_or_hears_twice_what_happens_while_he_comes(house: Any, book: Any, kind: str) -> None:
    """40 readers come while 150 lines are written; some come back in between with what they had."""
    book.streams_allowed(100)
    book.pause_s = 0.002  # a read takes a moment, so that lines are written meanwhile
    written = [f"l{number}" for number in range(150)]

    async def write() -> None:
        for text in written:
            await book.write(text)
            await asyncio.sleep(0.005)

    async def look(url: str, number: int) -> tuple[list[str], int]:
        await asyncio.sleep(0.012 * number)
        async with reading_stream(url, "/alpha/live") as reader:
            lines, _, seen = await book.read_until(reader, written[min(149, 3 * number)])
        async with reading_stream(url, "/alpha/live", **{"Last-Event-ID": seen}) as reader:
            if lines[-1] == written[-1]:
                return lines, 0
            more, states, _ = await book.read_until(reader, written[-1])
        return (more if states else lines + more), states

    async with serving(book.app(kind)) as url:
        writing = asyncio.create_task(write())
        seen = await asyncio.gather(*(look(url, number) for number in range(40)))
        await writing
    assert [lines for lines, _ in seen] == [written] * 40
    if kind == "events":  # reads of `since` may be too slow for so many lines; then everybody begins anew
        assert [states for _, states in seen].count(0) > 20  # most came back to where they had been


@pytest.mark.parametrize("kind", ["events", "since"])
async def test_a_signal_reaches_who_looks_also_when_it_meets_his_arrival(house: Any, book: Any, kind: str) -> None:
    await book.write("first")
    book.pause_s = 0.1
    async with serving(book.app(kind)) as url:
        arriving = asyncio.create_task(_first_lines(book, url, "quiet"))
        while not book.reads["snapshot"]:
            await asyncio.sleep(0.001)
        await asyncio.sleep(0.05)  # the state is read and on its way
        await book.whisper("quiet")
        assert await arriving == ["first", "quiet"]


async def _first_lines(book: Any, url: str, last: str) -> list[str]:
    async with reading_stream(url, "/alpha/live") as reader:
        return (await book.read_until(reader, last))[0]


@pytest.mark.parametrize("kind", ["events", "since"])
async def test_a_reader_comes_back_after_a_restart(house: Any, book: Any, kind: str) -> None:
    await book.write("one")
    async with serving(book.app(kind)) as url, reading_stream(url, "/alpha/live") as reader:
        seen = (await reader.event())["id"]
    await book.write("two")
    await book.write("three")
    async with book.other_process(), serving(book.app(kind)) as url:
        headers = {"Last-Event-ID": seen}
        async with reading_stream(url, "/alpha/live", **headers) as reader:
            told = await reader.event()
            if kind == "since":  # what changed is not kept over a restart: he is told the state
                assert (told["event"], book.lines(told)) == ("snapshot", ["one", "two", "three"])
                return
            assert [book.lines(told), book.lines(await reader.event())] == [["two"], ["three"]]


@pytest.mark.parametrize("kind", ["events", "since"])
async def test_who_was_away_for_too_long_is_told_the_state(house: Any, book: Any, kind: str) -> None:
    async with serving(book.app(kind)) as url:
        async with reading_stream(url, "/alpha/live") as reader:
            seen = (await reader.event())["id"]
            for number in range(RING_LENGTH + 5):
                await book.write(f"l{number}")
                assert book.lines(await reader.event()) == [f"l{number}"]
        async with reading_stream(url, "/alpha/live", **{"Last-Event-ID": seen}) as reader:
            told = await reader.event()
            assert told["event"] == "snapshot"
            assert len(book.lines(told)) == RING_LENGTH + 5


@pytest.mark.parametrize("kind", ["events", "since"])
async def test_two_processes_tell_the_same(house: Any, book: Any, kind: str) -> None:
    """A reader goes from one to the other and back with the number that he has."""
    written = [f"l{number}" for number in range(30)]
    async with AsyncExitStack() as stack:
        urls = []
        for _ in range(2):
            await stack.enter_async_context(book.other_process())
            urls.append(await stack.enter_async_context(serving(book.app(kind))))
        idle = [await stack.enter_async_context(reading_stream(url, "/alpha/live")) for url in urls]
        for reader in idle:
            assert (await reader.event())["event"] == "snapshot"
        lines: list[str] = []
        headers: dict[str, str] = {}
        for turn in range(6):
            async with reading_stream(urls[turn % 2], "/alpha/live", **headers) as reader:
                if turn == 0:
                    assert (await reader.event())["event"] == "snapshot"
                for text in written[5 * turn : 5 * turn + 5]:
                    await book.write(text)
                more, states, seen = await book.read_until(reader, written[5 * turn + 4])
            lines = more if states else lines + more
            headers = {"Last-Event-ID": seen}
        assert lines == written
        for reader in idle:
            assert (await book.read_until(reader, written[-1]))[:2] == (written, 0)


@pytest.mark.parametrize("kind", ["events", "since"])
async def test_a_poll_tells_what_the_stream_tells(house: Any, book: Any, kind: str) -> None:
    await book.write("one")
    async with (
        serving(book.app(kind)) as url,
        httpx2.AsyncClient(base_url=url, headers={"Accept": "application/json"}) as web,
        reading_stream(url, "/alpha/live") as reader,
    ):
        state = await reader.event()
        first = await web.get("/alpha/live")
        assert first.headers["vary"].startswith("Accept")
        polled = first.json()
        assert (polled["snapshot"], polled["events"], polled["last"]) == (["one"], [], int(state["id"]))
        for text in ("two", "three"):
            await book.write(text)
            told = await reader.event()
            polled = (await web.get("/alpha/live", params={"after": polled["last"]})).json()
            assert polled["snapshot"] is None
            assert polled["last"] == int(told["id"])
            assert polled["events"] == [
                {"id": int(told["id"]), "event": told["event"], "data": json.loads(told["data"])}
            ]
        nothing = (await web.get("/alpha/live", params={"after": polled["last"]})).json()
        assert nothing == {"snapshot": None, "events": [], "last": polled["last"]}
        unknown = (await web.get("/alpha/live", params={"after": 10**12})).json()
        assert unknown["snapshot"] == ["one", "two", "three"]


@pytest.mark.parametrize("kind", ["events", "since"])
async def test_polls_alone_see_what_happens(house: Any, book: Any, kind: str) -> None:
    """Nobody has a stream open, and nothing is read while nobody asks."""
    async with (
        serving(book.app(kind)) as url,
        httpx2.AsyncClient(base_url=url, headers={"Accept": "application/json"}) as web,
    ):
        last = (await web.get("/alpha/live")).json()["last"]
        await book.write("one")
        await asyncio.sleep(0.2)
        reads = book.reads.total()
        polled = (await web.get("/alpha/live", params={"after": last})).json()
        assert [book.lines({"data": json.dumps(event["data"])}) for event in polled["events"]] == [["one"]]
        assert book.reads.total() - reads <= 2
        again = await web.get("/alpha/live", params={"after": last})
        etag = {"If-None-Match": again.headers["etag"]}
        assert (await web.get("/alpha/live", params={"after": last}, headers=etag)).status_code == 304


@pytest.mark.parametrize("kind", ["events", "since"])
async def test_one_read_serves_all_who_look(house: Any, book: Any, kind: str) -> None:
    book.streams_allowed(100)
    book.pause_s = 0.05
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(serving(book.app(kind)))
        readers = await asyncio.gather(
            *(stack.enter_async_context(reading_stream(url, "/alpha/live")) for _ in range(50))
        )
        assert {(await reader.event())["event"] for reader in readers} == {"snapshot"}
        assert book.reads == {"snapshot": 1}
        await book.write("one")
        assert [book.lines(await reader.event()) for reader in readers] == [["one"]] * 50
        assert book.reads["snapshot"] == 1
        assert book.reads["since"] <= 1
