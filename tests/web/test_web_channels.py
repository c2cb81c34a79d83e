"""Live channels over real servers, real connections and a real live feed."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from slomix.bus import Bus, LiveFeed
from slomix.clock import SystemClock
from slomix.contrib import Page
from slomix.errors import PluginError
from slomix.events import ArtifactRejected, RoundRevised
from slomix.jobs.queue import JobQueue
from slomix.testing.streams import FrameReader, reading_stream
from slomix.testing.web import client_of, serving
from slomix.web import running
from slomix.web.app import build_app
from slomix.web.frames import RING_LENGTH
from slomix.web.sse import Channel

REVISED = "slomix.RoundRevised"


def revised(text: str) -> RoundRevised:
    return RoundRevised(round_id=text, match_id="m", session_id="s", cause="test")


@dataclass
class Book:
    """A plugin's data: lines, each written in the transaction that publishes its event."""

    db: Any
    bus: Any
    reads: Counter[str] = field(default_factory=Counter)
    fails: int = 0
    pause_s: float = 0.0

    async def write(self, text: str) -> None:
        """A line, and an event with it."""
        async with self.db.transaction() as tx:
            await self.bus.publish(tx, revised(text))
            await tx.execute("insert into book (text) values ($1)", text)

    async def whisper(self, text: str) -> None:
        """A line, and a signal with it."""
        async with self.db.transaction(prologue=("select pg_advisory_xact_lock(1)",)) as tx:
            await tx.execute("insert into book (text) values ($1)", text)
            await self.bus.signal(tx, revised(text))

    async def by_events(self) -> tuple[Any, int]:
        """All lines, and the newest event's number."""
        return await self._read(
            "snapshot",
            "select (select array_agg(text order by n) from book), (select coalesce(max(seq), 0) from slomix.event)",
        )

    async def by_lines(self) -> tuple[Any, int]:
        """All lines, and the number of the last."""
        return await self._read("snapshot", "select array_agg(text order by n), coalesce(max(n), 0) from book")

    async def since(self, number: int) -> tuple[Any, int]:
        """Lines after a number."""
        return await self._read(
            "since",
            "select array_agg(text order by n) filter (where n > $1), coalesce(max(n), 0) from book",
            number,
        )

    async def _read(self, kind: str, query: str, *values: Any) -> tuple[Any, int]:
        self.reads[kind] += 1
        if self.fails:
            self.fails -= 1
            raise ConnectionError("the disk is on fire")
        row = await self.db.fetchrow(query, *values)
        await asyncio.sleep(self.pause_s)
        return row[0] or [], row[1]


def house_with(house: Any, channel: Channel) -> Any:
    """An application whose plugin `alpha` serves the channel."""

    async def endpoint(request: Any) -> Any:
        return await channel.answer(request)

    page: Any = type("Given", (), {"plugin": "alpha", "record": Page(path="/live", endpoint=endpoint, name="live")})
    house.host.given = [page]
    return build_app(house, None)  # type: ignore[arg-type]


def streams_allowed(house: Any, number: int) -> None:
    """The same house where one address may have so many streams."""
    core = house.settings.core
    web = core.web.model_copy(update={"streams_per_address": number})
    house.settings = house.settings.model_copy(update={"core": core.model_copy(update={"web": web})})


def event_channel(book: Book) -> Channel:
    return Channel("book", snapshot=book.by_events, keys=(REVISED,))


def line_channel(book: Book) -> Channel:
    return Channel("book", snapshot=book.by_lines, keys=(REVISED,), since=book.since)


Make = Callable[[Book], Channel]
both = pytest.mark.parametrize("make", [event_channel, line_channel], ids=["events", "since"])


@pytest_asyncio.fixture
async def book(house: Any, live: Any) -> Book:
    async with house.db.transaction() as tx:
        await tx.execute("create table book (n bigint generated always as identity primary key, text text)")
    return Book(house.db, house.bus)


