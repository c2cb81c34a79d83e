"""Texts: catalogues hold all of them and are complete, and no page says a word that was never meant for translation."""

from __future__ import annotations

import importlib.util
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from babel import Locale
from babel.messages.pofile import read_po
from markupsafe import Markup

from slomix.testing.running import Running
from slomix_webui import formats, locale_forms, moments
from slomix_webui.frame.house import House
from slomix_webui.frame.language import Catalogue
from slomix_webui.testing.addresses import links, places
from slomix_webui.testing.readers import Reader, cookies_of
from slomix_webui.testing.world import world
from slomix_webui.weapons import weapon_name
from slomix_webui.wording import speaking


def _module() -> ModuleType:
    path = Path(__file__).parents[3] / "docs" / "messages.py"
    spec = importlib.util.spec_from_file_location("docs_messages", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


MESSAGES = _module()
SOURCES: list[Any] = list(MESSAGES.SOURCES)
PLACEHOLDER = re.compile(r"\{[^}]*\}")


@pytest.fixture(params=SOURCES, ids=[source.name for source in SOURCES])
def source(request: pytest.FixtureRequest) -> Any:
    return request.param


def test_catalogues_are_as_make_messages_writes_them(source: Any) -> None:
    stale = [str(file) for file, wanted in MESSAGES.files(source) if file.read_bytes() != wanted]
    assert stale == [], "run `make messages`, then translate what is new"


def test_constants_whose_words_are_gathered_exist(source: Any) -> None:
    assert MESSAGES.missing_constants(source) == []


def test_every_text_is_translated_with_the_same_values(source: Any) -> None:
    troubles = []
    for message in read_po(BytesIO((source.messages / "de.po").read_bytes()), locale="de"):
        if not message.id:
            continue
        plural = isinstance(message.id, tuple)
        given = message.string if plural else (message.string,)
        if not all(given):
            troubles.append(f"not translated: {message.id!r}")
            continue
        # the singular may leave its number out: `the last day`
        wanted = set(PLACEHOLDER.findall(message.id[-1] if plural else message.id))
        if any(set(PLACEHOLDER.findall(each)) != wanted for each in given[-1:]):
            troubles.append(f"other values: {message.id!r}: {given!r}")
        if any(set(PLACEHOLDER.findall(each)) - wanted for each in given):
            troubles.append(f"unknown values: {message.id!r}: {given!r}")
    assert troubles == []


def test_numbers_and_days_are_written_as_the_language_does() -> None:
    moment = datetime(2025, 10, 19, 21, 3, tzinfo=UTC)
    assert (formats.count(12345), formats.decimal(1234.5), formats.day(moment)) == (
        "12,345",
        "1,234.5",
        "Sun 19 Oct 2025",
    )
    with speaking(str, "de"):
        assert (formats.count(12345), formats.decimal(1234.5)) == ("12.345", "1.234,5")
        assert formats.day(moment) == "So., 19. Okt. 2025"
        assert formats.long_day(moment) == "Sonntag, 19. Oktober 2025"
        assert formats.near_day(moment) == "Sonntag, 19. Oktober"
        assert "So., 19. Okt. 2025" in moments.on(moment)
        assert "Sonntag, 19. Oktober 2025, 21:03 (UTC)" in moments.at(moment)
        assert formats.weekdays() == ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So")
        assert formats.clock(263) == "4:23"
    assert "Sun 19 Oct 2025" in moments.on(moment)


def test_a_space_between_groups_does_not_break() -> None:
    with speaking(str, "fr"):
        assert formats.count(12345) == "12\u00a0345"


class Marking(Catalogue):
    """A language in which every text stands between marks."""

    def text(self, message: str, **values: Any) -> str:
        return _marked(super().text(message, **values))

    def count(self, count: int, one: str, many: str, **values: Any) -> str:
        return _marked(super().count(count, one, many, **values))


def _marked(text: str) -> str:
    return Markup("⟦") + text + Markup("⟧") if hasattr(text, "__html__") else f"⟦{text}⟧"


class Spoken(HTMLParser):
    """What a reader sees or hears of a page, piece by piece; code and what people named is left out."""

    silent_tags = frozenset({"script", "style", "code", "kbd", "pre"})
    silent_classes = frozenset({"name", "brand"})
    void = frozenset({"meta", "link", "input", "br", "img", "use", "hr", "path", "rect", "circle", "line", "wbr"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.told: list[str] = []
        self.flow = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.told += [given[name] for name in ("title", "aria-label", "placeholder", "alt") if name in given]
        if tag == "meta" and given.get("name") == "description":
            self.told.append(given["content"])
        if tag not in self.void:
            classes = set(given.get("class", "").split())
            # a language stands in the list by its own name
            silent = (
                tag in self.silent_tags or bool(classes & self.silent_classes) or (tag == "option" and "lang" in given)
            )
            self.open.append((tag, silent or bool(self.open and self.open[-1][1])))
        self.flow += "\n"

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass
        self.flow += "\n"

    def handle_data(self, data: str) -> None:
        silent = bool(self.open and self.open[-1][1])
        self.flow += "".join(each for each in data if each in "⟦⟧") if silent else data


def unmarked(html: str) -> Iterator[str]:
    """Words outside of marks."""
    spoken = Spoken()
    spoken.feed(html)
    for text in (*spoken.told, spoken.flow):
        depth, outside = 0, ""
        for letter in text:
            depth += (letter == "⟦") - (letter == "⟧")
            outside += " " if letter in "⟦⟧" else letter if depth == 0 else ""
        yield from re.findall(r"[^\W\d_]{3,}", outside)


def values_of(given: Any, keys: set[str]) -> list[str]:
    """Every text below one of the keys."""
    if isinstance(given, list):
        return [text for each in given for text in values_of(each, keys)]
    if not isinstance(given, dict):
        return []
    here = [value for key, value in given.items() if key in keys and isinstance(value, str)]
    return here + [text for value in given.values() for text in values_of(value, keys)]


async def names(program: Running) -> set[str]:
    """Words that people or games made: names, maps, weapons, teams, units, days."""
    db = program.runtime.db
    found = [row["map"] for row in await db.fetch("select distinct map from slomix.round")]
    found += [row["name"] for row in await db.fetch("select name from slomix.player_name")]
    found += [row["name"] for row in await db.fetch("select name from slomix.player")]
    for address in ("/sessions.json", "/weapons.json"):
        found += values_of((await program.web.get(address)).json(), {"name_a", "name_b", "weapon", "slot", "name"})
    found += [weapon_name(each) for each in found if each.islower()]
    for state in program.runtime.host.states.values():
        found += [state.name, state.reason, *state.hooks]
    german = Locale("de")
    for form in ("wide", "abbreviated"):
        found += [*german.days["format"][form].values(), *german.months["format"][form].values()]
    return {word.lower() for each in found for word in re.findall(r"[^\W\d_]{3,}", each)}


#: Formats, units, what the game or the test calls things, and places where a plugin says something itself.
GIVEN = frozenset(
    ("slomix", "csv", "json", "dpm", "dmg", "min", "rev", "rds", "utc", "stopwatch", "test", "owner", "hooks")
) | {"english", "deutsch"}


@pytest.mark.timeout(300)
async def test_no_page_says_a_word_that_can_not_be_translated() -> None:
    async with world(("stats", "webui", "availability"), rounds=14) as site:
        program = site.program
        program.runtime.services.get(House).texts = Marking  # type: ignore[method-assign]
        known = GIVEN | await names(program)
        found: defaultdict[str, set[str]] = defaultdict(set)
        readers: tuple[Reader, ...] = ("nobody", "owner")
        for reader in readers:
            cookies = await cookies_of(program, reader)
            told = "; ".join(f"{name}={value}" for name, value in cookies.items())
            headers = {"accept-language": "de", "cookie": told}
            waiting = [place.addresses[0] for place in await places(program, cookies=cookies) if place.addresses]
            for address in waiting:
                answer = await program.web.get(address, headers=headers)
                # what /docs tells of addresses is what /openapi.json says, in English for programs
                if address.startswith("/docs") or not answer.headers["content-type"].startswith("text/html"):
                    continue
                for word in unmarked(answer.text):
                    if word.lower() not in known:
                        found[word].add(address)
                tabs = [link for link in links(answer.text, address) if link.startswith(f"{address}?tab=")]
                waiting += [link for link in tabs if "&" not in link and link not in waiting]
        assert len(waiting) > 30
        assert {word: sorted(where)[:2] for word, where in found.items()} == {}


def test_days_of_a_language_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[date] = []
    usual = locale_forms.day_in
    monkeypatch.setattr(locale_forms, "day_in", lambda day, *more: (asked.append(day), usual(day, *more))[1])
    with speaking(str, "de"):
        told = {formats.day(datetime(1903, 10, 19, tzinfo=UTC)) for _ in range(100)}  # no other test shows this year
    assert told == {"Mo., 19. Okt. 1903"}
    assert len(asked) == 1
