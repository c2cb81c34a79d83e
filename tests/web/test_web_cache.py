"""Kept answers: made once for many readers, gone with the data they were made from, told by their ETag."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from slomix.bus import Bus
from slomix.contrib import Page
from slomix.events import DataChanged, PlayerRenamed
from slomix.signals import signal
from slomix.testing.web import client_of
from slomix.web import cache
from slomix.web.app import build_app
from slomix.web.cache import AnswerCache, cached
from slomix.web.problems import NotFound
from tests.web.conftest import Given, House, house_on

TEXT = "<p>" + "a long evening of stopwatch " * 60 + "</p>"


@dataclass
class Makes:
    """A page that counts how often it is worked out, and answers with what `say` is then."""

    say: str = TEXT
    times: int = 0
    wait: asyncio.Event = field(default_factory=asyncio.Event)
    started: asyncio.Event = field(default_factory=asyncio.Event)
    answer: Callable[[str], Response] = HTMLResponse

    async def __call__(self) -> Response:
        self.times += 1
        self.started.set()
        said = self.say
        await self.wait.wait()
        return self.answer(said)


def site(house: House, makes: Makes, **settings: Any) -> Starlette:
    async def page(request: Request) -> Response:
        return await cached(request, ("alpha", request.url.query), makes)

    makes.wait.set()
    house.host.given = [Given("alpha", Page(path="/page", endpoint=page, name="page"))]
    core = house.settings.core
    web = core.web.model_copy(update=settings)
    house.settings = house.settings.model_copy(update={"core": core.model_copy(update={"web": web})})
    return build_app(house, pipeline=None)  # type: ignore[arg-type]


async def until(true: Callable[[], bool]) -> None:
    """The news of a commit has come round."""
    async with asyncio.timeout(30):
        while not true():
            await asyncio.sleep(0.005)


async def test_a_page_is_worked_out_once_until_something_happens(house: House, live: Bus) -> None:
    makes = Makes()
    async with client_of(site(house, makes)) as web:
        answers = [await web.get("/alpha/page") for _ in range(3)]
        assert (makes.times, {answer.text for answer in answers}) == (1, {TEXT})
        before, makes.say = live.live.version, "<p>a new round</p>"
        async with house.db.transaction() as tx:
            await live.publish(tx, PlayerRenamed(player_id="p1"))
        await until(lambda: live.live.version != before)
        assert (await web.get("/alpha/page")).text == "<p>a new round</p>"
        other = await web.get("/alpha/page?map=supply")
    assert (makes.times, other.status_code) == (3, 200)


async def test_a_change_without_an_event_is_seen_within_a_second(house: House, live: Bus) -> None:
    makes = Makes()
    async with client_of(site(house, makes)) as web:
        await web.get("/alpha/page")
        before, makes.say = live.live.version, "<p>derived anew</p>"
        async with house.db.transaction() as tx:
            await signal(tx, DataChanged(what="test"))
        async with asyncio.timeout(1):
            await until(lambda: live.live.version != before)
        assert (await web.get("/alpha/page")).text == "<p>derived anew</p>"


async def test_what_the_process_changed_itself_is_seen_by_its_next_reader(house: House, live: Bus) -> None:
    makes = Makes()
    app = site(house, makes)
    async with client_of(app) as web:
        await web.get("/alpha/page")
        makes.say = "<p>renamed</p>"
        app.state.answers.moved()
        assert (await web.get("/alpha/page")).text == "<p>renamed</p>"


async def test_nothing_is_kept_while_nobody_tells_what_changes(house: House) -> None:
    makes = Makes()
    app = site(house, makes)
    async with client_of(app) as web:
        first = await web.get("/alpha/page")
        again = await web.get("/alpha/page", headers={"If-None-Match": first.headers["etag"]})
    assert (makes.times, again.status_code, app.state.answers.bytes) == (2, 304, 0)


async def test_nothing_is_kept_where_the_setting_says_so(house: House, live: Bus) -> None:
    makes = Makes()
    async with client_of(site(house, makes, kept_answers_mib=0)) as web:
        await web.get("/alpha/page")
        await web.get("/alpha/page")
    assert makes.times == 2


async def test_ten_readers_of_a_page_cost_one_making(house: House, live: Bus) -> None:
    makes = Makes()
    app = site(house, makes)
    makes.wait.clear()
    async with client_of(app) as web:
        readers = [asyncio.create_task(web.get("/alpha/page")) for _ in range(10)]
        await makes.started.wait()
        await until(lambda: _readers(app) == 10)
        readers.pop(0).cancel()
        makes.wait.set()
        answers = await asyncio.gather(*readers)
    assert (makes.times, {answer.text for answer in answers}) == (1, {TEXT})


def _readers(app: Starlette) -> int:
    return sum(making.readers for making in app.state.answers._making.values())


async def test_a_reader_who_comes_after_the_news_does_not_wait_for_an_old_answer(house: House, live: Bus) -> None:
    makes = Makes(say="old")
    app = site(house, makes)
    makes.wait.clear()
    async with client_of(app) as web:
        early = asyncio.create_task(web.get("/alpha/page"))
        await makes.started.wait()
        app.state.answers.moved()
        makes.say = "new"
        late = asyncio.create_task(web.get("/alpha/page"))
        await until(lambda: makes.times == 2)
        makes.wait.set()
        assert [(await task).text for task in (early, late)] == ["old", "new"]
        assert (await web.get("/alpha/page")).text == "new"
    assert makes.times == 2


async def test_a_making_that_nobody_waits_for_ends(house: House, live: Bus) -> None:
    makes = Makes()
    app = site(house, makes)
    makes.wait.clear()
    async with client_of(app) as web:
        reader = asyncio.create_task(web.get("/alpha/page"))
        await makes.started.wait()
        reader.cancel()
        await asyncio.gather(reader, return_exceptions=True)
        await until(lambda: not app.state.answers._making)
        makes.wait.set()
        assert (await web.get("/alpha/page")).text == TEXT
    assert makes.times == 2


def _refuse(text: str) -> Response:
    raise NotFound("there is no such player")


def _personal(text: str) -> Response:
    response = HTMLResponse(text)
    response.set_cookie("theme", "dark")
    return response


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (_refuse, 404),
        (_personal, 200),
        (lambda text: PlainTextResponse(text, 503), 503),
        (lambda text: PlainTextResponse(text, headers={"Cache-Control": "private"}), 200),
    ],
)
async def test_errors_and_what_is_one_persons_are_never_kept_nor_shared(
    house: House, live: Bus, answer: Callable[[str], Response], status: int
) -> None:
    makes = Makes(answer=answer)
    app = site(house, makes)
    async with client_of(app) as web:
        found = await asyncio.gather(*(web.get("/alpha/page") for _ in range(3)))
    assert {each.status_code for each in found} == {status}
    assert app.state.answers.bytes == 0
    if status != 404:
        assert makes.times == 3


async def test_the_reader_who_has_it_already_is_told_so(house: House, live: Bus) -> None:
    makes = Makes()
    async with client_of(site(house, makes)) as web:
        first = await web.get("/alpha/page")
        again = await web.get("/alpha/page", headers={"If-None-Match": first.headers["etag"]})
        seen = (await web.get("/metrics")).text
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert "Accept-Encoding" in first.headers["vary"]
    assert 'slomix_answers_total{outcome="made"} 1.0' in seen
    assert 'slomix_answers_total{outcome="not_modified"} 1.0' in seen


async def test_two_processes_give_equal_etags(house: House, live: Bus, tmp_path: Any) -> None:
    etags = set()
    for each in (house, house_on(house.db, tmp_path)):
        async with client_of(site(each, Makes())) as web:
            etags.add((await web.get("/alpha/page")).headers["etag"])
    assert len(etags) == 1


async def test_the_body_is_kept_compressed_too(house: House, live: Bus) -> None:
    makes = Makes()
    app = site(house, makes)
    async with client_of(app) as web:
        plain = await web.get("/alpha/page", headers={"Accept-Encoding": "identity"})
        before = app.state.answers.bytes
        packed = [await web.get("/alpha/page", headers={"Accept-Encoding": "br, gzip"}) for _ in range(2)]
    size = {int(each.headers["content-length"]) for each in packed}
    assert {each.headers["content-encoding"] for each in packed} == {"gzip"}
    assert "content-encoding" not in plain.headers
    assert {plain.text, *(each.text for each in packed)} == {TEXT}
    assert {each.headers["vary"] for each in (plain, *packed)} == {"Accept-Encoding"}
    assert {app.state.answers.bytes - before} == size == {len(gzip.compress(TEXT.encode(), cache.COMPRESS_LEVEL))}


@dataclass
class Told:
    """A feed that a test moves."""

    listening: bool = True
    version: tuple[int, int] = (0, 0)
    now: float = 1000.0

    def moved(self) -> None:
        self.version = (0, self.version[1] + 1)


async def ask(answers: AnswerCache, key: str, text: str) -> bytes:
    request = Request({"type": "http", "method": "GET", "headers": []})

    async def make() -> Response:
        return PlainTextResponse(text)

    return bytes((await answers.answer(request, key, make)).body)


async def test_the_least_used_makes_room_and_the_bytes_are_bounded() -> None:
    answers = AnswerCache(Told(), most_bytes=10_000)
    for n in range(3):
        await ask(answers, str(n), "x" * 2_000)
    await ask(answers, "0", "used")
    await ask(answers, "3", "x" * 2_000)
    assert await ask(answers, "0", "y") == b"x" * 2_000
    assert await ask(answers, "1", "y") == b"y"
    assert answers.bytes <= 10_000
    assert answers.counts.evicted == 2


async def test_one_large_answer_does_not_push_out_all_others() -> None:
    answers = AnswerCache(Told(), most_bytes=10 * cache.LARGEST_BYTES)
    await ask(answers, "export", "x" * (cache.LARGEST_BYTES + 1))
    assert answers.bytes == 0
    assert await ask(answers, "export", "y") == b"y"


async def test_an_answer_grows_old_and_a_replica_may_be_behind() -> None:
    told = Told()
    answers = AnswerCache(told, most_bytes=1 << 20, lag_s=2.0, clock=lambda: told.now)
    told.now += 10
    await ask(answers, "quiet", "0")
    told.now += 1.5
    assert await ask(answers, "quiet", "1") == b"0"
    told.now += 0.5
    assert await ask(answers, "quiet", "2") == b"2"
    told.now += cache.OLDEST_S - 1
    assert await ask(answers, "quiet", "3") == b"2"
    told.now += 1
    assert await ask(answers, "quiet", "4") == b"4"