@asynccontextmanager
async def process(house: Any) -> AsyncIterator[Any]:
    """The house once more, with a live feed of its own, as another process has one."""
    bus = Bus(JobQueue(SystemClock()), SystemClock(), LiveFeed(house.db))
    feed = asyncio.create_task(bus.live.run())
    await bus.live.started()
    kept, house.bus = house.bus, bus
    try:
        yield house
    finally:
        house.bus = kept
        feed.cancel()
        await asyncio.gather(feed, return_exceptions=True)


def line(told: dict[str, str]) -> list[str]:
    """The lines that an event adds."""
    data = json.loads(told["data"])
    return [data["round_id"]] if isinstance(data, dict) else data


async def read_until(reader: FrameReader, last: str) -> tuple[list[str], int, str]:
    """All lines that a reader is told up to `last`, how many states he was told, and the last number."""
    lines: list[str] = []
    states, number = 0, ""
    while last not in lines:
        told = await reader.event()
        if told["event"] == "snapshot":
            lines, states = json.loads(told["data"]), states + 1
        else:
            lines += line(told)
        number = told.get("id", number)
    return lines, states, number


@both
async def test_first_the_state_then_what_happens(house: Any, book: Book, make: Make) -> None:
    await book.write("one")
    async with serving(house_with(house, make(book))) as url, reading_stream(url, "/alpha/live") as reader:
        assert await reader.frame() == {"retry": "2000"}
        first = await reader.frame()
        assert (first["event"], json.loads(first["data"])) == ("snapshot", ["one"])
        await book.write("two")
        told = await reader.frame()
        assert line(told) == ["two"]
        assert told["event"] == (REVISED if make is event_channel else "changes")
        assert int(told["id"]) > int(first["id"])


@both
async def test_nobody_misses_or_hears_twice_what_happens_while_he_comes(house: Any, book: Book, make: Make) -> None:
    """40 readers come while 150 lines are written; some come back in between with what they had."""
    streams_allowed(house, 100)
    book.pause_s = 0.002  # a read takes a moment, so that lines are written meanwhile
    written = [f"l{number}" for number in range(150)]

    async def write() -> None:
        for text in written:
            await book.write(text)
            await asyncio.sleep(0.005)

    async def look(url: str, number: int) -> tuple[list[str], int]:
        await asyncio.sleep(0.012 * number)
        async with reading_stream(url, "/alpha/live") as reader:
            lines, _, seen = await read_until(reader, written[min(149, 3 * number)])
        async with reading_stream(url, "/alpha/live", **{"Last-Event-ID": seen}) as reader:
            if lines[-1] == written[-1]:
                return lines, 0
            more, states, _ = await read_until(reader, written[-1])
        return (more if states else lines + more), states

    async with serving(house_with(house, make(book))) as url:
        writing = asyncio.create_task(write())
        seen = await asyncio.gather(*(look(url, number) for number in range(40)))
        await writing
    assert [lines for lines, _ in seen] == [written] * 40
    assert [states for _, states in seen].count(0) > 20  # most came back to where they had been


@both
async def test_a_signal_reaches_who_looks_also_when_it_meets_his_arrival(house: Any, book: Book, make: Make) -> None:
    await book.write("first")
    book.pause_s = 0.1
    async with serving(house_with(house, make(book))) as url:
        arriving = asyncio.create_task(_first_lines(url, "quiet"))
        while not book.reads["snapshot"]:
            await asyncio.sleep(0.001)
        await asyncio.sleep(0.05)  # the state is read and on its way
        await book.whisper("quiet")
        assert await arriving == ["first", "quiet"]


async def _first_lines(url: str, last: str) -> list[str]:
    async with reading_stream(url, "/alpha/live") as reader:
        return (await read_until(reader, last))[0]


@both
async def test_a_reader_comes_back_after_a_restart(house: Any, book: Book, make: Make) -> None:
    await book.write("one")
    async with serving(house_with(house, make(book))) as url, reading_stream(url, "/alpha/live") as reader:
        seen = (await reader.event())["id"]
    await book.write("two")
    await book.write("three")
    async with process(house), serving(house_with(house, make(book))) as url:
        headers = {"Last-Event-ID": seen}
        async with reading_stream(url, "/alpha/live", **headers) as reader:
            told = await reader.event()
            if make is line_channel:  # what changed is not kept over a restart: he is told the state
                assert (told["event"], line(told)) == ("snapshot", ["one", "two", "three"])
                return
            assert [line(told), line(await reader.event())] == [["two"], ["three"]]


