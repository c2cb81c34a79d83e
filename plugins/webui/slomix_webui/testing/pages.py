"""What every page of every plugin keeps, as one class to subclass; a real browser reads each page once.

class TestPages(PageContract):
    plugin = "hello"
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal
from urllib.parse import urlsplit

import httpx2
import pytest
import pytest_asyncio

from slomix.testing.browser import Browser, Site, View
from slomix.testing.contract.subject import subject_of
from slomix_webui.testing import axe
from slomix_webui.testing.addresses import Given, Place, places
from slomix_webui.testing.document import Document, problems
from slomix_webui.testing.readers import cookies_of
from slomix_webui.testing.world import world

Size = Literal["empty", "small", "large"]
#: Simulated rounds of each size: nothing yet, one match, some evenings.
ROUNDS: Mapping[Size, int] = {"empty": 0, "small": 2, "large": 40}
DESK, PHONE = 1366, 390


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """The most that a page may cost: bytes of the document on the wire, bytes of a first visit, requests, elements."""

    document: int = 30_000
    visit: int = 120_000
    requests: int = 10
    nodes: int = 1_500


class PageContract:
    """Attributes that a plugin's test class sets; only `plugin` has to be.

    `settings` as in `slomix.testing.contract`. `given` names addresses of pages whose parameters no link shows (page
    to addresses); `unreachable` pages that may have none. `budgets` are those of single pages. Pages for readers who
    are logged in are read by the owner.
    """

    plugin: ClassVar[str]
    settings: ClassVar[Mapping[str, Any]] = {}
    given: ClassVar[Given] = {}
    unreachable: ClassVar[Sequence[str]] = ()
    budget: ClassVar[Budget] = Budget()
    budgets: ClassVar[Mapping[str, Budget]] = {}

    @pytest_asyncio.fixture(scope="class", loop_scope="class", params=list(ROUNDS))
    @classmethod
    async def filled(cls, request: pytest.FixtureRequest) -> AsyncIterator[Site]:
        """The program with the plugin and what it needs, with so much data; the dashboard is always there."""
        plugins = dict.fromkeys((*subject_of("webui").everyone, *subject_of(cls.plugin).everyone))
        sections = {cls.plugin: cls.settings} if cls.settings else {}
        async with world(list(plugins), rounds=ROUNDS[request.param], sections=sections) as site:
            yield site

    @pytest.mark.asyncio(loop_scope="class")
    async def test_its_documents_keep_the_rules(self, filled: Site, request: pytest.FixtureRequest) -> None:
        """Every page answers, with a title of its own, one h1, landmarks, labels, captions, and no inline code"""
        size: Size = request.node.callspec.params["filled"]
        wrong: list[str] = []
        titles: dict[str, str] = {}
        for place, address in await self._addresses(filled, size):
            answer = await filled.program.web.get(address, headers=await self._headers(filled, place))
            wrong += [f"{address}: {problem}" for problem in self._document(place, answer)]
            title = Document(answer.text).title
            if title in titles:
                wrong.append(f"{address} has the title of {titles[title]}: {title}")
            titles[title] = address
        assert wrong == [], "\n".join(wrong)

    @pytest.mark.browser
    @pytest.mark.asyncio(loop_scope="class")
    @pytest.mark.parametrize("filled", ["large"], indirect=True, scope="class")
    async def test_its_pages_are_sound_in_a_browser(self, filled: Site, seen_browser: Browser) -> None:
        """No error, no failed request, few requests, few bytes, nothing that axe finds, not wider than a phone"""
        wrong: list[str] = []
        listed = await self._addresses(filled, "large")
        for closed in (False, True):  # one view for each kind of reader: a fresh one costs as much as a page
            asked = [(place, address) for place, address in listed if place.closed is closed]
            cookies = await cookies_of(filled.program, "owner") if closed else {}
            async with seen_browser.view(cache=False, cookies=cookies, home=filled.url) as view:
                for place, address in asked:
                    await view.resize(DESK)
                    await view.go(filled.url + address)
                    wrong += [f"{address}: {problem}" for problem in await self._visit(place, view)]
        assert wrong == [], "\n".join(wrong)

    async def _addresses(self, site: Site, size: Size) -> list[tuple[Place, str]]:
        """Pages with their addresses. With data, a link leads to every page."""
        found = await places(site.program, [self.plugin], self.given, await cookies_of(site.program, "owner"))
        lost = [f"{place.name} ({place.path})" for place in found if not place.addresses]
        lost = [page for page in lost if page.split(" ", 1)[0] not in self.unreachable]
        assert size != "large" or not lost, f"no link leads to {', '.join(lost)}; name addresses in `given`"
        assert found, f"{self.plugin} has no page"
        return [(place, address) for place in found for address in place.addresses]

    async def _cookies(self, site: Site, place: Place) -> dict[str, str]:
        """Open pages are read by nobody in particular."""
        return await cookies_of(site.program, "owner") if place.closed else {}

    async def _headers(self, site: Site, place: Place) -> dict[str, str]:
        cookies = await self._cookies(site, place)
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())} if cookies else {}

    def _document(self, place: Place, answer: httpx2.Response) -> list[str]:
        """What is wrong with an answer."""
        kind = answer.headers.get("content-type", "")
        if answer.status_code != 200 or not kind.startswith("text/html"):
            return [f"{answer.status_code} {kind}: {answer.text[:200]}"]
        most, size = self._budget(place).document, answer.num_bytes_downloaded
        heavy = [f"{size} bytes on the wire, more than {most}"] if size > most else []
        return [*problems(answer.text), *heavy]

    async def _visit(self, place: Place, view: View) -> list[str]:
        """What is wrong with a page in the browser."""
        await view.read()
        budget = self._budget(place)
        measured = {
            "requests": (len(view.requests), budget.requests),
            "bytes": (view.bytes, budget.visit),
            "elements": (await view.nodes(), budget.nodes),
        }
        wrong = [f"{count} {what}, more than {most}" for what, (count, most) in measured.items() if count > most]
        wrong += [f"asks another site: {each}" for each in _elsewhere(view)]
        wrong += [*view.console, *view.failed, *await axe.violations(view)]
        if twice := await view.twice():
            wrong.append(f"ids are there twice: {', '.join(twice)}")
        await view.resize(PHONE)
        if wider := await view.wider():
            wrong.append(f"{wider} pixels wider than a phone of {PHONE}")
        return wrong

    def _budget(self, place: Place) -> Budget:
        return self.budgets.get(place.name, self.budget)


def _elsewhere(view: View) -> list[str]:
    """What the page asked of other sites; what it holds itself (`data:`) is none."""
    here = urlsplit(view.page.url).netloc
    return [asked for asked in view.requests if urlsplit(asked).netloc not in ("", here)]
