"""Every page, empty, small and large, as a browser, a screen reader and a stranger's name meet it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import AsyncIterator
from html.parser import HTMLParser

import httpx2
import pytest
import pytest_asyncio

from slomix.testing.running import Running, running
from slomix_stats.simulate import play_evening

pytestmark = pytest.mark.plugins("stats")

#: Bytes on the wire.
BUDGET = 30_000
NIGHT_BUDGET = 45_000
VOID = {"meta", "link", "input", "br", "img"}
XSS = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7 * 7 }}", "^1</a><b>", "'onclick='x"]


class Document(HTMLParser):
    """What is needed of a page: its elements in order, its texts by element, and whether all are closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: Counter[str] = Counter()
        self.title = ""
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == [], f"not closed: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts[data.strip()] += 1
        if "title" in self._open and "svg" not in self._open:
            self.title += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest_asyncio.fixture
async def empty(dsn: str) -> AsyncIterator[Running]:
    async with running(dsn, "stats", "webui") as house:
        yield house


@pytest_asyncio.fixture
async def played(dsn: str) -> AsyncIterator[Running]:
    """A simulated evening."""
    async with running(dsn, "stats", "webui") as house:
        for each in play_evening(seed=3):
            await house.give(each.name, each.data)
        yield house


async def addresses(house: Running) -> list[str]:
    """Every page, with the ids that are there."""
    found = ["/", "/sessions", "/players", "/players?q=a", "/players?q=nobody+here", "/leaderboard?offset=9"]
    found += [f"/leaderboard?metric={metric}" for metric in ("kills", "kd", "accuracy", "revives")]
    api = "/stats/api/v1"
    for session in (await house.web.get(f"{api}/sessions")).json()["sessions"]:
        found.append(f"/sessions/{session['session_id']}")
    for player in (await house.web.get(f"{api}/players?limit=100")).json()["players"]:
        found.append(f"/players/{player['player_id']}")
    return found


def check(address: str, answer: httpx2.Response, status: int = 200) -> Document:
    """The rules for every page."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.num_bytes_downloaded < (NIGHT_BUDGET if "/sessions/" in address or address == "/" else BUDGET)
    document = Document(answer.text)
    names = Counter(tag for tag, _ in document.elements)
    assert names["h1"] == 1
    assert {tag: names[tag] for tag in ("main", "header", "footer", "title")} == dict.fromkeys(
        ("main", "header", "footer", "title"), 1
    )
    assert document.title.endswith(" · Slomix")
    assert len(document.title) > len(" · Slomix")
    ids = Counter(str(attributes["id"]) for _, attributes in document.elements if "id" in attributes)
    assert [name for name, count in ids.items() if count > 1] == []
    assert document.all("a")[0]["href"] == "#main"
    for _, attributes in document.elements:
        assert not any(name.startswith("on") or name == "style" for name in attributes)
        labelled = attributes.get("aria-labelledby")
        assert labelled is None or labelled in ids
    assert names["style"] == 0
    for script in document.all("script"):
        assert str(script["src"]).startswith("/static/webui/")
    for table in re.findall(r"<table.*?</table>", answer.text, re.DOTALL):
        assert "<caption" in table
        assert '<th scope="col"' in table
        assert not re.search(r"<th(?! scope|ead)", table)
    for field in document.all("input"):
        assert field["id"] in {label.get("for") for label in document.all("label")}
    return document


async def keeps_the_rules(house: Running) -> None:
    titles = {check(address, await house.web.get(address)).title for address in await addresses(house)}
    assert len(titles) > 6


async def test_every_page_of_an_empty_house_keeps_the_rules(empty: Running) -> None:
    await keeps_the_rules(empty)


async def test_every_page_of_a_played_evening_keeps_the_rules(played: Running) -> None:
    await keeps_the_rules(played)


async def test_pages_need_few_requests_and_no_stranger(played: Running) -> None:
    document = check("/", await played.web.get("/"))
    parts = [each["href"] for each in document.all("link") if each["rel"] in ("icon", "stylesheet")]
    parts += [each["src"] for each in document.all("script")]
    assert len(parts) < 10
    for part in parts:
        answer = await played.web.get(str(part))
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
        assert answer.num_bytes_downloaded < 15_000
    answer = await played.web.get("/")
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert not re.search(r"(href|src)=\"(https?:)?//", answer.text)


async def test_the_empty_house_says_what_to_do(empty: Running) -> None:
    home = (await empty.web.get("/")).text
    assert "No round yet" in home
    assert "SLOMIX_INGEST__FOLDERS" in home
    assert 'data-live="*"' in home
    assert "No player yet" in (await empty.web.get("/players")).text
    assert "Nobody has played enough" in (await empty.web.get("/leaderboard")).text


async def test_unknown_things_are_a_page_that_leads_on(empty: Running) -> None:
    for address in ("/sessions/s0", "/matches/m0", "/rounds/%3Cb%3E", "/players/nobody", "/players/%00"):
        document = check(address, await empty.web.get(address), 404)
        assert "There is no such" in document.title


async def test_a_page_is_not_sent_twice(played: Running) -> None:
    for address in ("/", "/sessions", "/players", "/leaderboard"):
        first = await played.web.get(address)
        again = await played.web.get(address, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


async def test_the_live_part_is_what_main_holds(played: Running) -> None:
    for address in await addresses(played):
        whole = (await played.web.get(address)).text
        part = (await played.web.get(address, params={"part": "main"})).text if "?" not in address else None
        inside = re.search(r"<main[^>]*>(.*)</main>", whole, re.DOTALL)
        assert inside
        assert part is None or part.strip() == inside[1].strip()


async def test_names_are_text_whatever_they_hold(dsn: str) -> None:
    evening = play_evening(seed=3)[:4]
    guids = sorted({line.split(b"\\")[0] for each in evening for line in each.data.splitlines()[1:]})
    async with running(dsn, "stats", "webui") as house:
        for each in evening:
            data = each.data
            for guid, name in zip(guids, XSS, strict=False):
                swapped = guid + b"\\\\" + name.encode() + rb"\\\g<1>"
                data = re.sub(
                    rb"(?m)^" + guid + rb"\\.*(\\-?\d+\\-?\d+\\\d+ )", swapped.replace(rb"\\\g", rb"\g"), data
                )
            header, rest = data.split(b"\\", 1)
            outcome = await house.give(each.name, b"<i>" + header + b"\\" + rest)
            assert outcome.outcome == "imported", outcome
        found = await addresses(house)
        assert len(found) > 12
        seen = ""
        for address in [*found, "/players?q=%22%3E%3Cscript%3E"]:
            answer = await house.web.get(address)
            document = check(address, answer)
            assert {tag for tag, _ in document.elements}.isdisjoint({"img", "i"})
            assert len(document.all("script")) == 1
            assert "49" not in re.findall(r'class="name"[^>]*>(?:<span[^>]*>)?([^<]*)', answer.text)
            seen += answer.text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in seen
        assert "{{ 7 * 7 }}" in seen