@both
async def test_who_was_away_for_too_long_is_told_the_state(house: Any, book: Book, make: Make) -> None:
    async with serving(house_with(house, make(book))) as url:
        async with reading_stream(url, "/alpha/live") as reader:
            seen = (await reader.event())["id"]
            for number in range(RING_LENGTH + 5):
                await book.write(f"l{number}")
                assert line(await reader.event()) == [f"l{number}"]
        async with reading_stream(url, "/alpha/live", **{"Last-Event-ID": seen}) as reader:
            told = await reader.event()
            assert told["event"] == "snapshot"
            assert len(line(told)) == RING_LENGTH + 5


@both
async def test_two_processes_tell_the_same(house: Any, book: Book, make: Make) -> None:
    """A reader goes from one to the other and back with the number that he has."""
    written = [f"l{number}" for number in range(30)]
    async with AsyncExitStack() as stack:
        urls = []
        for _ in range(2):
            await stack.enter_async_context(process(house))
            urls.append(await stack.enter_async_context(serving(house_with(house, make(book)))))
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
                more, states, seen = await read_until(reader, written[5 * turn + 4])
            lines = more if states else lines + more
            headers = {"Last-Event-ID": seen}
        assert lines == written
        for reader in idle:
            assert (await read_until(reader, written[-1]))[:2] == (written, 0)


