"""Live channels where something fails, is refused, or ends."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack
from typing import Any

import httpx2
import pytest

from slomix.errors import PluginError
from slomix.events import ArtifactRejected
from slomix.testing.streams import reading_stream
from slomix.testing.web import client_of, serving
from slomix.web import running
from slomix.web.sse import Channel


async def test_a_read_that_fails_is_made_again_for_who_looks(
    house: Any, book: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "RETRY_S", 0.05)
    async with serving(book.app("since")) as url, reading_stream(url, "/alpha/live") as reader:
        await reader.event()
        book.fails = 2
        await book.write("one")
        assert book.lines(await reader.event()) == ["one"]
        assert book.reads["since"] == 3


@pytest.mark.parametrize("kind", ["events", "since"])
async def test_a_state_that_can_not_be_read_is_an_error_before_anything_is_told(
    house: Any, book: Any, kind: str
) -> None:
    async with client_of(book.app(kind)) as web:
        book.fails = 1
        assert (await web.get("/alpha/live")).status_code == 503
        headers = {"Accept": "application/json"}
        assert (await web.get("/alpha/live", headers=headers)).json()["snapshot"] == []


async def test_a_signal_that_was_lost_is_made_up_for(house: Any, book: Any) -> None:
    app = book.app("since")
    app.state.streams._heartbeat_s = 0.2
    async with serving(app) as url, reading_stream(url, "/alpha/live") as reader:
        await reader.event()
        async with book.house.db.transaction() as tx:  # as if its signal had met a lost connection
            await tx.execute("insert into book (text) values ('one')")
        assert book.lines(await reader.event()) == ["one"]


async def test_numbers_that_begin_anew_begin_with_the_state(house: Any, book: Any) -> None:
    """As those of a table that is not logged do after a crash."""
    await book.whisper("old")
    await book.whisper("older")
    async with serving(book.app("since")) as url, reading_stream(url, "/alpha/live") as reader:
        await reader.event()
        async with book.house.db.transaction() as tx:
            await tx.execute("truncate book restart identity")
        await book.whisper("new")
        told = await reader.event()
        assert (told["event"], told["id"], book.lines(told)) == ("snapshot", "1", ["new"])
        await book.whisper("newer")
        assert book.lines(await reader.event()) == ["newer"]


async def test_events_that_are_not_for_everybody_have_to_be_picked(house: Any, book: Any) -> None:
    rejected = ArtifactRejected(artifact="a", name="private.txt", reason="bad_name")
    blunt = Channel("files", snapshot=book.by_events, keys=(rejected.key(),))
    async with client_of(book.app(blunt)) as web:
        assert (await web.get("/alpha/live")).status_code == 500
    picked = Channel(
        "files", snapshot=book.by_events, keys=(rejected.key(), book.REVISED),
        tell=lambda event: {"why": event.payload["reason"]} if "reason" in event.payload else None,
    )  # fmt: skip
    async with serving(book.app(picked)) as url, reading_stream(url, "/alpha/live") as reader:
        await reader.event()
        async with house.db.transaction() as tx:
            await house.bus.publish(tx, book.revised("left out"), rejected)
        told = await reader.event()
        assert (told["event"], json.loads(told["data"])) == (rejected.key(), {"why": "bad_name"})


async def test_a_channel_tells_events_or_what_changed_not_both(book: Any) -> None:
    with pytest.raises(PluginError, match="both"):
        Channel("x", snapshot=book.by_lines, keys=(), tell=lambda event: None, since=book.since)


async def test_a_state_that_nobody_wants_to_read_is_refused(house: Any, book: Any) -> None:
    async def huge() -> tuple[Any, int]:
        return "x" * running.LARGEST, 1

    async with client_of(book.app(Channel("huge", snapshot=huge, keys=()))) as web:
        assert (await web.get("/alpha/live")).status_code == 500


@pytest.mark.parametrize("kind", ["events", "since"])
async def test_head_tells_the_headers_and_holds_nothing(house: Any, book: Any, kind: str) -> None:
    app = book.app(kind)
    async with serving(app) as url, httpx2.AsyncClient(base_url=url) as web:
        for path in ("/alpha/live", "/-/events"):
            told = await web.head(path)
            assert (told.status_code, told.content) == (200, b"")
            assert told.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert app.state.streams.count == 0


@pytest.mark.parametrize("text", ["soon", "-1", "1.5", "9" * 30])
async def test_a_number_that_is_none_is_refused(house: Any, book: Any, text: str) -> None:
    async with client_of(book.app("since")) as web:
        assert (await web.get("/alpha/live", params={"after": text})).status_code == 400
        assert (await web.get("/alpha/live", headers={"Last-Event-ID": text})).status_code == 400


async def test_channels_and_events_share_the_limit_of_an_address(house: Any, book: Any) -> None:
    book.streams_allowed(2)
    async with (
        serving(book.app("since")) as url,
        httpx2.AsyncClient(base_url=url) as web,
        reading_stream(url, "/alpha/live"),
        reading_stream(url, "/-/events"),
    ):
        refused = await web.get("/alpha/live")
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "30")
        polled = await web.get("/alpha/live", headers={"Accept": "application/json"})
        assert polled.status_code == 200  # a poll holds nothing


async def test_a_quiet_channel_has_a_heartbeat(house: Any, book: Any) -> None:
    app = book.app("events")
    app.state.streams._heartbeat_s = 0.05
    async with serving(app) as url, reading_stream(url, "/alpha/live") as reader:
        await reader.event()
        assert [await reader.frame(), await reader.frame()] == [{"comment": ""}, {"comment": ""}]


@pytest.mark.parametrize("kind", ["events", "since"])
async def test_nothing_is_left_of_a_stream(house: Any, book: Any, kind: str) -> None:
    book.streams_allowed(60)
    app = book.app(kind)
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
