"""A page in a real browser, and what a reader's browser would tell of it: errors, requests, bytes, first paint.

It needs Playwright (the Python package) and the system's Chromium.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urljoin

if TYPE_CHECKING:
    from playwright.async_api import Browser as PlaywrightBrowser
    from playwright.async_api import BrowserContext, ConsoleMessage, Page, Request, Response

    from slomix.testing.running import Running

#: Widths to look at, with their heights: a phone, a tablet, a laptop, a desk.
HEIGHTS: Mapping[int, int] = {390: 844, 768: 1024, 1366: 768, 1920: 1080}
WIDTHS = tuple(HEIGHTS)
#: Milliseconds until a page must have come, or what is waited for must be there.
PATIENCE_MS = 15_000
#: A page is still when nothing was asked for during this time (s), and given up waiting for after that (s).
STILL_S = 0.1
RESTLESS_S = 5.0

_PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"
_NODES = "() => document.getElementsByTagName('*').length"
_TWICE = """() => {
  const ids = [...document.querySelectorAll("[id]")].map((each) => each.id);
  return [...new Set(ids.filter((each, place) => ids.indexOf(each) !== place))];
}"""
_WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
_TO_THE_END = "() => window.scrollTo(0, document.documentElement.scrollHeight)"


@dataclass(frozen=True, slots=True)
class Site:
    """A program that runs and is served at `url` (without a slash at the end)."""

    program: Running
    url: str


@dataclass(eq=False)  # Playwright keeps its own marks on the methods' owner, so it has no slots
class View:
    """A page that is open in the browser. `page` is Playwright's; the rest is what happened since it was opened.

    `console`: errors and warnings of the console, and exceptions of scripts. `failed`: requests that got no answer or
    one of 400 and above. `requests`: addresses of everything that was asked for, the document first; event streams
    count. `bytes`: of all whole answers on the wire, with their headers.
    """

    page: Page
    console: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    bytes: int = 0
    _open: set[Request] = field(default_factory=set)
    _last: float = 0.0

    async def go(self, address: str) -> None:
        """Open an address and wait until it is loaded. What was told of the page before is forgotten."""
        for told in (self.console, self.failed, self.requests):
            told.clear()
        self.bytes = 0
        await self.page.goto(address, wait_until="load")

    async def still(self) -> None:
        """Wait until nothing is asked for any more; streams of events do not count."""
        deadline = time.monotonic() + RESTLESS_S
        while time.monotonic() < deadline:
            if not self._open and time.monotonic() - self._last > STILL_S:
                return
            await asyncio.sleep(0.02)

    async def read(self) -> None:
        """Scroll to the end as a reader does, so that what is loaded late is loaded, too."""
        await self.page.evaluate(_TO_THE_END)
        await self.still()

    async def first_paint(self) -> float | None:
        """Milliseconds from the request to the first content that was painted; None before that."""
        found: float | None = await self.page.evaluate(_PAINT)
        return found

    async def nodes(self) -> int:
        """How many elements the document has."""
        found: int = await self.page.evaluate(_NODES)
        return found

    async def twice(self) -> list[str]:
        """Ids that more than one element has."""
        found: list[str] = await self.page.evaluate(_TWICE)
        return found

    async def resize(self, width: int) -> None:
        """Make the window so many pixels wide, and as high as such a screen."""
        await self.page.set_viewport_size({"width": width, "height": HEIGHTS.get(width, 900)})

    async def wider(self) -> int:
        """By how many pixels the page is wider than its window: it would have to be moved sideways."""
        found: int = await self.page.evaluate(_WIDER)
        return found

    def asked(self, request: Request) -> None:
        """A request begins."""
        self.requests.append(request.url)
        self._last = time.monotonic()
        if request.resource_type != "eventsource":
            self._open.add(request)

    def done(self, request: Request) -> None:
        """A request ended, well or not."""
        self._last = time.monotonic()
        self._open.discard(request)


class Browser:
    """Opens views, each with cookies, cache and storage of its own. Belongs to one event loop."""

    def __init__(self, connected: PlaywrightBrowser) -> None:
        self._connected = connected

    @asynccontextmanager
    async def view(
        self,
        address: str | None = None,
        *,
        width: int = 1366,
        scheme: Literal["dark", "light"] = "dark",
        contrast: bool = False,
        script: bool = True,
        cache: bool = True,
        cookies: Mapping[str, str] | None = None,
        home: str | None = None,
    ) -> AsyncIterator[View]:
        """A fresh view of an address, gone after the block.

        `scheme` and `contrast` are what the reader's system asks for, `cookies` (name to value) are those of the
        address, or of `home`, a site; `script` False: a reader who lets no script run; `cache` False: one who comes for
        the first time, at each address to which the view goes. Motion is reduced.
        """
        context = await self._connected.new_context(
            viewport={"width": width, "height": HEIGHTS.get(width, 900)},
            color_scheme=scheme,
            contrast="more" if contrast else "no-preference",
            reduced_motion="reduce",
            java_script_enabled=script,
            service_workers="block",
        )
        context.set_default_timeout(PATIENCE_MS)
        try:
            if cookies and (where := address or home):
                site = urljoin(where, "/")  # a cookie of an address is one of its folder only
                await context.add_cookies([{"name": n, "value": v, "url": site} for n, v in cookies.items()])
            view = await _watched(context, cache)
            if address is not None:
                await view.go(address)
            yield view
        finally:
            await context.close()


@asynccontextmanager
async def connected(address: str) -> AsyncIterator[Browser]:
    """Connect to a browser that runs (see `slomix.testing.chromium`) from this event loop."""
    from playwright.async_api import async_playwright

    async with async_playwright() as driver:
        browser = await driver.chromium.connect_over_cdp(address)
        try:
            yield Browser(browser)
        finally:
            await browser.close()


async def _watched(context: BrowserContext, cache: bool) -> View:
    """A page whose doings are written down."""
    view = View(await context.new_page())
    page = view.page

    def console(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            view.console.append(f"{message.type}: {message.text} ({message.location.get('url', '')})")

    def answered(answer: Response) -> None:
        if answer.status >= 400:
            view.failed.append(f"{answer.request.method} {answer.url}: {answer.status}")

    def failed(request: Request) -> None:
        view.done(request)
        if request.failure == "net::ERR_ABORTED":  # the browser gave it up itself, as its page was left
            return
        view.failed.append(f"{request.method} {request.url}: {request.failure}")

    def loaded(told: dict[str, Any]) -> None:
        view.bytes += int(told["encodedDataLength"])

    page.on("console", console)
    page.on("pageerror", lambda error: view.console.append(f"exception: {error}"))
    page.on("request", view.asked)
    page.on("response", answered)
    page.on("requestfinished", view.done)
    page.on("requestfailed", failed)
    wire = await context.new_cdp_session(page)
    await wire.send("Network.enable")
    await wire.send("Network.setCacheDisabled", {"cacheDisabled": not cache})
    wire.on("Network.loadingFinished", loaded)
    return view