@both
async def test_a_poll_tells_what_the_stream_tells(house: Any, book: Book, make: Make) -> None:
    await book.write("one")
    async with (
        serving(house_with(house, make(book))) as url,
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


@both
async def test_polls_alone_see_what_happens(house: Any, book: Book, make: Make) -> None:
    """Nobody has a stream open, and nothing is read while nobody asks."""
    async with (
        serving(house_with(house, make(book))) as url,
        httpx2.AsyncClient(base_url=url, headers={"Accept": "application/json"}) as web,
    ):
        last = (await web.get("/alpha/live")).json()["last"]
        await book.write("one")
        await asyncio.sleep(0.2)
        reads = book.reads.total()
        polled = (await web.get("/alpha/live", params={"after": last})).json()
        assert [line({"data": json.dumps(event["data"])}) for event in polled["events"]] == [["one"]]
        assert book.reads.total() - reads <= 2
        again = await web.get("/alpha/live", params={"after": last})
        etag = {"If-None-Match": again.headers["etag"]}
        assert (await web.get("/alpha/live", params={"after": last}, headers=etag)).status_code == 304


@both
async def test_one_read_serves_all_who_look(house: Any, book: Book, make: Make) -> None:
    streams_allowed(house, 100)
    book.pause_s = 0.05
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(serving(house_with(house, make(book))))
        readers = await asyncio.gather(
            *(stack.enter_async_context(reading_stream(url, "/alpha/live")) for _ in range(50))
        )
        assert {(await reader.event())["event"] for reader in readers} == {"snapshot"}
        assert book.reads == {"snapshot": 1}
        await book.write("one")
        assert [line(await reader.event()) for reader in readers] == [["one"]] * 50
        assert book.reads["snapshot"] == 1
        assert book.reads["since"] <= 1


async def test_a_read_that_fails_is_made_again_for_who_looks(
    house: Any, book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "RETRY_S", 0.05)
    async with serving(house_with(house, line_channel(book))) as url, reading_stream(url, "/alpha/live") as reader:
        await reader.event()
        book.fails = 2
        await book.write("one")
        assert line(await reader.event()) == ["one"]
        assert book.reads["since"] == 3


@both
async def test_a_state_that_can_not_be_read_is_an_error_before_anything_is_told(
    house: Any, book: Book, make: Make
) -> None:
    async with client_of(house_with(house, make(book))) as web:
        book.fails = 1
        assert (await web.get("/alpha/live")).status_code == 503
        headers = {"Accept": "application/json"}
        assert (await web.get("/alpha/live", headers=headers)).json()["snapshot"] == []


async def test_a_signal_that_was_lost_is_made_up_for(house: Any, book: Book) -> None:
    app = house_with(house, line_channel(book))
    app.state.streams._heartbeat_s = 0.2
    async with serving(app) as url, reading_stream(url, "/alpha/live") as reader:
        await reader.event()
        async with book.db.transaction() as tx:  # as if its signal had met a lost connection
            await tx.execute("insert into book (text) values ('one')")
        assert line(await reader.event()) == ["one"]


async def test_numbers_that_begin_anew_begin_with_the_state(house: Any, book: Book) -> None:
    """As those of a table that is not logged do after a crash."""
    await book.whisper("old")
    await book.whisper("older")
    async with serving(house_with(house, line_channel(book))) as url, reading_stream(url, "/alpha/live") as reader:
        await reader.event()
        async with book.db.transaction() as tx:
            await tx.execute("truncate book restart identity")
        await book.whisper("new")
        told = await reader.event()
        assert (told["event"], told["id"], line(told)) == ("snapshot", "1", ["new"])
        await book.whisper("newer")
        assert line(await reader.event()) == ["newer"]


async def test_events_that_are_not_for_everybody_have_to_be_picked(house: Any, book: Book) -> None:
    rejected = ArtifactRejected(artifact="a", name="private.txt", reason="bad_name")
    blunt = Channel("files", snapshot=book.by_events, keys=(rejected.key(),))
    async with client_of(house_with(house, blunt)) as web:
        assert (await web.get("/alpha/live")).status_code == 500
    picked = Channel(
        "files", snapshot=book.by_events, keys=(rejected.key(), REVISED),
        tell=lambda event: {"why": event.payload["reason"]} if "reason" in event.payload else None,
    )  # fmt: skip
    async with serving(house_with(house, picked)) as url, reading_stream(url, "/alpha/live") as reader:
        await reader.event()
        async with house.db.transaction() as tx:
            await house.bus.publish(tx, revised("left out"), rejected)
        told = await reader.event()
        assert (told["event"], json.loads(told["data"])) == (rejected.key(), {"why": "bad_name"})


async def test_a_channel_tells_events_or_what_changed_not_both(book: Book) -> None:
    with pytest.raises(PluginError, match="both"):
        Channel("x", snapshot=book.by_lines, keys=(), tell=lambda event: None, since=book.since)


async def test_a_state_that_nobody_wants_to_read_is_refused(house: Any, book: Book) -> None:
    async def huge() -> tuple[Any, int]:
        return "x" * running.LARGEST, 1

    async with client_of(house_with(house, Channel("huge", snapshot=huge, keys=()))) as web:
        assert (await web.get("/alpha/live")).status_code == 500


@both
async def test_head_tells_the_headers_and_holds_nothing(house: Any, book: Book, make: Make) -> None:
    app = house_with(house, make(book))
    async with serving(app) as url, httpx2.AsyncClient(base_url=url) as web:
        for path in ("/alpha/live", "/-/events"):
            told = await web.head(path)
            assert (told.status_code, told.content) == (200, b"")
            assert told.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert app.state.streams.count == 0


@both
async def test_nothing_is_left_of_a_stream(house: Any, book: Book, make: Make) -> None:
    streams_allowed(house, 60)
    app = house_with(house, make(book))
    async with serving(app) as url:
        async with reading_stream(url, "/alpha/live") as reader:  # what is there for all stays
            await reader.event()
        await _until(lambda: app.state.streams.count == 0)
        before = await _settled()
        async with AsyncExitStack() as stack:
            for _ in range(50):
                await stack.enter_async_context(reading_stream(url, "/alpha/live"))
            await book.write("one")
            await _until(lambda: app.state.streams.count == 50)
        await _until(lambda: app.state.streams.count == 0)
        here = next(iter(app.state.streams.channels.values()))
        assert (len(here.audience), dict(app.state.streams._addresses)) == (0, {})
        await _until(lambda: _tasks() <= before)


def _tasks() -> int:
    return len(asyncio.all_tasks())


async def _settled() -> int:
    await asyncio.sleep(0.2)
    return _tasks()


async def _until(condition: Any) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.01)
